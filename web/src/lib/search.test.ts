import { expect, test } from 'vitest'
import { rank } from './search'

test('marks may be left out, and count when they are given', () => {
  const finds = (text: string, asked: string) => rank(text, asked) > 0
  expect(finds('Đà Nẵng', 'da nang')).toBe(true)
  expect(finds('Đà Nẵng', 'nẵng')).toBe(true)
  expect(finds('Bình Định', 'da nang')).toBe(false)
  expect(finds('Đà Nẵng', '')).toBe(false)
  expect(rank('Đà Nẵng', 'Đà')).toBeGreaterThan(rank('Dã Tượng', 'Đà'))
})
