// One line of the board: everything asked about one indicator, gathered from the answered values.

import type { Indicator, Value } from '../../api/types'

export interface Line {
  indicator: Indicator
  level: Value | null
  change: Value | null
  share: Value | null
  ytd: Value | null
  trend: (string | null)[]
}

export const MEASURES = 'level,change_on_year,points,share_of_plan,ytd'

/** What a minister asks about first: what has a plan, then what moved for better or worse, then the rest. */
function weight({ indicator, share, change }: Line): number {
  if (share) return 0
  if (change) return indicator.good === 'none' ? 2 : 1
  return 3
}

/** The most telling first, otherwise in the order of the indicators' own list; those with nothing to say come apart. */
export function lines(indicators: Indicator[], values: Value[], trend: Value[], periods: string[]): { known: Line[]; unknown: Indicator[] } {
  const at = new Map(values.filter(({ breakdown }) => !breakdown).map((value) => [`${value.indicator} ${value.measure}`, value]))
  const levels = new Map(trend.filter(({ breakdown }) => !breakdown).map((value) => [`${value.indicator} ${value.period}`, value.value]))
  const known: Line[] = []
  const unknown: Indicator[] = []
  for (const indicator of indicators) {
    const of = (measure: string) => at.get(`${indicator.code} ${measure}`) ?? null
    const said = (value: Value | null) => (value && value.value !== null ? value : null)
    const [level, points] = [of('level'), said(of('points'))]
    const onYear = said(of('change_on_year'))
    // A share of a hundred moves by points; what was stated as a percentage stays what was said.
    const change = indicator.unit_vi === '%' && points && onYear?.basis !== 'stated' ? points : (onYear ?? null)
    const line = { indicator, level, change, share: said(of('share_of_plan')), ytd: said(of('ytd')), trend: periods.map((period) => levels.get(`${indicator.code} ${period}`) ?? null) }
    if (said(level) || line.change || line.share) known.push(line)
    else unknown.push(indicator)
  }
  return { known: known.toSorted((a, b) => weight(a) - weight(b)), unknown }
}
