// Numbers as decimal strings with a dot, written and read the way people here write them. No floating point anywhere:
// a figure of eighteen digits must come out to the last one.

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
  if (a === null || b === null) return a === b
  return formatNumber(a, 'en') === formatNumber(b, 'en')
}

export type Read =
  | { kind: 'empty' }
  | { kind: 'number'; value: string }
  | { kind: 'ambiguous'; suggestions: string[] }
  | { kind: 'refused' }

/**
 * Reads what was typed. The decimal mark is the language's own; the other mark groups by three.
 * `1.5` in Vietnamese is neither: it is asked about, never guessed.
 */
export function readNumber(typed: string, locale: Locale): Read {
  const text = typed.replace(/[\s\u00a0\u202f]/g, '').replace(/^[−–]/, '-')
  if (text === '') return { kind: 'empty' }
  const { group, decimal } = marks[locale]
  const parts = /^(-?)([\d.,]+)$/.exec(text)
  if (!parts || !/\d/.test(text)) return { kind: 'refused' }
  const minus = parts[1] ?? ''
  const [whole = '', fraction, ...more] = (parts[2] ?? '').split(decimal)
  if (more.length > 0 || fraction?.includes(group)) return ask(minus, parts[2] ?? '', locale)
  const groups = whole.split(group)
  const grouped = groups.length === 1 || (/^\d{1,3}$/.test(groups[0] ?? '') && groups.slice(1).every((three) => /^\d{3}$/.test(three)))
  if (!grouped) return ask(minus, parts[2] ?? '', locale)
  const digits = groups.join('').replace(/^0+(?=\d)/, '')
  if (digits === '' || fraction === '') return { kind: 'refused' }
  return { kind: 'number', value: minus + digits + (fraction ? `.${fraction}` : '') }
}

/** `1.5` → `1,5` or `15`: the readings a person may have meant, as they would type them in this language. */
function ask(minus: string, text: string, locale: Locale): Read {
  const { group, decimal } = marks[locale]
  const pieces = text.split(/[.,]/)
  if (pieces.some((piece) => piece === '') || pieces.length !== 2 || !text.includes(group)) return { kind: 'refused' }
  const [whole, fraction] = pieces
  return { kind: 'ambiguous', suggestions: [`${minus}${whole}${decimal}${fraction}`, `${minus}${`${whole}${fraction}`.replace(/^0+(?=\d)/, '')}`] }
}
