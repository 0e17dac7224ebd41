import { expect, test } from 'vitest'
import { otherMonth, shiftDay, weeksOf } from './month'

test.each([
  ['2024-08', 5, '2024-07-29', '2024-09-01'],
  ['2024-02', 5, '2024-01-29', '2024-03-03'],
  ['2021-02', 4, '2021-02-01', '2021-02-28'],
  ['2024-12', 6, '2024-11-25', '2025-01-05'],
])('%s has %i weeks, from %s to %s', (month, count, first, last) => {
  const weeks = weeksOf(month)
  expect(weeks.length).toBe(count)
  expect(weeks[0]?.[0]?.date).toBe(first)
  expect(weeks.at(-1)?.at(-1)?.date).toBe(last)
  const days = weeks.flat()
  expect(days.filter((day) => day.inMonth).map((day) => day.day)).toEqual(Array.from({ length: days.filter((day) => day.inMonth).length }, (_, at) => at + 1))
  expect(days.every((day, at) => at === 0 || day.date === shiftDay(days[at - 1]!.date, 1))).toBe(true)
})

test.each([
  ['2024-08', 1, '2024-09'],
  ['2024-12', 1, '2025-01'],
  ['2024-01', -1, '2023-12'],
])('%s and %i months are %s', (month, by, other) => expect(otherMonth(month, by)).toBe(other))
