// How a comparison is said: its verdict with the reason, its numbers with their unit.

import type { Indicator, Reconciled, Verdict } from '../../api/types'
import { lang, name, t, type Key } from '../../i18n/index.svelte'
import { exact, timesOver, whole, written, type Exact } from '../../lib/exact'
import { formatNumber } from '../../lib/number'
import { compare } from '../board/decimal'
import { join } from '../figure/words'

export const verdicts = ['agrees', 'reported_higher', 'reported_lower', 'not_comparable'] as const satisfies readonly Verdict[]
export const signs: Record<Verdict, string> = { agrees: '=', reported_higher: '▲', reported_lower: '▼', not_comparable: '?' }

/** Whether an explanation was due before a day and has not come. */
export function isLate(row: Reconciled, today: string): boolean {
  return row.explanation?.standing === 'asked' && row.explanation.due < today
}

/** Why two numbers are not compared; empty when they are. */
export function whyOf(row: Reconciled): string {
  if (!row.why) return ''
  const share = row.measured_share === null ? '' : formatNumber(row.measured_share, lang(), { scale: 1 })
  return t(`reconcile.why_${row.why}` as Key, { share, least: formatNumber(row.least_share, lang()) })
}

/** A number in the unit of its indicator; a difference of percentages in points, with its sign. */
export function differenceOf(row: Reconciled, indicator: Indicator | undefined): string {
  if (row.difference === null) return ''
  const unit = row.percentage ? t('common.points') : indicator ? name(indicator, 'unit') : ''
  const number = formatNumber(row.difference, lang(), { scale: Math.min(indicator?.scale ?? 2, 2) })
  return join(row.difference.startsWith('-') || number === '0' ? number : `+${number}`, unit)
}

/** M/R in per cent, to one decimal. */
export function ratioOf(row: Reconciled): string {
  if (row.ratio === null) return ''
  const percent = timesOver(exact(row.ratio), whole(100), whole(1), 2)
  return percent ? `${formatNumber(written(percent), lang(), { scale: 1 })}%` : ''
}

export function toleranceOf(row: Reconciled): string {
  return t(row.percentage ? 'reconcile.tolerance_points' : 'reconcile.tolerance_percent', { n: formatNumber(row.tolerance, lang()) })
}

export function shareOf(row: Reconciled): string {
  const least = formatNumber(row.least_share, lang())
  if (row.measured_share === null) return t('reconcile.share_none', { least })
  return t('reconcile.share_text', { share: formatNumber(row.measured_share, lang(), { scale: 1 }), least })
}

/** What can be compared first, the widest apart first; what cannot by its reason. */
export function inOrder(rows: Reconciled[]): Reconciled[] {
  const apart = (row: Reconciled) => row.difference?.replace('-', '') ?? '0'
  const is = (row: Reconciled) => (row.why === null ? 0 : row.difference !== null ? 1 : 2)
  return rows.toSorted((a, b) => is(a) - is(b) || compare(apart(b), apart(a)) || a.unit.localeCompare(b.unit))
}

/** Where a number stands between two ends, in thousandths. */
export function placed(value: string, least: string, most: string): number {
  const from = exact(least)
  const span = difference(exact(most), from)
  const at = difference(exact(value), from)
  const found = timesOver(at, whole(1000), span, 0)
  return found ? Number(found.mantissa) : 0
}

function difference(a: Exact, b: Exact): Exact {
  const scale = Math.max(a.scale, b.scale)
  const at = (n: Exact) => n.mantissa * 10n ** BigInt(scale - n.scale)
  return { mantissa: at(a) - at(b), scale }
}

export { compare }
