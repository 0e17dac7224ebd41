// Numbers as decimal strings with a dot, written and read the way people here write them. No floating point anywhere:
// a figure of eighteen digits must come out to the last one.

import { fold } from './search'

export type Locale = 'vi' | 'en'

const marks = {
  vi: { group: '.', decimal: ',' },
  en: { group: ',', decimal: '.' },
} as const

const DECIMAL = /^(-?)(\d+)(?:\.(\d+))?$/

/** `2067389` → `2.067.389` (vi). `scale` rounds half away from zero; with `fixed`, zeros are kept up to the scale. */
export function formatNumber(value: string, locale: Locale, how: { scale?: number; fixed?: boolean } = {}): string {
  const parts = DECIMAL.exec(value)
  if (!parts) return value
  let digits = parts[2] ?? '0'
  let fraction = parts[3] ?? ''
  if (how.scale !== undefined) {
    if (fraction.length > how.scale) {
      ;[digits, fraction] = roundHalfUp(digits, fraction, how.scale)
    }
    if (how.fixed) fraction = fraction.padEnd(how.scale, '0')
  }
  if (!how.fixed) fraction = fraction.replace(/0+$/, '')
  digits = digits.replace(/^0+(?=\d)/, '')
  const zero = /^0*$/.test(digits + fraction)
  const { group, decimal } = marks[locale]
  const whole = digits.replace(/\B(?=(\d{3})+$)/g, group)
  return (parts[1] && !zero ? '−' : '') + whole + (fraction ? decimal + fraction : '')
}

function roundHalfUp(digits: string, fraction: string, scale: number): [string, string] {
  const up = (fraction[scale] ?? '0') >= '5'
  const kept = digits + fraction.slice(0, scale)
  const rounded = (BigInt(kept) + (up ? 1n : 0n)).toString().padStart(kept.length, '0')
  return scale === 0 ? [rounded, ''] : [rounded.slice(0, -scale), rounded.slice(-scale)]
}

/** As a person would type it into a field: grouped, with an ordinary minus. */
export function editNumber(value: string, locale: Locale): string {
  return formatNumber(value, locale).replace('−', '-')
}

/** -1, 0 or 1, whatever the digits. */
export function sign(value: string): -1 | 0 | 1 {
  const parts = DECIMAL.exec(value)
  if (!parts || /^0*$/.test((parts[2] ?? '') + (parts[3] ?? ''))) return 0
  return parts[1] ? -1 : 1
}

export function negate(value: string): string {
  return value.startsWith('-') ? value.slice(1) : sign(value) === 0 ? value : `-${value}`
}

/** Same number, however many zeros: `1.50` and `1.5`. */
export function sameNumber(a: string | null, b: string | null): boolean {
  if (a === b || a === null || b === null) return a === b
  return formatNumber(a, 'en') === formatNumber(b, 'en')
}

/** What a number is of: what it counts, and how many decimals are kept. */
export interface Of {
  scale: number
  unit_vi: string
  unit_en: string
}

export type StatedAbsence = 'missing' | 'not_applicable' | 'confidential' | 'not_collected'

/** The codes with which the server refuses, too. */
export type Misread = 'not_a_number' | 'groups_of_three' | 'several_numbers' | 'unit_written' | 'too_many_decimals' | 'number_too_long'

export type Read =
  | { kind: 'empty' }
  | { kind: 'number'; value: string }
  | { kind: 'absent'; absent: StatedAbsence }
  | { kind: 'ambiguous'; suggestions: string[] }
  | { kind: 'refused'; why: Misread }

const MOST_DIGITS = 18

const phrases: Record<string, StatedAbsence | 'none_occurred'> = {
  '…': 'missing',
  '...': 'missing',
  'chua co': 'missing',
  'chua co so lieu': 'missing',
  missing: 'missing',
  x: 'not_applicable',
  'khong ap dung': 'not_applicable',
  'not applicable': 'not_applicable',
  'khong cong bo': 'confidential',
  confidential: 'confidential',
  'khong thu thap': 'not_collected',
  'not collected': 'not_collected',
  'khong phat sinh': 'none_occurred',
  'none occurred': 'none_occurred',
}

const unitWords = new Set(['%', 'tram', 'nghin', 'ngan', 'trieu', 'ty', 'ti', 'dong', 'vnd', 'usd', 'thousand', 'million', 'billion', 'trillion', 'tr'])

/**
 * Reads what was typed or pasted, by the rules of crates/workflow/src/entry.rs, and both are held to entry/cases.txt.
 * The decimal mark is the language's own; the other mark groups by three. `1.5` in Vietnamese is neither: it is asked
 * about, never guessed. Without `of`, no unit is known and every digit is kept.
 */
