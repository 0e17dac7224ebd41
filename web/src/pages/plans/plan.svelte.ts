// The year's plan under way: what is typed and pasted over what was issued, saved by itself, every step undoable.

import { api, ApiError } from '../../api/client'
import { asApiError } from '../../api/load.svelte'
import type { Indicator, Row, YearPlan } from '../../api/types'
import { name } from '../../i18n/index.svelte'
import { sameNumber } from '../../lib/number'
import { back, done, forth, type Past, type Step, type Turn } from '../../lib/undo'
import type { Change, Content } from '../entry/form.svelte'

const GATHER_MS = 600
const EMPTY: Content = { typed: null, value: null, absent: null, text: null, comment: null }

/** `BC.DOANHTHU/52` */
export const cellOf = (indicator: string, unit: string) => `${indicator}/${unit}`

export class PlanForm {
  plan = $state.raw<YearPlan>(null!)
  /** What is to be, where it differs from what was issued; null takes a plan back. */
  draft = $state.raw<Map<string, string | null>>(new Map())
  past = $state.raw<Past<Content>>({ done: [], undone: [] })
  state = $state<'saved' | 'waiting' | 'saving' | 'failed' | 'stale'>('saved')
  error = $state.raw<ApiError | null>(null)
  /** What each cell is of, under a name that says both. */
  rows = $state.raw<Map<string, { row: Row }>>(new Map())

  issued = $derived(new Map(this.plan.cells.map((cell) => [cellOf(cell.indicator, cell.unit), cell])))
  changes = $derived(this.draft.size)
  /** How many of them change what was issued. */
  changed = $derived([...this.draft.keys()].filter((cell) => this.issued.get(cell)?.issued).length)

  #saves = 0
  #touched = new Set<string>()
  #timer: ReturnType<typeof setTimeout> | undefined
  #sending: Promise<void> | null = null

  constructor(plan: YearPlan, indicators: Map<string, Indicator>) {
    this.adopt(plan, indicators)
  }

  adopt(plan: YearPlan, indicators: Map<string, Indicator>): void {
    this.plan = plan
    this.#saves = plan.saves
    this.draft = new Map(plan.draft?.cells.map((cell) => [cellOf(cell.indicator, cell.unit), cell.value]) ?? [])
    const rows = new Map<string, { row: Row }>()
    for (const code of plan.indicators) {
      const one = indicators.get(code)
      if (!one) continue
      for (const unit of plan.units) {
        const row: Row = {
          indicator: code,
          breakdown: null,
          name_vi: `${unit.name_vi}, ${one.name_vi}`,
          name_en: `${unit.name_en}, ${one.name_en}`,
          unit_vi: one.unit_vi,
          unit_en: one.unit_en,
          scale: one.scale,
          required: false,
          settle_previous: false,
          note: null,
        }
        rows.set(cellOf(code, unit.code), { row })
      }
    }
    this.rows = rows
  }

  content = (cell: string): Content => {
    const value = this.draft.has(cell) ? this.draft.get(cell)! : (this.issued.get(cell)?.issued ?? null)
    return { ...EMPTY, value }
  }

  /** What is done to several cells at once is one step. */
  putAll = (changes: Change[]): Step<Content> | null => {
    const step = changes
      .map(({ cell, change }) => ({ cell, before: this.content(cell), after: { ...EMPTY, value: change.value ?? null } }))
      .filter(({ before, after }) => !sameNumber(before.value, after.value))
    if (step.length === 0) return null
    this.#write(step.map(({ cell, after }) => ({ cell, content: after })))
    this.past = done(this.past, step)
    return step
  }

  takeBack = (step: Step<Content>): void => {
    if (this.past.done.at(-1) === step) this.undo()
  }

  undo(): void {
    this.#turn(back(this.past, this.#holds))
  }

  redo(): void {
    this.#turn(forth(this.past, this.#holds))
  }

  #holds = (cell: string, content: Content): boolean => sameNumber(this.content(cell).value, content.value)

  #turn(turn: Turn<Content> | null): void {
    if (!turn) return
    this.#write(turn.write)
    this.past = turn.past
  }

  #write(cells: { cell: string; content: Content }[]): void {
    const draft = new Map(this.draft)
    for (const { cell, content } of cells) {
      const issued = this.issued.get(cell)?.issued ?? null
      if (sameNumber(issued, content.value)) draft.delete(cell)
      else draft.set(cell, content.value)
      this.#touched.add(cell)
    }
    this.draft = draft
    if (this.state === 'stale') return
    this.state = 'waiting'
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => void this.save(), GATHER_MS)
  }

  /** Everything is with the server, or cannot be; answers whether it is. */
  async settle(): Promise<boolean> {
    for (let tries = 0; tries < 10 && (this.state === 'waiting' || this.state === 'saving'); tries++) await this.save()
    return this.state === 'saved'
  }

  save = async (): Promise<void> => {
    clearTimeout(this.#timer)
    this.#sending ??= this.#send().finally(() => (this.#sending = null))
    return this.#sending
  }

  async #send(): Promise<void> {
    const touched = [...this.#touched]
    if (touched.length === 0) return
    this.#touched.clear()
    this.state = 'saving'
    const cells = touched.map((cell) => {
      const [indicator = '', unit = ''] = cell.split('/')
      const value = this.content(cell).value
      return value === null ? { indicator, unit, text: '' } : { indicator, unit, value }
    })
    try {
      const saved = await api.patch<'/plans/{year}/draft'>(`/plans/${this.plan.year}/draft`, { saves: this.#saves, cells })
      this.#saves = saved.saves
      this.error = null
      this.state = this.#touched.size > 0 ? 'waiting' : 'saved'
    } catch (failure) {
      for (const cell of touched) this.#touched.add(cell)
      this.error = asApiError(failure)
      this.state = this.error.status === 412 ? 'stale' : 'failed'
    }
  }

  async issue(number: string, date: string, reason: string): Promise<{ cells: number; changed: number }> {
    return api.post<'/plans/{year}/issue'>(`/plans/${this.plan.year}/issue`, { saves: this.#saves, number, date, reason: reason.trim() || null })
  }

  /** The name of a unit with its indicator, for screen readers. */
  label(cell: string): string {
    const of = this.rows.get(cell)
    return of ? name(of.row) : cell
  }
}
