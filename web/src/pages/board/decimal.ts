// Comparing figures without losing a digit: they arrive as decimal strings and are ranked as such.

/** Negative when `a` is the smaller; exact however long the figures are. */
export function compare(a: string, b: string): number {
  const [left, right] = [parts(a), parts(b)]
  const scale = Math.max(left.fraction.length, right.fraction.length)
  const difference = whole(left, scale) - whole(right, scale)
  return difference < 0n ? -1 : difference > 0n ? 1 : 0
}

function parts(text: string) {
  const minus = text.startsWith('-')
  const [digits = '0', fraction = ''] = text.replace('-', '').split('.')
  return { minus, digits, fraction }
}

function whole({ minus, digits, fraction }: ReturnType<typeof parts>, scale: number): bigint {
  const size = BigInt(digits + fraction.padEnd(scale, '0'))
  return minus ? -size : size
}

/** Where each of the known figures stands, the greatest first; equal figures share a place. */
export function places<T>(items: T[], value: (item: T) => string | null): Map<T, number> {
  const known = items.filter((item) => value(item) !== null).sort((a, b) => compare(value(b) ?? '0', value(a) ?? '0'))
  const found = new Map<T, number>()
  known.forEach((item, index) => {
    const before = known[index - 1]
    const same = before !== undefined && compare(value(before) ?? '0', value(item) ?? '0') === 0
    found.set(item, same ? (found.get(before) ?? index + 1) : index + 1)
  })
  return found
}

/** The upper bounds of classes with about as many figures in each; fewer classes when figures repeat. */
export function classes(values: string[], count: number): string[] {
  const sorted = [...values].sort(compare)
  const bounds: string[] = []
  for (let index = 1; index <= count && sorted.length > 0; index++) {
    const bound = sorted[Math.min(sorted.length - 1, Math.ceil((index * sorted.length) / count) - 1)]
    if (bound !== undefined && (bounds.length === 0 || compare(bound, bounds.at(-1) ?? bound) > 0)) bounds.push(bound)
  }
  return bounds
}

/** Which class a figure is in, counted from 0. */
export function classOf(value: string, bounds: string[]): number {
  const found = bounds.findIndex((bound) => compare(value, bound) <= 0)
  return found === -1 ? bounds.length - 1 : found
}
