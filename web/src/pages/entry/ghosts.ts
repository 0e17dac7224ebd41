// What a cell held a period and a year before: shown in small while it is empty, and never a value of it.

import type { Computed, Follows } from '../../api/types'
import { lang, t } from '../../i18n/index.svelte'
import { period, shiftMonth, shortPeriod } from '../../lib/date'
import { absentMark } from '../../lib/figure'
import { formatNumber } from '../../lib/number'
import type { Column } from './form.svelte'

export interface Ghost {
  /** When it was: in a word or two, and in full. */
  short: string
  label: string
  value: string
}

export function ghostsOf(of_period: string, computed: Computed | undefined, column: Column): Ghost[] {
  if (!computed) return []
  const of = (follows: Follows, short: string, label: string): Ghost[] => (follows.value === null ? [] : [{ short, label, value: told(follows) }])
  if (column === 'previous') return of(computed.previous, t('entry.ghost_sent'), t('entry.previous_recorded'))
  const at = (follows: Follows, by: number) => {
    const code = shiftMonth(of_period, by)
    return of(follows, shortPeriod(code, lang()), period(code, lang()))
  }
  return [...at(computed.previous, -1), ...at(computed.last_year, -12)]
}

/** A number that follows from others as it is written in a cell; empty when nothing was ever recorded. */
export function told(follows: Follows | null | undefined): string {
  if (!follows || (follows.value === null && follows.absent === 'nothing_recorded')) return ''
  return follows.value === null ? absentMark(follows.absent) : formatNumber(follows.value, lang())
}
