// Walking along periods: the one before and after, the same one a year ago, the run a trend is drawn over.
// Pure functions of codes (`2024-06`, `2024-Q2`, `2024-S1`, `2024`, each with `~adm`); weeks and ranges of days stand alone.

export type Frequency = 'month' | 'quarter' | 'half' | 'year'
export const frequencies = ['month', 'quarter', 'half', 'year'] as const

/** A period as its year and its place in it, counted from 0. */
interface Parts {
  frequency: Frequency
  year: number
  index: number
  calendar: '' | '~adm'
}

const perYear: Record<Frequency, number> = { month: 12, quarter: 4, half: 2, year: 1 }
/** How many periods a small trend shows: the last one and the same one a year ago are always among them. */
const trend: Record<Frequency, number> = { month: 13, quarter: 9, half: 7, year: 6 }

export function parse(code: string): Parts | null {
  const found = /^(\d{4})(?:-(?:S([12])|Q([1-4])|(0[1-9]|1[0-2])))?(~adm)?$/.exec(code)
  if (!found) return null
  const [, year, half, quarter, month, adm] = found
  const frequency: Frequency = half ? 'half' : quarter ? 'quarter' : month ? 'month' : 'year'
  return { frequency, year: Number(year), index: Number(half ?? quarter ?? month ?? 1) - 1, calendar: adm ? '~adm' : '' }
}

function print({ frequency, year, index, calendar }: Parts): string {
  const n = index + 1
  const part = { month: `-${String(n).padStart(2, '0')}`, quarter: `-Q${n}`, half: `-S${n}`, year: '' }[frequency]
  return `${year}${part}${calendar}`
}

/** So many periods on, of the same kind. What cannot be walked along stays where it is. */
export function shift(code: string, by: number): string {
  const at = parse(code)
  if (!at) return code
  const count = perYear[at.frequency]
  const place = at.year * count + at.index + by
  return print({ ...at, year: Math.floor(place / count), index: ((place % count) + count) % count })
}

/** The period of another length that ends in the same month, so that changing the length stays near. */
export function as(code: string, frequency: Frequency): string {
  const at = parse(code)
  if (!at) return code
  const last = (at.index + 1) * (12 / perYear[at.frequency]) - 1
  return print({ ...at, frequency, index: Math.floor(last / (12 / perYear[frequency])) })
}

/** The periods a trend is drawn over, oldest first, ending with this one. */
export function run(code: string, count?: number): string[] {
  const at = parse(code)
  if (!at) return [code]
  const length = count ?? trend[at.frequency]
  return Array.from({ length }, (_, index) => shift(code, index - length + 1))
}

/** The last day, as an ISO date: the day whose tree of units a roll-up uses. */
export function lastDay(code: string): string {
  const at = parse(code)
  if (!at) return /(\d{4}-\d{2}-\d{2})$/.exec(code)?.[1] ?? `${code.slice(0, 4)}-12-31`
  const month = (at.index + 1) * (12 / perYear[at.frequency])
  const day = at.calendar && at.frequency === 'month' ? 14 : new Date(Date.UTC(at.year, month, 0)).getUTCDate()
  return `${at.year}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`
}

/** The periods of one length in one year, for choosing. */
export function ofYear(year: number, frequency: Frequency, calendar: '' | '~adm'): string[] {
  return Array.from({ length: perYear[frequency] }, (_, index) => print({ frequency, year, index, calendar }))
}

/** The month in Vietnam at a moment, so many months on. */
export function monthAt(now_ms: number, by: number): string {
  const day = new Date(now_ms + 7 * 3_600_000)
  return shift(`${day.getUTCFullYear()}-${String(day.getUTCMonth() + 1).padStart(2, '0')}`, by)
}
