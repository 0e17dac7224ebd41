// What is wrong or surprising in a form, and the columns that nobody types, worked out on the page while there is no line.
// The rules are the server's (crates/workflow/src/check.rs and computed.rs), which has the last word; both hold to the rows
// of check/cases.txt and computed/cases.txt there.

import type { Computed, Follows, FormCheck, FormFinding, Indicator, Row, SectionDefinition } from '../../api/types'
import type { Key, Lang, Values } from '../../i18n/index.svelte'
import { compare, exact, leastScale, magnitude, minus, product, sum, timesOver, whole, written, type Exact } from '../../lib/exact'
import { editNumber } from '../../lib/number'
import { breakdownName } from '../../lib/row'
import { cellKey, type Column, type Content } from './form.svelte'

/** What the record knows of a row. */
export interface Known {
  previous: string | null
  last_year: string | null
  earlier_this_year: (string | null)[]
  plan: string | null
}

export interface Checked {
  sections: SectionDefinition[]
  /** What its makers say has to hold between its rows. */
  checks: FormCheck[]
  indicators: ReadonlyMap<string, Indicator>
  content: (cell: string) => Content
  known: (row: string) => Known
}

/** The language of the sentences, and where they come from. */
export interface Saying {
  lang: Lang
  t: (key: Key, values?: Values) => string
}

type Base = 'previous_period' | 'last_year' | 'estimate'

type Problem =
  | { code: 'required' | 'absence_of_required' | 'negative' }
  | { code: 'too_many_decimals'; scale: number }
  | { code: 'below_least' | 'above_greatest' | 'exceeds_total'; number: Exact }
  | { code: 'exceeds_whole' | 'exceeds_denominator'; number: Exact; of: Pick<Indicator, 'name_vi' | 'name_en'> }
  | { code: 'growth'; on: 'previous_period' | 'last_year'; percent: Exact; limit: Exact }
  | { code: 'settled_differs'; estimate: Exact; percent: Exact }
  | { code: 'check_at_most' | 'check_sum' | 'check_change'; severity: 'error' | 'warning'; said: (saying: Saying) => string }
  | { code: 'unit_jump'; on: Base; power: number; larger: boolean; of: Indicator }

/** An actual may differ from its estimate by so much per cent without a word. */
const SETTLED_PERCENT = whole(20)
/** A jump counts as one of units within this factor of 10³, 10⁶ or 10⁹. */
const JUMP_TOLERANCE = 3
const HUNDRED = whole(100)
const ONE = whole(1)

/** The row's place in the form, as `computed` names it. */
export function rowKey(section: string, row: Pick<Row, 'indicator' | 'breakdown'>): string {
  return cellKey(section, row, 'this').replace(/\/this$/, '')
}

/** Every finding of the form, in the order of its cells. */
export function check(form: Checked, saying: Saying): FormFinding[] {
  const findings: FormFinding[] = []
  for (const section of form.sections)
    for (const row of section.rows) {
      const indicator = form.indicators.get(row.indicator)
      if (!indicator) continue
      for (const column of row.settle_previous ? (['previous', 'this'] as const) : (['this'] as const)) {
        const cell = cellKey(section.id, row, column)
        const explained = (form.content(cell).comment?.match(/\p{Alphabetic}/gu)?.length ?? 0) >= 3
        for (const problem of problems(form, section, row, indicator, column)) {
          const severity = severityOf(problem)
          findings.push({ cell, row: rowKey(section.id, row), column, severity, code: codeOf(problem), text: sentence(problem, saying), explained: explained && severity === 'warning' })
        }
      }
    }
  return findings
}

function problems(form: Checked, section: SectionDefinition, row: Row, indicator: Indicator, column: Column): Problem[] {
  const { typed, value: text, absent } = form.content(cellKey(section.id, row, column))
  const required = row.required && column === 'this'
  if (text === null) {
    // What could not be read is told beside the cell.
    if (!required || typed?.trim()) return []
    return [{ code: absent === null ? 'required' : 'absence_of_required' }]
  }
  const value = exact(text)
  const found: Problem[] = []
  if (leastScale(value) > indicator.scale) found.push({ code: 'too_many_decimals', scale: indicator.scale })
  found.push(...beyondLimits(indicator, value), ...beyondWhole(form, row, indicator, column, value))
  const known = form.known(rowKey(section.id, row))
  const settled = numberIn(form, cellKey(section.id, row, 'previous'))
  for (const one of form.checks) if (one.row === rowKey(section.id, row)) found.push(...broken(form, one, column, value, { settled, known }))
  const base = (on: Base, number: Exact | null): [Base, Exact][] => (number ? [[on, number]] : [])
  const bases =
    column === 'previous'
      ? base('estimate', read(known.previous))
      : [...base('previous_period', settled ?? read(known.previous)), ...base('last_year', read(known.last_year))]
  // A jump of units explains every growth; saying both would hide the cause.
  for (const [on, number] of bases) {
    const jump = unitJump(indicator, on, value, number)
    if (jump) return [...found, jump]
  }
  for (const [on, number] of bases) found.push(...growth(indicator, on, value, number))
  return found
}

