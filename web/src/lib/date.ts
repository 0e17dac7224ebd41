// Dates, moments and periods in words. Moments are RFC 3339 and are always told in Vietnam's time, wherever the reader is.

import type { Lang } from '../i18n/index.svelte'

const ZONE = 'Asia/Ho_Chi_Minh'
const DAY_MS = 86_400_000

interface Civil {
  year: number
  month: number
  day: number
  hour: number
  minute: number
  weekday: number
}

const clockwork = new Intl.DateTimeFormat('en-GB', {
  timeZone: ZONE,
  year: 'numeric',
  month: 'numeric',
  day: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
})

function civil(moment: string | number): Civil {
  const at = typeof moment === 'number' ? moment : Date.parse(moment)
  const part: Record<string, number> = {}
  for (const { type, value } of clockwork.formatToParts(at)) part[type] = Number(value)
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0 } = part
  return { year, month, day, hour, minute, weekday: new Date(Date.UTC(year, month - 1, day)).getUTCDay() }
}

const weekdays = {
  vi: ['Chủ nhật', 'thứ Hai', 'thứ Ba', 'thứ Tư', 'thứ Năm', 'thứ Sáu', 'thứ Bảy'],
  en: ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'],
} as const

const months = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December']

/** `29/7/2024`, `29 July 2024`. */
export function date(moment: string | number, lang: Lang): string {
  const { year, month, day } = civil(moment)
  return lang === 'vi' ? `${day}/${month}/${year}` : `${day} ${months[month - 1]} ${year}`
}

/** `14:05`. */
export function time(moment: string | number): string {
  const { hour, minute } = civil(moment)
  return `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`
}

/** `14:05 ngày 29/7/2024`. */
export function dateTime(moment: string | number, lang: Lang): string {
  return lang === 'vi' ? `${time(moment)} ngày ${date(moment, lang)}` : `${date(moment, lang)}, ${time(moment)}`
}

/** `thứ Hai 12/8/2024`, as deadlines are told. */
export function fullDate(moment: string | number, lang: Lang): string {
  return `${weekdays[lang][civil(moment).weekday]} ${date(moment, lang)}`
}

/** How far a deadline is: in days when it is on another day, in hours and minutes on the day itself. */
export function distance(due: string, now: number, lang: Lang): string {
  const left = Date.parse(due) - now
  const days = dayNumber(due) - dayNumber(now)
  if (lang === 'vi') {
    if (left < 0) return days === 0 ? 'đã quá hạn hôm nay' : `quá hạn ${-days} ngày`
    if (days === 0) return `còn ${clock(left, 'giờ', 'phút')}`
    return `còn ${days} ngày`
  }
  if (left < 0) return days === 0 ? 'overdue since today' : `${-days} ${-days === 1 ? 'day' : 'days'} overdue`
  if (days === 0) return `${clock(left, 'h', 'min')} left`
  return `${days} ${days === 1 ? 'day' : 'days'} left`
}

function clock(left_ms: number, hours: string, minutes: string): string {
  const whole = Math.floor(left_ms / 60_000)
  const hour = Math.floor(whole / 60)
  return hour > 0 ? `${hour} ${hours} ${whole % 60} ${minutes}` : `${whole} ${minutes}`
}

function dayNumber(moment: string | number): number {
  const { year, month, day } = civil(moment)
  return Date.UTC(year, month - 1, day) / DAY_MS
}

/** A period's code in words: `2024-06` → `tháng 6/2024`, `2024-S1` → `6 tháng đầu năm 2024`; `~adm` says its days. */
export function period(code: string, lang: Lang): string {
  const [plain = code, calendar] = code.split('~')
  const vi = lang === 'vi'
  const range = /^(\d{4}-\d{2}-\d{2})\/(\d{4}-\d{2}-\d{2})$/.exec(plain)
  if (range) return `${day(range[1] ?? '', lang)} – ${day(range[2] ?? '', lang)}`
  if (/^\d{4}-\d{2}-\d{2}$/.test(plain)) return day(plain, lang)
  const parts = /^(\d{4})(?:-(?:S([12])|Q([1-4])|W(\d{2})|(\d{2})))?$/.exec(plain)
  if (!parts) return code
  const [, year = '', half, quarter, week, month] = parts
  let words: string
  if (half) words = vi ? (half === '1' ? `6 tháng đầu năm ${year}` : `6 tháng cuối năm ${year}`) : `${half === '1' ? 'first' : 'second'} half of ${year}`
  else if (quarter) words = vi ? `quý ${['I', 'II', 'III', 'IV'][Number(quarter) - 1]}/${year}` : `Q${quarter} ${year}`
  else if (week) words = vi ? `tuần ${Number(week)}/${year}` : `week ${Number(week)}, ${year}`
  else if (month) words = vi ? `tháng ${Number(month)}/${year}` : `${months[Number(month) - 1]} ${year}`
  else words = vi ? `năm ${year}` : year
  return calendar === 'adm' ? `${words} (${administrative(Number(year), month ? Number(month) : null, lang)})` : words
}

/** The window of an administrative period, told by its days: from the 15th to the 14th. */
function administrative(year: number, month: number | null, lang: Lang): string {
  if (month === null) return lang === 'vi' ? 'kỳ hành chính' : 'administrative'
  const before = month === 1 ? 12 : month - 1
  return month === 1 ? `15/12/${year - 1}–14/1/${year}` : `15/${before}–14/${month}/${year}`
}

