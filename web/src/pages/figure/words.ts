// How measures, sources and ways of arriving at a number are said.

import type { Indicator, Value } from '../../api/types'
import { lang, name, t, type Key } from '../../i18n/index.svelte'
import { period } from '../../lib/date'
import { absentMark, qualified } from '../../lib/figure'
import { formatNumber, sameNumber } from '../../lib/number'

const measures = ['level', 'change_on_year', 'change_on_period', 'points', 'share_of_plan', 'ytd', 'target', 'plan', 'threshold', 'rank', 'share_of_whole', 'coverage'] as const

export function measureName(measure: string): string {
  const count = /^count_ge:(.+)$/.exec(measure)
  if (count) return t('figure.measure_count', { n: formatNumber(count[1] ?? '', lang()) })
  const named = /^(change_on|points_on):(.+)$/.exec(measure)
  if (named) return t(`figure.measure_${named[1]}` as Key, { period: period(named[2] ?? '', lang()) })
  return (measures as readonly string[]).includes(measure) ? t(`figure.measure_${measure}` as Key) : measure
}

function isPercentage(measure: string): boolean {
  return measure.startsWith('change_on') || ['share_of_plan', 'share_of_whole', 'coverage'].includes(measure)
}

/** The unit a measure is told in: percentages for changes and shares, the indicator's own otherwise. */
export function unitOf(measure: string, indicator: Indicator | undefined): string {
  const own = indicator ? name(indicator, 'unit') : ''
  if (isPercentage(measure)) return '%'
  if (measure === 'points' || measure.startsWith('points_on:')) return own === '%' ? t('common.points') : own
  if (measure === 'rank' || measure.startsWith('count_')) return ''
  return own
}

/** What was said is shown as said; what was computed is rounded to what can be read. */
export function scaleOf(value: Value, indicator: Indicator | undefined): number {
  const relative = isPercentage(value.measure)
  if (!relative) return indicator?.scale ?? 2
  return value.basis === 'stated' ? Math.min(4, (value.value?.split('.')[1] ?? '').replace(/0+$/, '').length) : 1
}

export function sourceName(value: Pick<Value, 'source' | 'publisher'>): string {
  const source = value.source ? t(`common.source_${value.source}` as Key) : ''
  return value.publisher ? `${source}: ${value.publisher}` : source
}

export function basisName(value: Value): string {
  return t(`figure.basis_${value.basis}` as Key)
}

/** How many units are in a number that was gathered from several; a stated one covers itself. */
export function covered(value: Value | null): { present: number; expected: number } | null {
  return value?.coverage && value.basis !== 'stated' && value.coverage.expected > 1 ? value.coverage : null
}

export function coverageText(value: Value): string {
  const found = covered(value)
  return found ? t('figure.coverage', { ...found }) : ''
}

export function differs(value: Value, indicator: Indicator | undefined): boolean {
  if (value.computed === null || value.value === null) return false
  const scale = scaleOf(value, indicator)
  return !sameNumber(value.value, value.computed) && formatNumber(value.value, 'en', { scale }) !== formatNumber(value.computed, 'en', { scale })
}

/** The number in words on one line: qualifier, digits, unit. */
export function told(value: Value, indicator: Indicator | undefined): string {
  if (value.value === null) return absentName(value.absent)
  const unit = unitOf(value.measure, indicator)
  return join(qualified(value, lang(), scaleOf(value, indicator)), unit)
}

/** The computed value beside a stated one: fine enough to see how far they are apart, as the reports' notes have it. */
export function computedTold(value: Value, indicator: Indicator | undefined): string {
  const scale = isPercentage(value.measure) ? Math.max(2, scaleOf(value, indicator)) : Math.max(1, scaleOf(value, indicator))
  return join(formatNumber(value.computed ?? '', lang(), { scale }), unitOf(value.measure, indicator))
}

export function join(number: string, unit: string): string {
  return unit === '' ? number : unit === '%' ? `${number}%` : `${number}\u00a0${unit}`
}

export function absentName(absent: string | null): string {
  return t(`common.absent_${absent ?? 'missing'}` as Key)
}

export { absentMark }

/** A title begins with a capital. */
export function capital(text: string): string {
  return text.charAt(0).toLocaleUpperCase('vi') + text.slice(1)
}
