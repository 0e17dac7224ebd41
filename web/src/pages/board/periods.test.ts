import { expect, test } from 'vitest'
import { as, lastDay, monthAt, parse, run, shift, type Frequency } from './periods'

test('a period is walked along in its own length and calendar', () => {
  check('2024-06', -1, '2024-05')
  check('2024-01', -1, '2023-12')
  check('2024-12', 1, '2025-01')
  check('2024-06', -12, '2023-06')
  check('2024-Q1', -1, '2023-Q4')
  check('2024-S2', 1, '2025-S1')
  check('2024', -1, '2023')
  check('2024-01~adm', -1, '2023-12~adm')
  check('2024-W23', -1, '2024-W23')
  check('2020-02-01/2020-05-31', 1, '2020-02-01/2020-05-31')

  function check(code: string, by: number, expected: string) {
    expect(shift(code, by), `${code} ${by}`).toBe(expected)
  }
})

test('a period of another length ends in the same month', () => {
  check('2024-06', 'quarter', '2024-Q2')
  check('2024-06', 'half', '2024-S1')
  check('2024-07', 'half', '2024-S2')
  check('2024-S1', 'month', '2024-06')
  check('2024-Q4', 'year', '2024')
  check('2024', 'quarter', '2024-Q4')
  check('2024-06~adm', 'quarter', '2024-Q2~adm')

  function check(code: string, frequency: Frequency, expected: string) {
    expect(as(code, frequency), `${code} as ${frequency}`).toBe(expected)
  }
})

test('the trend of a month holds the same month of last year', () => {
  const months = run('2024-06')
  expect(months).toHaveLength(13)
  expect([months[0], months.at(-1)]).toEqual(['2023-06', '2024-06'])
})

test('units are those of the last day', () => {
  expect(['2024-02', '2023-02', '2024-S1', '2024', '2024-06~adm', '2020-02-01/2020-05-31'].map(lastDay)).toEqual([
    '2024-02-29',
    '2023-02-28',
    '2024-06-30',
    '2024-12-31',
    '2024-06-14',
    '2020-05-31',
  ])
})

test('what is no period is none', () => {
  expect(['2024-13', '2024-Q5', '', 'VN', '2024-6'].map(parse)).toEqual([null, null, null, null, null])
})

test('the month is Vietnam’s, wherever the reader is', () => {
  expect(monthAt(Date.parse('2024-07-31T20:00:00Z'), 0)).toBe('2024-08')
  expect(monthAt(Date.parse('2024-08-05T01:00:00Z'), -2)).toBe('2024-06')
})