function read(text: string | null): Exact | null {
  return text === null ? null : exact(text)
}

function numberIn(form: Checked, cell: string): Exact | null {
  return read(form.content(cell).value)
}

function beyondLimits({ limits }: Indicator, value: Exact): Problem[] {
  const least = exact(limits.min ?? '0')
  if (value.mantissa < 0n && least.mantissa >= 0n) return [{ code: 'negative' }]
  if (compare(value, least) < 0) return [{ code: 'below_least', number: least }]
  const greatest = read(limits.max)
  return greatest && compare(value, greatest) > 0 ? [{ code: 'above_greatest', number: greatest }] : []
}

/** Its whole, its total and its denominator, as far as the same column of the form has them. */
function beyondWhole(form: Checked, row: Row, indicator: Indicator, column: Column, value: Exact): Problem[] {
  const inForm = (code: string, breakdown: string | null) => {
    for (const section of form.sections) {
      const asked = section.rows.find((one) => one.indicator === code && (one.breakdown ?? null) === breakdown)
      if (asked) return numberIn(form, cellKey(section.id, asked, column))
    }
    return null
  }
  const of = (code: string) => form.indicators.get(code) ?? { name_vi: code, name_en: code }
  const breakdown = row.breakdown ?? null
  const found: Problem[] = []
  const above = (code: string, part: string | null, say: (number: Exact) => Problem) => {
    const number = inForm(code, part)
    if (number && compare(value, number) > 0) found.push(say(number))
  }
  const { part_of } = indicator
  if (part_of !== null) above(part_of, breakdown, (number) => ({ code: 'exceeds_whole', number, of: of(part_of) }))
  if (breakdown !== null && !indicator.ratio && !isPercentage(indicator)) above(row.indicator, null, (number) => ({ code: 'exceeds_total', number }))
  const denominators = [...form.indicators.values()].filter((share) => isBoundedShare(share) && share.ratio!.numerator === row.indicator).map((share) => share.ratio!.denominator)
  for (const denominator of new Set(denominators))
    if (denominator !== part_of) above(denominator, breakdown, (number) => ({ code: 'exceeds_denominator', number, of: of(denominator) }))
  return found
}

function isPercentage(indicator: Indicator): boolean {
  return indicator.unit_vi === '%'
}

/** A share that cannot pass 100%: a percentage ratio, unless its own limit says it can. */
function isBoundedShare(indicator: Indicator): boolean {
  const { ratio, limits } = indicator
  return ratio !== null && compare(exact(ratio.factor), HUNDRED) === 0 && isPercentage(indicator) && (limits.max === null || compare(exact(limits.max), HUNDRED) <= 0)
}

function unitJump(indicator: Indicator, on: Base, value: Exact, base: Exact): Problem | null {
  if (value.mantissa <= 0n || base.mantissa <= 0n || isPercentage(indicator)) return null
  const larger = compare(value, base) > 0
  const [more, less] = larger ? [value, base] : [base, value]
  const exceeds = (a: [Exact, Exact], b: [Exact, Exact]) => compare(product(...a), product(...b)) > 0
  const near = (power: number) =>
    !exceeds([less, whole(10 ** power)], [more, whole(JUMP_TOLERANCE)]) && !exceeds([more, ONE], [less, whole(JUMP_TOLERANCE * 10 ** power)])
  const power = [3, 6, 9].find(near)
  return power === undefined ? null : { code: 'unit_jump', on, power, larger, of: indicator }
}

