import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { editNumber, formatNumber, negate, readNumber, sameNumber, sign, type Locale, type Of, type Read } from './number'

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

test('what is typed is read as the server reads it', () => {
  const cases = readFileSync(new URL('../../../crates/workflow/src/entry/cases.txt', import.meta.url), 'utf8')
  let of: { locale: Locale; of: Of } | undefined
  let rows = 0
  for (const line of cases.split('\n')) {
    if (line === '' || line === '#' || line.startsWith('# ')) continue
    const [, language, unit, scale] = /^\[(\w+), (.+), (\d+)\]$/.exec(line) ?? []
    if (language) {
      of = { locale: language as Locale, of: { unit_vi: unit!, unit_en: `${unit} (en)`, scale: Number(scale) } }
      continue
    }
    const [typed = '', expected] = line.split(' => ')
    const read = readNumber(typed.replace(/\\u\{(\w+)\}/g, (_, code: string) => String.fromCodePoint(parseInt(code, 16))), of!.locale, of!.of)
    expect(told(read), line).toBe(expected)
    rows++
  }
  expect(rows).toBeGreaterThan(60)
})

test('where no unit and no scale are known, every digit is kept', () => {
  check('1.5', 'vi', 'ambiguous_number 1,5 | 15')
  check('0,123456', 'vi', '0.123456')
  check('123456789012345678901', 'vi', '123456789012345678901')
  check('abc', 'vi', 'not_a_number')

  function check(typed: string, locale: Locale, expected: string) {
    expect(told(readNumber(typed, locale)), typed).toBe(expected)
  }
})

function told(read: Read): string {
  switch (read.kind) {
    case 'empty':
      return '-'
    case 'number':
      return read.value
    case 'absent':
      return read.absent
    case 'ambiguous':
      return `ambiguous_number ${read.suggestions.join(' | ')}`
    case 'refused':
      return read.why
  }
}

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
