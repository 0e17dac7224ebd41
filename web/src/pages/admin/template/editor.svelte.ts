// A template under way: what its maker sees, every step of it undoable, saved by itself a moment after the last change.
// Two makers of one template never overwrite one another unseen: a save names the one it was made on top of.

import { untrack } from 'svelte'
import { api, ApiError } from '../../../api/client'
import { asApiError } from '../../../api/load.svelte'
import type { TemplateContent, TemplateDraft, TemplateFinding } from '../../../api/types'

/** What is listed is told apart by a number of its own, wherever it is moved. */
type Keyed<T> = T & { key: number }
type Section = TemplateContent['sections'][number]
export type Row = Keyed<Section['rows'][number]>
export type Text = Keyed<Section['texts'][number]>
export type Assignment = Keyed<TemplateContent['assigned_to'][number]>
export type Check = Keyed<TemplateContent['checks'][number]>
export type EditedSection = Keyed<Omit<Section, 'rows' | 'texts'> & { rows: Row[]; texts: Text[] }>
export type Edited = Omit<TemplateContent, 'sections' | 'assigned_to' | 'checks'> & { sections: EditedSection[]; assigned_to: Assignment[]; checks: Check[] }

export type SaveState = 'saved' | 'waiting' | 'saving' | 'failed' | 'conflict' | 'gone'

// What is written into the form itself, in both its languages, as the two decrees say it (Circular 04/2022; Decree 09/2019, article 12).
const cutOffs: Record<TemplateContent['calendar'], Partial<Record<TemplateContent['frequency'], readonly [string, string]>>> = {
  statistical: {
    day: ['hết ngày báo cáo', 'the end of the reporting day'],
    week: ['hết Chủ nhật của tuần báo cáo', 'the Sunday of the reporting week'],
    month: ['ngày cuối cùng của tháng dương lịch', 'the last day of the calendar month'],
    quarter: ['ngày cuối cùng của quý', 'the last day of the quarter'],
    half: ['ngày 30 tháng 6; ngày 31 tháng 12', '30 June; 31 December'],
    year: ['ngày 31 tháng 12', '31 December'],
  },
  administrative: {
    month: ['ngày 14 của tháng báo cáo', 'day 14 of the reporting month'],
    quarter: ['ngày 14 của tháng cuối quý', 'day 14 of the last month of the quarter'],
    half: ['ngày 14 tháng 6; ngày 14 tháng 12', '14 June; 14 December'],
    year: ['ngày 14 tháng 12', '14 December'],
  },
}

const GATHER_MS = 700
const UNDO_MOST = 100

let keys = 0
/** A number that nothing else in the list has. */
export function newKey(): number {
  return ++keys
}

export class TemplateEditor {
  readonly code: string
  content = $state<Edited>(null!)
  findings = $state.raw<TemplateFinding[]>([])
  version = $state(1)
  bodies = $state(0)
  firstPeriod = $state<string | null>(null)
  firstDue = $state<string | null>(null)
  state = $state<SaveState>('saved')
  savedAt = $state<string | null>(null)
  error = $state.raw<ApiError | null>(null)
  /** Who was first, when somebody was. */
  theirs = $state.raw<{ saves: number; by: string; at: string } | null>(null)
  done = $state.raw<string[]>([])
  undone = $state.raw<string[]>([])

  saves = 0
  #last = ''
  #changed_at = 0
  #isRestored = false
  #timer: ReturnType<typeof setTimeout> | undefined
  #saving: Promise<void> | null = null

  errors = $derived(this.findings.filter((finding) => finding.severity === 'error'))
  unfinished = $derived(this.errors.filter((finding) => finding.already === null))
  already = $derived(this.errors.filter((finding) => finding.already !== null))
  warnings = $derived(this.findings.filter((finding) => finding.severity === 'warning'))

  constructor(draft: TemplateDraft) {
    this.code = draft.code
    this.#adopt(draft)
    this.content = keyed(draft.template)
    this.#last = JSON.stringify(this.content)
  }

  /** What was found in a cell's row. */
  of(section: string, row: string): TemplateFinding[] {
    return this.findings.filter((finding) => finding.cell === `${section}/${row}/this`)
  }

