// A form being filled: what the server holds, what has been typed and not yet acknowledged, and how the two meet.
// Nothing typed is lost: an edit leaves the queue only when the server has taken it or the person has let it go,
// and two people in one form see each other's cells, each edit knowing which version it was made on.

import { api, ApiError, newKey } from '../../api/client'
import { asApiError } from '../../api/load.svelte'
import type { Absence, Cell, CellEdit, CellsSaved, CellsSince, Computed, FilledForm, Finding, MeasuredBeside, Row, SectionDefinition, Standing, Submission } from '../../api/types'
import { SvelteMap } from 'svelte/reactivity'
import { lang, name } from '../../i18n/index.svelte'
import { misread } from '../../lib/misread'
import { readNumber, sameNumber } from '../../lib/number'
import { rowName } from '../../lib/row'
import { back, done, forth, type Past, type Step, type Turn } from '../../lib/undo'

export type Column = 'previous' | 'this' | 'text'

/** What a person wants a cell to hold. */
export interface Content {
  /** As typed, still to be read; or null when `value` says it. */
  typed: string | null
  value: string | null
  absent: Absence | null
  text: string | null
  comment: string | null
}

export type EditState = 'waiting' | 'saving' | 'failed' | 'refused' | 'conflict'

export interface Edit {
  content: Content
  /** The version it was made on; the server refuses it when another came first. */
  base: number
  state: EditState
  reason: string
  suggestions: string[]
  theirs: Cell | null
  serial: number
  /** When it was made, by the server's clock. */
  since: number
}

/** Edits as they were sent: repeated under the same key while it is not known whether they arrived. */
export interface Batch {
  key: string
  serials: Map<string, number>
  body: { cells: CellEdit[] }
}

export interface Change {
  cell: string
  change: Partial<Content>
  /** The version the person was looking at; left out, the one that is here now. */
  base?: number
}

const POLL_MS = 2000
const GATHER_MS = 120
/** As many as the server takes at once: a pasted block is saved whole. */
const MOST_AT_ONCE = 2000

export function cellKey(section: string, row: Pick<Row, 'indicator' | 'breakdown'>, column: Column): string {
  return `${section}/${rowCode(row)}/${column}`
}

export function rowCode(row: Pick<Row, 'indicator' | 'breakdown'>): string {
  return row.indicator + (row.breakdown ? `[${row.breakdown}]` : '')
}

/** The columns that are typed into, from left to right; the last is asked of every row. */
export const COLUMNS: Column[] = ['previous', 'this']

/** The cells of a section that count: all but the optional actuals of the period before. */
export function countedCells(section: SectionDefinition): string[] {
  return [...section.rows.map((row) => cellKey(section.id, row, 'this')), ...section.texts.map((text) => `${section.id}/${text.id}/text`)]
}

export class EntryForm {
  submission = $state.raw<Submission>(null!)
  cells = new SvelteMap<string, Cell>()
  /** Replaced as a whole, so that a pasted block is one change to whoever looks. */
  edits = $state.raw<ReadonlyMap<string, Edit>>(new Map())
  computed = new SvelteMap<string, Computed>()
  findings = $state.raw<Finding[]>([])
  /** Measured numbers beside cells, as far as they may be seen. */
  measured = $state.raw<ReadonlyMap<string, MeasuredBeside>>(new Map())
  /** Cells somebody else has just changed, and who. */
  fresh = new SvelteMap<string, string>()
  lastSaved = $state<number | null>(null)
  offline = $state(false)
  /** What is under way, or may have arrived without our knowing. */
  unsure = $state.raw<Batch | null>(null)
  /** Somebody has tried to send the form. */
  tried = $state(false)
  /** The cell that has the focus. */
  at = $state<string | null>(null)
  past = $state.raw<Past<Content>>({ done: [], undone: [] })
  /** Cells that the last undo or redo did not touch, because they were changed since. */
  leftAlone = $state.raw<string[]>([])

  /** Whoever looks after the form gives it up. */
  abandon = (): void => {}

  readonly #now: () => number
  #cursor = 0
  #serial = 0
  #sending: Promise<void> | null = null
  #timer: ReturnType<typeof setTimeout> | undefined
  #poll: ReturnType<typeof setInterval> | undefined
  #retry_ms = 2000
  #one_by_one = false
  #stopped = false

