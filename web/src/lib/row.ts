// How a row of a form is named: the indicator, and which part of it when it is a breakdown.

import type { Row } from '../api/types'
import { name, t, type Key } from '../i18n/index.svelte'

const known = new Set(['SEX=F', 'SEX=M', 'AREA=U', 'AREA=R'])

export function breakdownName(breakdown: string): string {
  return known.has(breakdown) ? t(`common.part_${breakdown.replace('=', '_')}` as Key) : breakdown
}

export function rowName(row: Pick<Row, 'name_vi' | 'name_en' | 'breakdown'>): string {
  return row.breakdown ? `${name(row)} (${breakdownName(row.breakdown)})` : name(row)
}

/** A code that may break where its parts meet, and nowhere else. */
export function codeParts(code: string): string[] {
  return code.split(/(?<=[._])/)
}
