import { expect, test } from 'vitest'
import { classes, classOf, compare, places } from './decimal'

test('figures are compared to the last digit', () => {
  check('2', '10', -1)
  check('-2', '-10', 1)
  check('1.50', '1.5', 0)
  check('0.1', '0.09', 1)
  check('123456789012345678', '123456789012345679', -1)
  check('-0.5', '0', -1)

  function check(a: string, b: string, expected: number) {
    expect(compare(a, b), `${a} ${b}`).toBe(expected)
  }
})

test('equal figures share a place and the absent have none', () => {
  const items = [{ v: '5' }, { v: null }, { v: '9' }, { v: '5.0' }, { v: '1' }]
  const found = places(items, (item) => item.v)
  expect(items.map((item) => found.get(item) ?? null)).toEqual([2, null, 1, 2, 4])
})

test('classes hold about as many figures each', () => {
  const values = Array.from({ length: 10 }, (_, index) => String(index + 1))
  const bounds = classes(values, 5)
  expect(bounds).toEqual(['2', '4', '6', '8', '10'])
  expect(values.map((value) => classOf(value, bounds))).toEqual([0, 0, 1, 1, 2, 2, 3, 3, 4, 4])
  expect(classes(['3', '3', '3'], 5)).toEqual(['3'])
  expect(classes([], 5)).toEqual([])
})
