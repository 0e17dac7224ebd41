import { expect, test } from 'vitest'
import { date, dateTime, days, distance, fullDate, period, periodAt, shiftMonth, shiftPeriod, shortPeriod } from './date'

test('a moment is told in Vietnam’s time', () => {
  expect(date('2024-08-12T17:00:00+07:00', 'vi')).toBe('12/8/2024')
  expect(date('2024-08-11T20:00:00Z', 'vi')).toBe('12/8/2024')
  expect(dateTime('2024-08-12T09:05:00+07:00', 'vi')).toBe('09:05 ngày 12/8/2024')
  expect(fullDate('2024-08-12T17:00:00+07:00', 'vi')).toBe('thứ Hai 12/8/2024')
  expect(fullDate('2024-08-12T17:00:00+07:00', 'en')).toBe('Monday 12 August 2024')
})

test('a deadline is told in days, and in hours on its own day', () => {
  check('2024-08-09T08:00', 'còn 3 ngày', '3 days left')
  check('2024-08-11T23:59', 'còn 1 ngày', '1 day left')
  check('2024-08-12T08:00', 'còn 9 giờ 0 phút', '9 h 0 min left')
  check('2024-08-12T16:30', 'còn 30 phút', '30 min left')
  check('2024-08-12T18:00', 'đã quá hạn hôm nay', 'overdue since today')
  check('2024-08-14T08:00', 'quá hạn 2 ngày', '2 days overdue')

  function check(now: string, vi: string, en: string) {
    const at = Date.parse(`${now}:00+07:00`)
    expect(distance('2024-08-12T17:00:00+07:00', at, 'vi')).toBe(vi)
    expect(distance('2024-08-12T17:00:00+07:00', at, 'en')).toBe(en)
  }
})

test('a period’s code is told in words', () => {
  check('2024', 'năm 2024', '2024')
  check('2024-S1', '6 tháng đầu năm 2024', 'first half of 2024')
  check('2024-Q2', 'quý II/2024', 'Q2 2024')
  check('2024-06', 'tháng 6/2024', 'June 2024')
  check('2024-06~adm', 'tháng 6/2024 (15/5–14/6/2024)', 'June 2024 (15/5–14/6/2024)')
  check('2024-01~adm', 'tháng 1/2024 (15/12/2023–14/1/2024)', 'January 2024 (15/12/2023–14/1/2024)')
  check('2024-W23', 'tuần 23/2024', 'week 23, 2024')
  check('2024-06-15', '15/6/2024', '15 June 2024')
  check('2020-02-01/2020-05-31', '1/2/2020 – 31/5/2020', '1 February 2020 – 31 May 2020')
  check('no period', 'no period', 'no period')

  function check(code: string, vi: string, en: string) {
    expect(period(code, 'vi')).toBe(vi)
    expect(period(code, 'en')).toBe(en)
  }
})

test('months are counted over the year’s end', () => {
  expect([shiftMonth('2024-07', -1), shiftMonth('2024-01', -1), shiftMonth('2024-12~adm', 1), shiftMonth('2024-07', -12)]).toEqual([
    '2024-06',
    '2023-12',
    '2025-01~adm',
    '2023-07',
  ])
})

test('the period before and the same one a year before, whatever the length', () => {
  for (const [code, before, a_year_before, short_vi, short_en] of [
    ['2024-07', '2024-06', '2023-07', '7/24', '7/24'],
    ['2024-01~adm', '2023-12~adm', '2023-01~adm', '1/24', '1/24'],
    ['2024-Q1', '2023-Q4', '2023-Q1', 'I/24', 'Q1/24'],
    ['2024-Q3~adm', '2024-Q2~adm', '2023-Q3~adm', 'III/24', 'Q3/24'],
    ['2024-S1', '2023-S2', '2023-S1', '6T đầu/24', 'H1/24'],
    ['2024', '2023', '2023', '2024', '2024'],
    ['2024-W01', '2023-W52', '2023-W01', 'tuần 1/24', 'W1/24'],
    ['2021-W01', '2020-W53', '2020-W01', 'tuần 1/21', 'W1/21'],
    ['2024-03-01', '2024-02-29', '2023-03-01', '1/3/24', '1/3/24'],
    ['2024-02-29', '2024-02-28', '2023-02-28', '29/2/24', '29/2/24'],
  ] as const) {
    expect([shiftMonth(code, 0), shiftMonth(code, -1), shiftMonth(code, -12), shortPeriod(code, 'vi'), shortPeriod(code, 'en')]).toEqual([code, before, a_year_before, short_vi, short_en])
    expect(shiftPeriod(before, 1)).toBe(code)
  }
})

test('the period of a length in which a moment lies', () => {
  for (const [day, frequency, calendar, code] of [
    ['2024-08-05', 'month', 'statistical', '2024-08'],
    ['2024-08-14', 'month', 'administrative', '2024-08~adm'],
    ['2024-12-15', 'month', 'administrative', '2025-01~adm'],
    ['2024-08-05', 'quarter', 'statistical', '2024-Q3'],
    ['2024-09-15', 'quarter', 'administrative', '2024-Q4~adm'],
    ['2024-06-30', 'half', 'statistical', '2024-S1'],
    ['2024-12-15', 'year', 'administrative', '2025~adm'],
    ['2024-12-30', 'week', 'statistical', '2025-W01'],
    ['2024-08-05', 'week', 'administrative', ''],
    ['2024-08-05', 'day', 'statistical', '2024-08-05'],
  ] as const)
    expect(periodAt(`${day}T08:00:00+07:00`, frequency, calendar)).toBe(code)
})

test('days that follow each other are told as one run', () => {
  expect(days([], 'vi')).toBe('')
  expect(days(['2024-06-30'], 'vi')).toBe('30/6/2024')
  expect(days(['2024-02-28', '2024-02-29'], 'vi')).toBe('28/2/2024, 29/2/2024')
  expect(days(['2024-02-28', '2024-02-29', '2024-03-01', '2024-03-03'], 'vi')).toBe('28/2/2024 – 1/3/2024, 3/3/2024')
  expect(days(['2024-06-29', '2024-06-30', '2024-07-01'], 'en')).toBe('29 June 2024 – 1 July 2024')
})
