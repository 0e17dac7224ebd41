// The forms that are looked after on this page: while somebody looks at one, and after that for as long as something of
// it waits. What is typed is written down on this machine at once, and sent whenever there is a line.

import { untrack } from 'svelte'
import { api, ApiError } from '../api/client'
import { catalogue } from '../api/catalogue.svelte'
import type { Finding, Submission } from '../api/types'
import { lang, t } from '../i18n/index.svelte'
import { formatNumber } from '../lib/number'
import { besideHere } from '../pages/entry/beside'
import { check, computed, rowKey, type Known } from '../pages/entry/check'
import { EntryForm, type Edit } from '../pages/entry/form.svelte'
import { session } from '../session.svelte'
import { keeping } from './keeping'
import { keepSoon } from './kept-soon'
import { line } from './line.svelte'
import { keepAnswer, keepBatch, keptAnswer } from './store'
import { waiting } from './waiting.svelte'

/** So long after the last change a form is kept as it is. */
const QUIET_MS = 400

const addressOf = (id: string) => `/submissions/${id}`

/** The checks and the columns that nobody types, with what the server knew of each row when it was asked last. */
function checkHere(form: EntryForm): void {
  const indicators = catalogue.indicators
  if (indicators.size === 0) return
  const known = (row: string): Known => {
    const of = form.computed.get(row)
    return { previous: null, earlier_this_year: [], plan: null, ...of?.recorded, last_year: of?.last_year.value ?? null }
  }
  const checked = { sections: form.sections, checks: form.submission.template_def.checks, indicators, content: (cell: string) => form.content(cell), known }
  form.findings = [...check(checked, { lang: lang(), t }), ...differing(form)]
  for (const section of form.sections)
    for (const row of section.rows) {
      const [key, indicator] = [rowKey(section.id, row), indicators.get(row.indicator)]
      const before = form.computed.get(key)
      if (before && indicator) form.computed.set(key, { ...before, ...computed(checked, section.id, row, indicator) })
    }
}

/** Numbers that are not the measured one, which suffices and was loaded. */
function differing(form: EntryForm): Finding[] {
  return [...form.measured.values()].flatMap((measured) => {
    const { cell, standing, value } = besideHere(measured, form.content(measured.cell))
    if (value === null || (standing !== 'to_explain' && standing !== 'explained')) return []
    const row = cell.replace(/\/[^/]*$/, '')
    return [{ cell, row, column: 'this' as const, severity: 'warning' as const, code: 'measured_differs', text: t('beside.differs', { value: formatNumber(value, lang()) }), explained: standing === 'explained' }]
  })
}

/** Whether an edit has to be written down again: that it is on its way is not kept. */
const isOther = (kept: Edit | undefined, edit: Edit) => kept !== edit && (!kept || kept.serial !== edit.serial || (kept.state !== edit.state && edit.state !== 'saving'))

class OpenForms {
  #opening = new Map<string, Promise<EntryForm>>()
  #looked = new Map<EntryForm, number>()
  #stop = new Map<EntryForm, () => void>()

  /** The form as the server has it, or as it was here last, with what waits of it. */
  open(id: string): Promise<EntryForm> {
    return this.#once(id, async () => {
      const known = waiting.forms.get(id)
      if (known) {
        await known.reload().catch(() => {})
        return known
      }
      return this.#hold(id, await keeping(addressOf(id), () => api.get<'/submissions/{id}'>(`/submissions/${encodeURIComponent(id)}`)))
    })
  }

  /** Takes up what was left behind of a form. What cannot be opened any more is as it was here last. */
  async takeUp(id: string): Promise<void> {
    await this.open(id).catch(async (failure: unknown) => {
      const kept = failure instanceof ApiError ? await keptAnswer<Submission>(addressOf(id)) : null
      if (kept) await this.#once(id, async () => this.#hold(id, kept.answer))
    })
  }

  /** Somebody looks at it; answers how to stop. */
  look(form: EntryForm): () => void {
    this.#looked.set(form, (this.#looked.get(form) ?? 0) + 1)
    return () => {
      this.#looked.set(form, (this.#looked.get(form) ?? 1) - 1)
      this.#letGo(form)
    }
  }

  /** A form is there once, whoever asks for it, and with what was left behind of it. */
  #once(id: string, work: () => Promise<EntryForm>): Promise<EntryForm> {
    const running = this.#opening.get(id)
    if (running) return running
    const whole = async () => {
      const [left, form] = await Promise.all([waiting.left, work()])
      const own = left.get(id)
      left.delete(id)
      if (own) form.restore(own.edits, own.batch)
      return form
    }
    const opening = whole().finally(() => this.#opening.delete(id))
    this.#opening.set(id, opening)
    return opening
  }

  #hold(id: string, submission: Submission): EntryForm {
    const form = new EntryForm(submission, () => session.now)
    form.offline = !line.up
    void catalogue.ready().catch(() => {})
    waiting.forms = new Map([...waiting.forms, [id, form]])
    const stop = $effect.root(() => {
      let written: ReadonlyMap<string, Edit> = form.edits
      $effect(() => {
        const now = form.edits
        const gone = [...written.keys()].filter((cell) => !now.has(cell)).map((cell) => [cell, null] as [string, null])
        const changed = [...now].filter(([cell, edit]) => isOther(written.get(cell), edit))
        const isDone = now.size === 0 && written.size > 0
        written = now
        keepSoon(id, [...gone, ...changed])
        if (isDone) queueMicrotask(() => this.#letGo(form))
      })
      let sent = form.unsure
      $effect(() => {
        if (form.unsure !== sent) void keepBatch(id, (sent = form.unsure))
      })
      // Without a line the page checks by itself; what the server finds takes its place when the line is back.
      $effect(() => {
        void [form.edits, catalogue.indicators, lang()]
        if (form.offline) untrack(() => checkHere(form))
      })
      // As it was when the line was there last: that is what a form without a line begins from.
      $effect(() => {
        if (form.offline) return
        const copy = form.snapshot()
        const timer = setTimeout(() => void keepAnswer(addressOf(id), copy), QUIET_MS)
        return () => clearTimeout(timer)
      })
      $effect(() => untrack(() => form.start()))
    })
    this.#stop.set(form, stop)
    form.abandon = () => this.#drop(form)
    return form
  }

  #letGo(form: EntryForm): void {
    if ((this.#looked.get(form) ?? 0) > 0 || form.edits.size > 0 || form.unsure) return
    this.#drop(form)
  }

  #drop(form: EntryForm): void {
    this.#stop.get(form)?.()
    this.#stop.delete(form)
    this.#looked.delete(form)
    waiting.forms = new Map([...waiting.forms].filter(([, one]) => one !== form))
  }
}

export const openForms = new OpenForms()
