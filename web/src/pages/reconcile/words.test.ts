import { describe, expect, it } from 'vitest'
import type { Reconciled } from '../../api/types'
import { inOrder, placed, ratioOf } from './words'

const row = (unit: string, difference: string | null, why: Reconciled['why'] = null, ratio: string | null = null) => ({ unit, difference, why, ratio }) as Reconciled

describe('reported against measured', () => {
  it('shows first what can be compared, the widest apart first, whichever way', () => {
    const rows = [row('a', '1'), row('b', null, 'measured_missing'), row('c', '-20'), row('d', '99', 'share_too_low'), row('e', '3.5'), row('f', '3.50')]
    expect(inOrder(rows).map(({ unit }) => unit).join('')).toBe('cefadb')
  })

  it('places a number between two ends exactly, also where floats would not', () => {
    for (const [value, least, most, expected] of [
      ['17', '0', '34', 500],
      ['0', '0', '34', 0],
      ['-5', '-10', '10', 250],
      ['999999999999999999', '0', '999999999999999999', 1000],
      ['0.30', '0', '0.9', 333],
      ['5', '5', '5', 0],
    ] as const)
      expect(placed(value, least, most), value).toBe(expected)
  })

  it('tells a ratio in per cent to one decimal, half up', () => {
    for (const [ratio, expected] of [
      ['0.5667', '56,7%'],
      ['0.8825', '88,3%'],
      ['1', '100%'],
      ['-1', '−100%'],
      [null, ''],
    ] as const)
      expect(ratioOf(row('a', null, null, ratio))).toBe(expected)
  })
})