function growth(indicator: Indicator, on: Base, value: Exact, base: Exact): Problem[] {
  const limit = on === 'estimate' ? SETTLED_PERCENT : read(indicator.limits.growth_percent)
  const difference = minus(value, base)
  if (!limit || !difference || base.mantissa === 0n) return []
  if (compare(product(magnitude(difference), HUNDRED), product(limit, magnitude(base))) <= 0) return []
  const percent = timesOver(difference, HUNDRED, magnitude(base), 1)
  if (!percent) return []
  return [on === 'estimate' ? { code: 'settled_differs', estimate: base, percent } : { code: 'growth', on, percent, limit }]
}

/** What a check of the form finds at a number; nothing while one of its rows has none. */
function broken(form: Checked, one: FormCheck, column: Column, value: Exact, { settled, known }: { settled: Exact | null; known: Known }): Problem[] {
  const find = (code: 'check_at_most' | 'check_sum' | 'check_change', usual: (saying: Saying, shown: (number: Exact) => string) => string): Problem[] => {
    const own = { vi: one.message_vi, en: one.message_en || one.message_vi }
    return [{ code, severity: one.severity, said: (saying) => own[saying.lang] || usual(saying, (number) => editNumber(written(number), saying.lang)) }]
  }
  const numbers = one.others.map((row) => numberIn(form, `${row}/${column}`))
  switch (one.kind) {
    case 'at_most': {
      const [limit] = numbers
      if (!limit || compare(value, limit) <= 0) return []
      return find('check_at_most', ({ t, lang }, shown) => t('check.at_most', { name: nameOf(form, one.others[0]!, lang), number: shown(limit) }))
    }
    case 'sum': {
      const all = numbers.every((number) => number !== null) ? sum(numbers) : null
      if (!all || compare(value, all) === 0) return []
      return find('check_sum', ({ t, lang }, shown) => t('check.sum', { names: one.others.map((row) => `“${nameOf(form, row, lang)}”`).join(', '), number: shown(all) }))
    }
    case 'change': {
      const on = one.on ?? 'previous_period'
      const base = on === 'last_year' ? read(known.last_year) : (settled ?? read(known.previous))
      const limit = read(one.percent)
      const difference = base && minus(value, base)
      if (column !== 'this' || !base || !limit || !difference || base.mantissa === 0n) return []
      if (compare(product(magnitude(difference), HUNDRED), product(limit, magnitude(base))) <= 0) return []
      const percent = timesOver(difference, HUNDRED, magnitude(base), 1)
      if (!percent) return []
      return find('check_change', ({ t }, shown) => t(percent.mantissa < 0n ? 'check.change_fall' : 'check.change_rise', { percent: shown(magnitude(percent)), on: t(`check.on_${on}`), limit: shown(limit) }))
    }
  }
}

/** The name of a row of the form. */
function nameOf(form: Checked, row: string, lang: Lang): string {
  for (const section of form.sections) for (const one of section.rows) if (rowKey(section.id, one) === row) return one[`name_${lang}`] + (one.breakdown ? ` (${breakdownName(one.breakdown)})` : '')
  return row
}

function severityOf(problem: Problem): 'error' | 'warning' {
  switch (problem.code) {
    case 'check_at_most':
    case 'check_sum':
    case 'check_change':
      return problem.severity
    case 'absence_of_required':
    case 'growth':
    case 'settled_differs':
      return 'warning'
    case 'unit_jump':
      return problem.power >= 6 ? 'error' : 'warning'
    default:
      return 'error'
  }
}

function codeOf(problem: Problem): string {
  if (problem.code !== 'growth') return problem.code
  return problem.on === 'last_year' ? 'growth_on_year' : 'growth_on_period'
}

function sentence(problem: Problem, { lang, t }: Saying): string {
  const shown = (number: Exact) => editNumber(written(number), lang)
  const named = (of: Pick<Indicator, 'name_vi' | 'name_en'>) => of[`name_${lang}`]
  switch (problem.code) {
    case 'required':
    case 'absence_of_required':
    case 'negative':
      return t(`check.${problem.code}`)
    case 'too_many_decimals':
      return problem.scale === 0 ? t('entry.whole_only') : t('entry.too_many_decimals', { n: problem.scale })
    case 'below_least':
    case 'above_greatest':
    case 'exceeds_total':
      return t(`check.${problem.code}`, { number: shown(problem.number) })
    case 'exceeds_whole':
    case 'exceeds_denominator':
      return t(`check.${problem.code}`, { number: shown(problem.number), name: named(problem.of) })
    case 'check_at_most':
    case 'check_sum':
    case 'check_change':
      return problem.said({ lang, t })
    case 'growth':
      return t(problem.percent.mantissa < 0n ? 'check.fall' : 'check.rise', { percent: shown(magnitude(problem.percent)), on: t(`check.on_${problem.on}`), limit: shown(problem.limit) })
    case 'settled_differs':
      return t('check.settled_differs', { percent: shown(magnitude(problem.percent)), estimate: shown(problem.estimate) })
    case 'unit_jump': {
      const values = { times: shown(whole(10 ** problem.power)), on: t(`check.on_${problem.on}`), unit: problem.of[`unit_${lang}`] }
      const taken = unitTakenFor(problem.of.unit_vi, problem.power, problem.larger)
      return `${t(problem.larger ? 'check.jump_up' : 'check.jump_down', values)} ${taken === null ? t('check.jump_unit', values) : t('check.jump_taken', { ...values, taken })}`
    }
  }
}

