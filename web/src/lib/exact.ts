// Reckoning with decimal strings, to the last digit: as crates/model/src/decimal.rs does it.

export interface Exact {
  mantissa: bigint
  scale: number
}

/** Numbers of the record have at most so many digits. */
const MOST = 10n ** 18n

export function exact(text: string): Exact {
  const [whole = '0', fraction = ''] = text.split('.')
  return { mantissa: BigInt(whole + fraction), scale: fraction.length }
}

export function whole(number: number): Exact {
  return { mantissa: BigInt(number), scale: 0 }
}

/** With a dot and without trailing zeros. */
export function written({ mantissa, scale }: Exact): string {
  const digits = magnitude({ mantissa, scale }).mantissa.toString().padStart(scale + 1, '0')
  const fraction = scale === 0 ? '' : digits.slice(-scale).replace(/0+$/, '')
  const text = (scale === 0 ? digits : digits.slice(0, -scale)) + (fraction ? `.${fraction}` : '')
  return mantissa < 0n ? `-${text}` : text
}

export function magnitude({ mantissa, scale }: Exact): Exact {
  return { mantissa: mantissa < 0n ? -mantissa : mantissa, scale }
}

export function compare(a: Exact, b: Exact): -1 | 0 | 1 {
  const difference = at(a, b.scale) - at(b, a.scale)
  return difference < 0n ? -1 : difference > 0n ? 1 : 0
}

export function product(a: Exact, b: Exact): Exact {
  return { mantissa: a.mantissa * b.mantissa, scale: a.scale + b.scale }
}

/** Null beyond 18 digits. */
export function minus(a: Exact, b: Exact): Exact | null {
  return inReach({ mantissa: at(a, b.scale) - at(b, a.scale), scale: Math.max(a.scale, b.scale) })
}

/** Null of nothing, and beyond 18 digits. */
export function sum(numbers: Exact[]): Exact | null {
  if (numbers.length === 0) return null
  const scale = Math.max(...numbers.map((number) => number.scale))
  return inReach({ mantissa: numbers.reduce((total, number) => total + at(number, scale), 0n), scale })
}

/** `a × b ÷ by`, rounded half away from zero to `scale`; null on zero and beyond 18 digits. */
export function timesOver(a: Exact, b: Exact, by: Exact, scale: number): Exact | null {
  if (by.mantissa === 0n) return null
  const [up, down] = [scale + by.scale, a.scale + b.scale]
  const above = a.mantissa * b.mantissa * 10n ** BigInt(Math.max(0, up - down))
  const below = by.mantissa * 10n ** BigInt(Math.max(0, down - up))
  const size = (number: bigint) => (number < 0n ? -number : number)
  const rounded = (2n * size(above) + size(below)) / (2n * size(below))
  return inReach({ mantissa: above < 0n !== below < 0n ? -rounded : rounded, scale })
}

/** How many decimals show the number whole. */
export function leastScale(number: Exact): number {
  return written(number).split('.')[1]?.length ?? 0
}

/** The mantissa at the larger of the number's own scale and this one. */
function at({ mantissa, scale }: Exact, other: number): bigint {
  return mantissa * 10n ** BigInt(Math.max(0, other - scale))
}

function inReach(number: Exact): Exact | null {
  return magnitude(number).mantissa < MOST ? number : null
}
