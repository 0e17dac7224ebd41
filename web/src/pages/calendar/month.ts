// Days of a month as a calendar shows them: weeks from Monday, with the days of the months beside it.
// Days are told as `2024-08-05`, so that no clock and no zone has a say.

export interface CalendarDay {
  date: string
  day: number
  inMonth: boolean
  weekend: boolean
}

const two = (number: number) => String(number).padStart(2, '0')

/** A day so many days on. */
export function shiftDay(date: string, by: number): string {
  const at = new Date(`${date}T00:00:00Z`)
  at.setUTCDate(at.getUTCDate() + by)
  return at.toISOString().slice(0, 10)
}

/** The whole weeks in which a month (`2024-08`) lies. */
export function weeksOf(month: string): CalendarDay[][] {
  const first = `${month}-01`
  const offset = (new Date(`${first}T00:00:00Z`).getUTCDay() + 6) % 7
  const weeks: CalendarDay[][] = []
  let date = shiftDay(first, -offset)
  do {
    const week = Array.from({ length: 7 }, (_, place) => {
      const at = shiftDay(date, place)
      return { date: at, day: +at.slice(8), inMonth: at.startsWith(month), weekend: place > 4 }
    })
    weeks.push(week)
    date = shiftDay(date, 7)
  } while (date.startsWith(month))
  return weeks
}

/** A month so many months on. */
export function otherMonth(month: string, by: number): string {
  const [year = 0, of = 1] = month.split('-').map((part) => +part)
  const at = year * 12 + of - 1 + by
  return `${Math.floor(at / 12)}-${two((at % 12) + 1)}`
}