export function readNumber(typed: string, locale: Locale, of?: Of): Read {
  const line = plain(typed)
  if (line === '') return { kind: 'empty' }
  // No phrase begins as a number does, and folding is what takes long in a block of hundreds.
  const said = /^[-+]?\d/.test(line) ? undefined : phrases[folded(line)]
  if (said === 'none_occurred') return { kind: 'number', value: '0' }
  if (said) return { kind: 'absent', absent: said }
  const end = line.search(/[^\d+\-., ]/)
  const number = (end < 0 ? line : line.slice(0, end)).trimEnd()
  const rest = end < 0 ? '' : line.slice(end).trim()
  if (!/\d/.test(number)) return { kind: 'refused', why: 'not_a_number' }
  const minus = number.startsWith('-') ? '-' : ''
  const digits = number.replace(/^[-+]/, '').trimStart()
  if (/[-+]/.test(digits)) return { kind: 'refused', why: 'several_numbers' }
  const after = misreadRest(rest, of)
  if (after) return { kind: 'refused', why: after }
  const own = split(digits, locale)
  return own ? keep(minus, own, of) : ask(minus, digits, locale, of)
}

/** Whether digits with their marks can be read as this language writes numbers. */
export function isReadable(number: string, locale: Locale): boolean {
  return split(number.replace(/^[-+] */, ''), locale) !== null
}

/** One line of ordinary characters: spreadsheets, phones and PDF files paste full-width forms, dashes and every kind of space. */
export function plain(typed: string): string {
  if (/^[ -~]*$/.test(typed)) return typed.trim()
  return typed
    .replace(/[０-９．，％＋－]/g, (wide) => String.fromCharCode(wide.charCodeAt(0) - 0xfee0))
    .replace(/[−‐‑‒–—]/g, '-')
    .replace(/[\u200b-\u200f\u202a-\u202e\u2060\ufeff]/g, '')
    .replace(/[\s\u0085]/g, ' ')
    .trim()
}

function folded(text: string): string {
  return fold(text).replace(/\s+/g, ' ')
}

/** What follows the number: nothing, or the indicator's own unit of measure. */
function misreadRest(rest: string, of?: Of): Misread | null {
  if (rest === '') return null
  const words = folded(rest)
  if (of && (words === folded(of.unit_vi) || words === folded(of.unit_en))) return null
  if (/^[/~]/.test(rest) && /\d/.test(rest)) return 'several_numbers'
  return unitWords.has(words.split(' ')[0] ?? '') ? 'unit_written' : 'not_a_number'
}

/** The digits before and after the decimal mark, if every mark stands where the language puts it. */
function split(digits: string, locale: Locale): [string, string] | null {
  const { group, decimal } = marks[locale]
  const at = digits.indexOf(decimal)
  const whole = at < 0 ? digits : digits.slice(0, at)
  const fraction = at < 0 ? '' : digits.slice(at + 1)
  if (at >= 0 && !/^\d+$/.test(fraction)) return null
  const groups = whole.split(whole.includes(group) ? group : ' ')
  if (!groups.every((digits) => /^\d+$/.test(digits))) return null
  const grouped = groups.length === 1 || (/^[1-9]\d{0,2}$/.test(groups[0] ?? '') && groups.slice(1).every((three) => three.length === 3))
  return grouped ? [groups.join(''), fraction] : null
}

function keep(minus: string, [whole, fraction]: [string, string], of?: Of): Read {
  const kept = fraction.replace(/0+$/, '')
  const digits = whole.replace(/^0+(?=\d)/, '')
  if (of) {
    if (kept.length > of.scale) return { kind: 'refused', why: 'too_many_decimals' }
    const significant = (whole + kept).replace(/^0+/, '').length
    if (whole.replace(/^0+/, '').length + kept.length > MOST_DIGITS || (significant > 0 && significant + of.scale - kept.length > MOST_DIGITS)) return { kind: 'refused', why: 'number_too_long' }
  }
  const value = kept ? `${digits}.${kept}` : digits
  return { kind: 'number', value: value === '0' ? value : minus + value }
}

/** `1.5` → `1,5` or `15`: the readings a person may have meant, as they would type them in this language. */
function ask(minus: string, digits: string, locale: Locale, of?: Of): Read {
  const readings: Read[] = []
  const other = split(digits, locale === 'vi' ? 'en' : 'vi')
  if (other) readings.push(keep(minus, other, of))
  const joined = digits.replace(/\D/g, '')
  if (/^\d+[.,]\d*$/.test(digits) && !joined.startsWith('0')) readings.push(keep(minus, [joined, ''], of))
  const suggestions = readings.flatMap((read) => (read.kind === 'number' ? [editNumber(read.value, locale)] : []))
  if (suggestions.length > 0) return { kind: 'ambiguous', suggestions }
  return readings.find((read) => read.kind === 'refused') ?? { kind: 'refused', why: 'groups_of_three' }
}