/** The unit that somebody typed in, if the jump is one between units people use: `đồng` for `tỷ đồng`. */
function unitTakenFor(unit: string, power: number, larger: boolean): string | null {
  const scales: [string, number][] = [['nghìn tỷ', 12], ['tỷ', 9], ['triệu', 6], ['nghìn', 3], ['', 0]]
  const plain = unit.normalize('NFC').trim().replace(/\s+/g, ' ')
  const [word, scale] = scales.find(([word]) => word === '' || plain.startsWith(`${word} `))!
  const taken = scales.find(([, other]) => other === scale + (larger ? -power : power))
  return taken ? `${taken[0]} ${word ? plain.slice(word.length + 1) : plain}`.trim() : null
}

/** The columns of a row that nobody types. */
export function computed(form: Checked, section: string, row: Row, indicator: Indicator): Omit<Computed, 'recorded'> {
  const key = rowKey(section, row)
  const known = form.known(key)
  const now = numberIn(form, cellKey(section, row, 'this'))
  const settled = numberIn(form, cellKey(section, row, 'previous'))
  const previous = settled ?? read(known.previous)
  const last_year = read(known.last_year)
  const ytd = yearToDate(indicator.over_time, now, settled, known.earlier_this_year.map(read))
  const points = (base: Exact | null) => (isPercentage(indicator) ? difference(now, base) : absent('not_applicable'))
  return {
    row: key,
    previous: recorded(previous),
    last_year: recorded(last_year),
    ytd,
    change_on_period: change(now, previous),
    change_on_year: change(now, last_year),
    points_on_period: points(previous),
    points_on_year: points(last_year),
    share_of_plan: ytd.value === null ? ytd : percentOf(exact(ytd.value), read(known.plan)),
  }
}

function absent(reason: NonNullable<Follows['absent']>): Follows {
  return { value: null, absent: reason }
}

function recorded(number: Exact | null): Follows {
  return number ? { value: written(number), absent: null } : absent('nothing_recorded')
}

function orWithheld(number: Exact | null): Follows {
  return number ? recorded(number) : absent('withheld')
}

/** Every period since January must be there: a sum with a hole in it is not a year to date. */
function yearToDate(over_time: Indicator['over_time'], now: Exact | null, settled: Exact | null, earlier: (Exact | null)[]): Follows {
  const last = earlier.length - 1
  const periods = [...earlier.map((number, at) => (at === last && settled ? settled : number)), now]
  const all = periods.every((number) => number !== null) ? periods : null
  switch (over_time) {
    case 'last':
      return recorded(now)
    case 'sum':
      return all ? orWithheld(sum(all)) : absent('nothing_recorded')
    case 'max':
      return recorded(all && all.reduce((most, number) => (compare(number, most) > 0 ? number : most)))
    case 'none':
    case 'ratio':
      return absent('not_applicable')
  }
}

function change(now: Exact | null, base: Exact | null): Follows {
  if (!now || !base) return absent('nothing_recorded')
  const by = minus(now, base)
  return by ? percentOf(by, base) : absent('withheld')
}

function difference(now: Exact | null, base: Exact | null): Follows {
  return now && base ? orWithheld(minus(now, base)) : absent('nothing_recorded')
}

/** Withheld on a base that is not above zero, where a percentage means nothing. */
function percentOf(part: Exact, base: Exact | null): Follows {
  if (!base) return absent('nothing_recorded')
  return base.mantissa <= 0n ? absent('withheld') : orWithheld(timesOver(part, HUNDRED, base, 4))
}