  sections = $derived<SectionDefinition[]>(this.submission?.template_def.sections ?? [])
  /** The row of every cell for a number. */
  rows = $derived(
    new Map(
      this.sections.flatMap((section) =>
        section.rows.flatMap((row) => (row.settle_previous ? COLUMNS : COLUMNS.slice(-1)).map((column) => [cellKey(section.id, row, column), { section, row }] as const)),
      ),
    ),
  )
  /** Every cell that counts towards a complete form, in reading order. */
  asked = $derived(this.sections.flatMap(countedCells))
  filledCount = $derived(this.asked.filter((cell) => this.filled(cell)).length)
  byCell = $derived(Map.groupBy(this.findings.filter((finding) => finding.cell), (finding) => finding.cell!))
  errors = $derived(this.findings.filter((finding) => finding.severity === 'error'))
  warnings = $derived(this.findings.filter((finding) => finding.severity === 'warning'))
  unsaved = $derived([...this.edits.values()].length)
  editable = $derived(this.submission?.can.edit ?? false)
  #open = $derived(new Set(this.submission?.can.edit_sections ?? []))

  constructor(submission: Submission, now: () => number) {
    this.#now = now
    this.adopt(submission)
  }

  /** Takes the server's whole view; edits that are under way stay. */
  adopt(submission: Submission): void {
    this.submission = submission
    this.findings = submission.findings
    this.#beside(submission.measured)
    this.#cursor = submission.cursor
    const there = new Set(submission.cells.map((cell) => cell.cell))
    for (const cell of this.cells.keys()) if (!there.has(cell)) this.cells.delete(cell)
    for (const cell of submission.cells) this.cells.set(cell.cell, cell)
    for (const computed of submission.computed) this.computed.set(computed.row, computed)
  }

  /** Why a number differs from the measured one was said. */
  explained(measured: MeasuredBeside[], findings: Finding[]): void {
    this.#beside(measured)
    this.findings = findings
  }

