// How a value of the record is told: its words, its marks, and the address of its own page.

import type { Value } from '../api/types'
import { href } from '../router'
import { formatNumber, type Locale } from './number'

export function figureHref(value: Pick<Value, 'indicator' | 'unit' | 'period' | 'breakdown' | 'measure'>): string {
  const { indicator, unit, period, breakdown, measure } = value
  return href('/so-lieu', { indicator, unit, period, breakdown, measure: measure === 'level' ? null : measure })
}

const before: Record<string, Record<Locale, string>> = {
  near: { vi: 'gần ', en: 'nearly ' },
  nearly: { vi: 'gần ', en: 'nearly ' },
  over: { vi: 'trên ', en: 'over ' },
  under: { vi: 'dưới ', en: 'under ' },
  about: { vi: 'khoảng ', en: 'about ' },
  at_least: { vi: 'ít nhất ', en: 'at least ' },
  at_most: { vi: 'nhiều nhất ', en: 'at most ' },
}

/** The number as it was said: with its qualifier, and as a range when it is one. */
export function qualified(value: Pick<Value, 'value' | 'upper' | 'qualifier'>, locale: Locale, scale?: number): string {
  if (value.value === null) return ''
  const low = formatNumber(value.value, locale, { scale })
  const number = value.upper ? `${low}–${formatNumber(value.upper, locale, { scale })}` : low
  return (before[value.qualifier ?? '']?.[locale] ?? '') + number
}

/** The statistical yearbook's signs for what is not there. */
export function absentMark(absent: string | null): string {
  return absent === 'not_applicable' ? 'x' : '…'
}

/** The unit that a body answers for: a department of the ministry answers for the whole country. */
export function unitOf(body: string): string {
  return body.includes('.') ? 'VN' : body
}