  /** Reads the whole content; to be called by an effect, which so runs after each change of it. */
  watch(): void {
    const now = JSON.stringify(this.content)
    untrack(() => {
      if (now === this.#last) return
      const at = Date.now()
      if (!this.#isRestored) {
        // What is typed in one go is undone in one go.
        if (at - this.#changed_at > GATHER_MS || this.done.length === 0) this.done = [...this.done.slice(-UNDO_MOST), this.#last]
        this.undone = []
      }
      this.#isRestored = false
      this.#changed_at = at
      this.#last = now
      if (this.state !== 'conflict' && this.state !== 'gone') this.#soon()
    })
  }

  /** What comes next is a step of its own, however soon it comes. */
  step(): void {
    this.#changed_at = 0
  }

  /** Other periods end on other days: the cut-off that was written by itself is written anew, what somebody typed stays. */
  setPeriods(calendar: TemplateContent['calendar'], frequency: TemplateContent['frequency']): void {
    this.step()
    const { content } = this
    const before = cutOffs[content.calendar][content.frequency]
    const after = cutOffs[calendar][frequency]
    if (after && before && content.cut_off_vi === before[0]) content.cut_off_vi = after[0]
    if (after && before && content.cut_off_en === before[1]) content.cut_off_en = after[1]
    content.calendar = calendar
    content.frequency = frequency
  }

  undo(): void {
    const before = this.done.at(-1)
    if (before === undefined) return
    this.done = this.done.slice(0, -1)
    this.undone = [...this.undone, this.#last]
    this.#restore(before)
  }

  redo(): void {
    const after = this.undone.at(-1)
    if (after === undefined) return
    this.undone = this.undone.slice(0, -1)
    this.done = [...this.done, this.#last]
    this.#restore(after)
  }

  #restore(text: string): void {
    this.#isRestored = true
    this.content = JSON.parse(text) as Edited
  }

  /** Everything is with the server, or cannot be; answers whether it is. */
  async settle(): Promise<boolean> {
    for (let tries = 0; tries < 10 && (this.state === 'waiting' || this.state === 'saving'); tries++) {
      clearTimeout(this.#timer)
      await (this.#saving ?? this.save())
    }
    return this.state === 'saved'
  }

  /** Saves on top of what is known to be there. */
  save = async (): Promise<void> => {
    if (this.#saving) return this.#saving
    clearTimeout(this.#timer)
    this.state = 'saving'
    const sent = this.#last
    this.#saving = this.#send(sent).finally(() => {
      this.#saving = null
      if (this.state === 'saved' && this.#last !== sent) this.#soon()
    })
    return this.#saving
  }

  async #send(sent: string): Promise<void> {
    try {
      const body = { saves: this.saves, template: unkeyed(JSON.parse(sent) as Edited) }
      this.#adopt(await api.put<'/template-drafts/{code}'>(`/template-drafts/${this.code}`, body))
      this.state = 'saved'
      this.error = null
      this.theirs = null
    } catch (failure) {
      const error = asApiError(failure)
      this.error = error
      this.state = error.status === 412 ? 'conflict' : error.code === 'no_draft' ? 'gone' : 'failed'
      if (error.status === 412) this.theirs = (error.problem as unknown as { theirs: { saves: number; by: string; at: string } }).theirs
      // A line that is down comes back.
      if (error.status === 0 || error.status >= 500) this.#soon(5000)
    }
  }

  /** Theirs instead of mine, which can still be brought back by undoing. */
  async takeTheirs(): Promise<void> {
    const draft = await api.get<'/template-drafts/{code}'>(`/template-drafts/${this.code}`)
    this.step()
    this.#adopt(draft)
    this.content = keyed(draft.template)
    this.#settled()
  }

  /** Mine on top of theirs, which I have been told of. */
  async keepMine(): Promise<void> {
    if (this.theirs) this.saves = this.theirs.saves
    await this.save()
  }

  /** A new draft of what I have here, where the one that it was of is no longer under way. */
  async beginAnew(): Promise<void> {
    try {
      this.saves = (await api.post('/template-drafts', { code: this.code })).saves
      await this.save()
    } catch (failure) {
      this.error = asApiError(failure)
      this.state = 'failed'
    }
  }

  /** Somebody else's publication or save was seen: nothing of mine is waiting. */
  #settled(): void {
    this.state = 'saved'
    this.error = null
    this.theirs = null
  }

  #adopt(draft: TemplateDraft): void {
    this.saves = draft.saves
    this.version = draft.version
    this.findings = draft.findings
    this.bodies = draft.bodies
    this.firstPeriod = draft.first_period
    this.firstDue = draft.first_due
    this.savedAt = draft.at
  }

  #soon(wait_ms = GATHER_MS): void {
    this.state = 'waiting'
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => void this.save(), wait_ms)
  }
}

function keyed(template: TemplateContent): Edited {
  const mark = <T extends object>(one: T): Keyed<T> => ({ ...one, key: newKey() })
  return {
    ...template,
    assigned_to: template.assigned_to.map(mark),
    checks: template.checks.map(mark),
    sections: template.sections.map((section) => mark({ ...section, rows: section.rows.map(mark), texts: section.texts.map(mark) })),
  }
}

function unkeyed(content: Edited): TemplateContent {
  const bare = <T extends { key: number }>({ key: _, ...one }: T) => one
  return {
    ...content,
    // A number field that is being typed into may be empty for a moment.
    due_working_days: Number(content.due_working_days) || 0,
    valid_from: content.valid_from || null,
    assigned_to: content.assigned_to.map((one) => ({ ...bare(one), from: one.from || null, to: one.to || null })),
    checks: content.checks.map(bare),
    sections: content.sections.map((section) => ({ ...bare(section), rows: section.rows.map(bare), texts: section.texts.map(bare) })),
  }
}

/** A name that no other has: `BC`, then `BC2`. */
export function unused(wanted: string, taken: string[]): string {
  if (!taken.includes(wanted)) return wanted
  for (let n = 2; ; n++) if (!taken.includes(`${wanted}${n}`)) return `${wanted}${n}`
}

/** Moves one of a list a place up or down; answers where it is then. */
export function moved<T>(list: T[], at: number, by: -1 | 1): number {
  const to = at + by
  const [one] = to >= 0 && to < list.length ? list.splice(at, 1) : []
  if (one === undefined) return at
  list.splice(to, 0, one)
  return to
}