  #beside(measured: MeasuredBeside[]): void {
    this.measured = new Map(measured.map((one) => [one.cell, one]))
  }

  /** A move has been made: what stands in the cells is as it was. */
  moved(standing: Standing): void {
    this.submission = { ...this.submission, ...standing }
  }

  start(): () => void {
    this.#stopped = false
    this.#poll = setInterval(() => void this.#look(), POLL_MS)
    const back = () => {
      if (!document.hidden) void this.#look()
    }
    const online = () => this.flush()
    document.addEventListener('visibilitychange', back)
    addEventListener('online', online)
    return () => {
      this.#stopped = true
      clearInterval(this.#poll)
      document.removeEventListener('visibilitychange', back)
      removeEventListener('online', online)
      this.flush()
    }
  }

  /** A cell that nobody has come to yet is no mistake: it is told in the list, and in the cell once sending was tried. */
  isQuiet(finding: Finding): boolean {
    return finding.code === 'required' && !this.tried
  }

  /** May the cells of this section be written now? A returned section may while the others wait. */
  mayEdit(section: string): boolean {
    return this.#open.has(section)
  }

  /** What a cell holds as the person sees it: their own edit before what the server has. */
  content(cell: string): Content {
    const edit = this.edits.get(cell)
    if (edit) return edit.content
    return contentOf(this.cells.get(cell))
  }

  version(cell: string): number {
    return this.cells.get(cell)?.version ?? 0
  }

  filled(cell: string): boolean {
    const { typed, value, absent, text } = this.content(cell)
    return value !== null || absent !== null || !!typed?.trim() || !!text?.trim()
  }

  /** The person has decided what a cell holds. `base` is the version they were looking at. */
  put(cell: string, change: Partial<Content>, how: { base?: number } = {}): void {
    this.putAll([{ cell, change, base: how.base }])
  }

  /** What is done to several cells at once is one step, and is taken back at once. Answers the step; null when nothing changed. */
  putAll(changes: Change[]): Step<Content> | null {
    const edits = new Map(this.edits)
    const step = changes.flatMap(({ cell, change, base }) => {
      const before = this.content(cell)
      const after = { ...before, ...change }
      if (same(before, after)) return []
      return [{ cell, before, after: this.#write(edits, cell, after, base) }]
    })
    if (step.length === 0) return null
    this.edits = edits
    this.#soon()
    this.past = done(this.past, step)
    if (this.leftAlone.length > 0) this.leftAlone = []
    return step
  }

  /** Makes an edit of what a cell is to hold, and answers it as it was read. */
  #write(edits: Map<string, Edit>, cell: string, content: Content, seen?: number): Content {
    const earlier = edits.get(cell)
    const base = earlier && earlier.state !== 'conflict' ? earlier.base : (seen ?? this.version(cell))
    // What is under way, or may have arrived without our knowing, is not what is here: it is written over.
    if (same(content, contentOf(this.cells.get(cell))) && !this.unsure?.serials.has(cell)) {
      edits.delete(cell)
      return content
    }
    const edit: Edit = { content, base, state: 'waiting', reason: '', suggestions: [], theirs: null, serial: ++this.#serial, since: this.#now() }
    // What cannot be a number here is asked about at once; the server has the last word on the rest.
    if (content.typed !== null) {
      const of = this.rows.get(cell)?.row
      const read = readNumber(content.typed, lang(), of)
      if (read.kind === 'ambiguous') Object.assign(edit, { state: 'refused', reason: misread(read, content.typed, of), suggestions: read.suggestions })
      if (read.kind === 'empty') edit.content = { ...content, typed: null, value: null }
      if (read.kind === 'absent') edit.content = { ...content, typed: null, value: null, absent: read.absent }
      if (read.kind === 'number') edit.content = { ...content, value: read.value }
    }
    edits.set(cell, edit)
    this.fresh.delete(cell)
    return edit.content
  }

  /** Takes the last step back. Answers the cells written; null when there was nothing to take back. */
  undo(): string[] | null {
    return this.#turn(back(this.past, this.#holds))
  }

  redo(): string[] | null {
    return this.#turn(forth(this.past, this.#holds))
  }

  /** Takes one step back, also when others came after it; nothing when it was taken back already. */
  takeBack(step: Step<Content>): void {
    if (!this.past.done.includes(step)) return
    if (this.past.done.at(-1) === step) return void this.undo()
    const turn = back({ done: [step], undone: [] }, this.#holds)!
    this.putAll(turn.write.map(({ cell, content }) => ({ cell, change: content })))
    this.leftAlone = turn.changed
  }

  #turn(turn: Turn<Content> | null): string[] | null {
    if (!turn) return null
    this.past = turn.past
    if (this.leftAlone.length + turn.changed.length > 0) this.leftAlone = turn.changed
    this.#change((edits) => turn.write.forEach(({ cell, content }) => this.#write(edits, cell, content)))
    this.#soon()
    return turn.write.map(({ cell }) => cell)
  }

  #holds = (cell: string, content: Content): boolean => sameSaid(this.content(cell), content)

  /** A file has changed cells: a step like any other. */
  async uploaded(answer: FilledForm): Promise<Step<Content>> {
    const step = answer.differences.map(({ cell, old, new: now }) => ({ cell, before: { ...old, typed: null }, after: { ...now, typed: null } }))
    this.past = done(this.past, step)
    this.lastSaved = this.#now()
    for (const cell of answer.cells) this.cells.set(cell.cell, cell)
    await this.reload()
    return step
  }

  /** Two people wrote one cell: keep what I wrote, on top of theirs. */
  keepMine(cell: string): void {
    const edit = this.edits.get(cell)
    if (!edit?.theirs) return
    this.cells.set(cell, edit.theirs)
    const mine: Edit = { ...edit, base: edit.theirs.version, theirs: null, state: 'waiting', reason: '', serial: ++this.#serial }
    this.#change((edits) => edits.set(cell, mine))
    this.#soon()
  }

  keepTheirs(cell: string): void {
    const edit = this.edits.get(cell)
    if (!edit?.theirs) return
    this.cells.set(cell, edit.theirs)
    this.#change((edits) => edits.delete(cell))
    void this.reload()
  }

  /** What a cell is of: its row, or the question that is answered in words. */
  titleOf(cell: string): string {
    const of = this.rows.get(cell) ?? this.rows.get(cell.replace(/previous$/, 'this'))
    if (of) return rowName(of.row)
    const texts = this.sections.flatMap((section) => section.texts.map((text) => ({ cell: `${section.id}/${text.id}/text`, text })))
    const text = texts.find((one) => one.cell === cell)?.text
    return text ? name(text) : ''
  }

  /** What waited on this machine from before goes its way: under the key it was sent with, if it was. */
  restore(waiting: [string, Edit][], batch: Batch | null): void {
    this.#change((edits) => {
      for (const [cell, edit] of waiting) if (!edits.has(cell)) edits.set(cell, edit.state === 'saving' || edit.state === 'failed' ? { ...edit, state: 'waiting' } : edit)
    })
    this.unsure ??= batch
    this.#serial = Math.max(this.#serial, ...waiting.map(([, edit]) => edit.serial))
    this.#soon()
  }

  /** Tries again what was refused, or waits for a line. */
  retry(cells: Iterable<string>): void {
    this.#change((edits) => {
      for (const cell of cells) {
        const edit = edits.get(cell)
        if (edit && edit.state !== 'conflict' && edit.state !== 'saving') edits.set(cell, { ...edit, state: 'waiting' })
      }
    })
    this.flush()
  }

  /** Lets an edit go: the cell is again as the server has it. Answers the edit, for `putBack`. */
  discard(cell: string): Edit | null {
    const edit = this.edits.get(cell)
    if (!edit || edit.state === 'saving') return null
    this.#change((edits) => edits.delete(cell))
    // Sent again under its old key it would be written after all.
    if (this.unsure?.serials.has(cell)) this.unsure = null
    return edit
  }

  putBack(cell: string, edit: Edit): void {
    if (this.edits.has(cell)) return
    this.#change((edits) => edits.set(cell, { ...edit, state: edit.state === 'failed' ? 'waiting' : edit.state }))
    this.#soon()
  }

  /** The form as the server has it, as far as is known here. */
  snapshot(): Submission {
    return { ...this.submission, cells: [...this.cells.values()], computed: [...this.computed.values()], findings: this.findings as Submission['findings'] }
  }

  flush = (): void => {
    clearTimeout(this.#timer)
    this.#sending ??= this.#send().finally(() => {
      this.#sending = null
      // Without a line it is tried again when that was said, however much waits.
      if (!this.offline && [...this.edits.values()].some((edit) => edit.state === 'waiting')) this.#soon()
    })
  }

  /** Everything typed is with the server, or cannot be; answers whether all of it is. */
  async settled(): Promise<boolean> {
    for (let tries = 0; tries < 20; tries++) {
      if (![...this.edits.values()].some((edit) => edit.state === 'waiting' || edit.state === 'saving' || edit.state === 'failed')) break
      this.flush()
      await this.#sending
      if (this.offline) break
    }
    return this.edits.size === 0
  }

  async reload(): Promise<void> {
    const submission = await api.get<'/submissions/{id}'>(`/submissions/${encodeURIComponent(this.submission.id)}`)
    if (!this.#stopped) this.adopt(submission)
  }

  #soon(wait_ms = GATHER_MS): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(this.flush, wait_ms)
  }

  async #send(): Promise<void> {
    const batch = this.unsure ?? this.#gather()
    if (!batch) return
    this.unsure = batch
    this.#change((edits) => batch.serials.forEach((serial, cell) => mark(edits, cell, serial, { state: 'saving' })))
    try {
      const answer = await api.patch<'/submissions/{id}/cells'>(`/submissions/${encodeURIComponent(this.submission.id)}/cells`, batch.body, batch.key)
      this.unsure = null
      this.offline = false
      this.#retry_ms = 2000
      this.#taken(answer, batch.serials)
    } catch (failure) {
      this.#refused(asApiError(failure), batch)
    }
  }

  #gather(): Batch | null {
    const waiting = [...this.edits].filter(([, edit]) => edit.state === 'waiting' || edit.state === 'failed')
    const chosen = this.#one_by_one ? waiting.slice(0, 1) : waiting.slice(0, MOST_AT_ONCE)
    if (chosen.length === 0) {
      this.#one_by_one = false
      return null
    }
    return {
      key: newKey(),
      serials: new Map(chosen.map(([cell, edit]) => [cell, edit.serial])),
      body: { cells: chosen.map(([cell, edit]) => toSend(cell, edit)) },
    }
  }

  #change(work: (edits: Map<string, Edit>) => void): void {
    const edits = new Map(this.edits)
    work(edits)
    this.edits = edits
  }

  #taken(answer: CellsSaved, serials: Map<string, number>): void {
    const now = this.#now()
    for (const cell of answer.cells) this.cells.set(cell.cell, cell)
    this.#change((edits) => {
      for (const [key, serial] of serials) {
        const edit = edits.get(key)
        if (!edit) continue
        if (edit.serial === serial) edits.delete(key)
        // Typed again meanwhile: the newer edit now stands on what was just saved.
        else edits.set(key, { ...edit, base: this.version(key) })
      }
    })
    for (const computed of answer.computed) this.computed.set(computed.row, computed)
    this.findings = answer.findings
    this.#beside(answer.measured)
    this.lastSaved = now
  }

  #refused(error: ApiError, batch: Batch): void {
    const lost = error.status === 0 || error.status >= 500 || error.status === 429
    if (lost) {
      this.offline = true
      this.#change((edits) => batch.serials.forEach((serial, cell) => mark(edits, cell, serial, { state: 'failed', reason: error.problem.detail })))
      if (!this.#stopped) this.#soon((this.#retry_ms = Math.min(30_000, this.#retry_ms * 1.6)))
      return
    }
    this.unsure = null
    const blamed = error.problem.at?.cell ?? (batch.serials.size === 1 ? [...batch.serials.keys()][0] : undefined)
    const { theirs } = error.problem
    const mine = blamed === undefined ? undefined : this.edits.get(blamed)
    if (error.status === 412 && theirs && mine && sameSaid(contentOf(theirs), mine.content)) {
      // Both wrote the same, or it is our own that had arrived: there is nothing to ask about.
      this.cells.set(theirs.cell, theirs)
      this.#change((edits) => batch.serials.forEach((serial, cell) => (cell === blamed ? edits.delete(cell) : mark(edits, cell, serial, { state: 'waiting' }))))
      return
    }
    const blame: Partial<Edit> =
      error.status === 412 && error.problem.theirs
        ? { state: 'conflict', theirs: error.problem.theirs }
        : { state: 'refused', reason: error.problem.detail, suggestions: error.problem.suggestions ?? [] }
    const others: Partial<Edit> = { state: blamed === undefined && this.#one_by_one ? 'refused' : 'waiting' }
    this.#change((edits) => batch.serials.forEach((serial, cell) => mark(edits, cell, serial, cell === blamed ? blame : others)))
    if (blamed === undefined) this.#one_by_one = true
    if (error.code !== 'ambiguous_number' && (error.status === 403 || error.status === 409 || error.status === 423)) void this.reload().catch(() => {})
  }

  async #look(): Promise<void> {
    if (document.hidden || this.#stopped || this.#sending) return
    let answer: CellsSince
    try {
      answer = await api.get<'/submissions/{id}/cells'>(`/submissions/${encodeURIComponent(this.submission.id)}/cells`, { since: this.#cursor })
    } catch (failure) {
      if (asApiError(failure).code === 'offline') this.offline = true
      return
    }
    if (this.#stopped) return
    // What was worked out here meanwhile gives way to what the server finds.
    let others = this.offline
    if (this.offline) {
      this.offline = false
      this.flush()
    }
    this.#cursor = answer.cursor
    for (const cell of answer.cells) {
      const known = this.cells.get(cell.cell)
      if (known && known.version >= cell.version) continue
      this.cells.set(cell.cell, cell)
      if (!this.edits.has(cell.cell)) this.fresh.set(cell.cell, cell.by ?? '')
      others = true
    }
    if (others || answer.state !== this.submission.state) await this.reload().catch(() => {})
  }
}

/** Changes an edit, if it is still the one that was sent. */
function mark(edits: Map<string, Edit>, cell: string, serial: number, change: Partial<Edit>): void {
  const edit = edits.get(cell)
  if (edit && edit.serial === serial) edits.set(cell, { ...edit, ...change })
}

function contentOf(cell: Cell | undefined): Content {
  return { typed: null, value: cell?.value ?? null, absent: cell?.absent ?? null, text: cell?.text ?? null, comment: cell?.comment ?? null }
}

function same(a: Content, b: Content): boolean {
  return (
    (a.typed ?? null) === (b.typed ?? null) &&
    sameNumber(a.value, b.value) &&
    a.absent === b.absent &&
    (a.text ?? '') === (b.text ?? '') &&
    (a.comment ?? '') === (b.comment ?? '')
  )
}

/** Says the same, whether a number is still as it was typed or already as it was read. */
function sameSaid(a: Content, b: Content): boolean {
  const read = (content: Content): Content => ({ ...content, typed: content.value === null ? content.typed : null, text: content.text?.trim() ?? null })
  return same(read(a), read(b))
}

/** An edit as it is sent, now or from a file. */
export function toSend(cell: string, { content, base }: Edit): CellEdit {
  // What is left out stays as it is, so an empty text is what clears a cell, and an empty comment a comment.
  const comment = content.comment ?? ''
  if (cell.endsWith('/text')) return { cell, text: content.text ?? '', comment, version: base }
  if (content.typed !== null) return { cell, text: content.typed, comment, version: base }
  if (content.absent !== null) return { cell, absent: content.absent, comment, version: base }
  if (content.value === null) return { cell, text: '', comment, version: base }
  return { cell, value: content.value, comment, version: base }
}
