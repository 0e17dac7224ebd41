// How a row of a form is named: the indicator, and which part of it when it is a breakdown.

import type { Row } from '../api/types'
import { name, t, type Key } from '../i18n/index.svelte'

const known = new Set(['SEX=F', 'SEX=M', 'AREA=U', 'AREA=R'])

export function breakdownName(breakdown: string): string {
  return breakdown.split(',').map(partName).join(', ')
}

function partName(part: string): string {
  const [, from, to] = /^AGE=Y(\d+)T(\d+)$/.exec(part) ?? []
  if (from && to) return t('common.part_AGE', { from, to })
  return known.has(part) ? t(`common.part_${part.replace('=', '_')}` as Key) : part
}

export function rowName(row: Pick<Row, 'name_vi' | 'name_en' | 'breakdown'>): string {
  return row.breakdown ? `${name(row)} (${breakdownName(row.breakdown)})` : name(row)
}

/** What the column of the period itself is called: an estimate where the next form settles one of its rows. */
export function thisPeriod(rows: readonly Pick<Row, 'settle_previous'>[]): string {
  return t(rows.some((row) => row.settle_previous) ? 'entry.col_this' : 'entry.col_this_final')
}

/** A code that may break where its parts meet, and nowhere else. */
export function codeParts(code: string): string[] {
  return code.split(/(?<=[._])/)
}
