import { expect, test } from 'vitest'
import { editNumber, formatNumber, negate, readNumber, sameNumber, sign, type Locale } from './number'

test('a number is written as people here write it, to the last digit', () => {
  check('2067389', 'vi', '2.067.389')
  check('2067389', 'en', '2,067,389')
  check('1234.50', 'vi', '1.234,5')
  check('-1234.5', 'vi', '−1.234,5')
  check('999', 'vi', '999')
  check('0', 'vi', '0')
  check('0.05', 'vi', '0,05')
  check('123456789012345678', 'vi', '123.456.789.012.345.678')
  check('27.0000', 'vi', '27')

  function check(value: string, locale: Locale, written: string) {
    expect(formatNumber(value, locale)).toBe(written)
  }
})

test('rounding is half away from zero, and keeps zeros only when asked', () => {
  check('27.05', 1, '27,1', '27,1')
  check('27.04', 1, '27', '27,0')
  check('-27.05', 1, '−27,1', '−27,1')
  check('9.99', 1, '10', '10,0')
  check('0.04', 1, '0', '0,0')
  check('-0.04', 1, '0', '0,0')
  check('99.5', 0, '100', '100')
  check('5', 2, '5', '5,00')

  function check(value: string, scale: number, short: string, fixed: string) {
    expect(formatNumber(value, 'vi', { scale }), value).toBe(short)
    expect(formatNumber(value, 'vi', { scale, fixed: true }), value).toBe(fixed)
  }
})

test('what was typed is read in the language of the field, or asked about', () => {
  check('', 'vi', 'empty')
  check('1,5', 'vi', '1.5')
  check('1.5', 'vi', '1,5 or 15')
  check('12.34', 'vi', '12,34 or 1234')
  check('0.5', 'vi', '0,5 or 5')
  check('1.234', 'vi', '1234')
  check('1.234,5', 'vi', '1234.5')
  check('1.234.567', 'vi', '1234567')
  check('1 234 567', 'vi', '1234567')
  check('12.34.567', 'vi', 'refused')
  check('1,2,3', 'vi', 'refused')
  check('-1,5', 'vi', '-1.5')
  check('−1,5', 'vi', '-1.5')
  check('007', 'vi', '7')
  check('1.5', 'en', '1.5')
  check('1,5', 'en', '1.5 or 15')
  check('1,234.5', 'en', '1234.5')
  check('abc', 'vi', 'refused')
  check('1e5', 'vi', 'refused')
  check('NaN', 'vi', 'refused')
  check('1,', 'vi', 'refused')
  check('-', 'vi', 'refused')
  check('-1.5', 'vi', '-1,5 or -15')

  function check(typed: string, locale: Locale, expected: string) {
    const read = readNumber(typed, locale)
    const got = read.kind === 'number' ? read.value : read.kind === 'ambiguous' ? read.suggestions.join(' or ') : read.kind
    expect(got, `${typed} in ${locale}`).toBe(expected)
  }
})

test('what is written for editing is read back as the same number', () => {
  for (const value of ['0', '7', '-7', '1234', '1234.5', '-1234567.089', '123456789012345678']) {
    for (const locale of ['vi', 'en'] as const) expect(readNumber(editNumber(value, locale), locale), value).toEqual({ kind: 'number', value })
  }
})

test('signs and sameness do not mind zeros', () => {
  expect([sign('-0.0'), sign('-1'), sign('0.1')]).toEqual([0, -1, 1])
  expect([negate('1'), negate('-1'), negate('0')]).toEqual(['-1', '1', '0'])
  expect([sameNumber('1.50', '1.5'), sameNumber('1', '10'), sameNumber(null, '0'), sameNumber(null, null)]).toEqual([true, false, false, true])
})