function day(iso: string, lang: Lang): string {
  const [year, month, date] = iso.split('-').map(Number)
  return lang === 'vi' ? `${date}/${month}/${year}` : `${date} ${months[(month ?? 1) - 1]} ${year}`
}

/** Days (`2024-06-01`, ascending) as the runs they make: `1/6/2024 – 30/6/2024, 2/7/2024`. */
export function days(list: readonly string[], lang: Lang): string {
  const runs: string[][] = []
  for (const one of list) {
    const run = runs.at(-1)
    if (run && dayNumber(one) === dayNumber(run.at(-1) ?? one) + 1) run.push(one)
    else runs.push([one])
  }
  const edge = (one: string | undefined) => day(one ?? '', lang)
  return runs.map((run) => (run.length < 3 ? run.map(edge).join(', ') : `${edge(run[0])} – ${edge(run.at(-1))}`)).join(', ')
}

/** The code of the period so many months on, as a form compares it: by twelves the same one of another year, else so many of its own length. */
export function shiftMonth(code: string, by: number): string {
  return by % 12 === 0 ? shiftYear(code, by / 12) : shiftPeriod(code, by)
}

/** The code of the period of the same length so many on: `2024-Q1` and -1 → `2023-Q4`; the calendar stays. */
export function shiftPeriod(code: string, by: number): string {
  const parts = partsOf(code)
  if (!parts) return code
  const { year, half, quarter, week, month, day, calendar } = parts
  if (day) return isoDay(Date.UTC(year, month! - 1, day + by))
  if (week) return isoWeek(firstOfWeek(year, week) + by * 7 * DAY_MS)
  const [count, at] = half ? [2, half] : quarter ? [4, quarter] : month ? [12, month] : [1, 1]
  const place = year * count + at - 1 + by
  return `${Math.floor(place / count)}${part(count, (place % count) + 1)}${calendar}`
}

function shiftYear(code: string, by: number): string {
  const parts = partsOf(code)
  if (!parts) return code
  const { year, month, day } = parts
  // The 29th of February has the 28th before it.
  if (day && month) return isoDay(Date.UTC(year + by, month - 1, Math.min(day, new Date(Date.UTC(year + by, month, 0)).getUTCDate())))
  return `${year + by}${code.slice(4)}`
}

/** The code of the period of a length in which a moment lies in Vietnam; empty where the calendar has none of that length. */
export function periodAt(moment: string | number, frequency: string, calendar: 'statistical' | 'administrative'): string {
  const { year, month, day } = civil(moment)
  const isAdministrative = calendar === 'administrative'
  if (frequency === 'day') return isAdministrative ? '' : isoDay(Date.UTC(year, month - 1, day))
  if (frequency === 'week') return isAdministrative ? '' : isoWeek(Date.UTC(year, month - 1, day))
  const count = { month: 12, quarter: 4, half: 2, year: 1 }[frequency]
  if (!count) return ''
  // From the 15th on it is the administrative month that is named for the next one.
  const place = year * 12 + month - 1 + (isAdministrative && day >= 15 ? 1 : 0)
  return `${Math.floor(place / 12)}${part(count, Math.floor(((place % 12) * count) / 12) + 1)}${isAdministrative ? '~adm' : ''}`
}

/** A period in as few letters as say it, for beside a number: `6/24`, `II/24`. */
export function shortPeriod(code: string, lang: Lang): string {
  const parts = partsOf(code)
  if (!parts) return code
  const { year, half, quarter, week, month, day } = parts
  const end = `/${String(year).slice(2)}`
  const vi = lang === 'vi'
  if (day) return `${day}/${month}${end}`
  if (month) return `${month}${end}`
  if (quarter) return (vi ? ['I', 'II', 'III', 'IV'][quarter - 1] : `Q${quarter}`) + end
  if (half) return (vi ? `6T ${half === 1 ? 'đầu' : 'cuối'}` : `H${half}`) + end
  return week ? `${vi ? 'tuần ' : 'W'}${week}${end}` : String(year)
}

function partsOf(code: string) {
  const found = /^(\d{4})(?:-(?:S([12])|Q([1-4])|W(\d{2})|(\d{2})(?:-(\d{2}))?))?(~adm)?$/.exec(code)
  if (!found) return null
  const [half, quarter, week, month, day] = found.slice(2, 7).map((one) => (one ? Number(one) : null))
  return { year: Number(found[1]), half, quarter, week, month, day, calendar: found[7] ?? '' }
}

/** What follows the year in the code of the n-th of so many periods of a year. */
function part(count: number, n: number): string {
  return count === 12 ? `-${String(n).padStart(2, '0')}` : count === 4 ? `-Q${n}` : count === 2 ? `-S${n}` : ''
}

function isoDay(at_ms: number): string {
  return new Date(at_ms).toISOString().slice(0, 10)
}

/** The Monday of a week: that of the first one is the Monday on or before the 4th of January. */
function firstOfWeek(year: number, week: number): number {
  const fourth = Date.UTC(year, 0, 4)
  return fourth - ((new Date(fourth).getUTCDay() + 6) % 7) * DAY_MS + (week - 1) * 7 * DAY_MS
}

/** The code of the week of a day; it is of the year in which its Thursday lies. */
function isoWeek(at_ms: number): string {
  const thursday = at_ms + (3 - ((new Date(at_ms).getUTCDay() + 6) % 7)) * DAY_MS
  const year = new Date(thursday).getUTCFullYear()
  return `${year}-W${String(Math.floor((thursday - Date.UTC(year, 0, 1)) / (7 * DAY_MS)) + 1).padStart(2, '0')}`
}
