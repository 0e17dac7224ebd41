// What the pages of registers share: entries with their fields, and how a field reads.

import { api } from '../../api/client'
import type { components } from '../../api/schema'
import { lang, name, t } from '../../i18n/index.svelte'
import { date } from '../../lib/date'
import { formatNumber } from '../../lib/number'
import { bodies, places } from '../board/catalog'

type Schemas = components['schemas']
export type RegisterCode = Schemas['RegisterCode']
export type Entry = Schemas['EntryBody']
export type Field = Schemas['FieldBody']
export type Said = Schemas['SaidField']
export type Statement = Schemas['StatementBody']

/** What an entry says in a field; nothing when it says nothing. */
export function said(values: Said[] | null, field: string): string {
  return values?.find((one) => one.field === field)?.value ?? ''
}

/** A value as it is shown. */
export function shown(field: Field, value: string): string {
  if (value === '') return ''
  if (field.kind === 'word') {
    const word = field.words.find((one) => one.code === value)
    return word ? name(word) : value
  }
  if (field.kind === 'day') return date(value, lang())
  if (field.kind === 'count') return formatNumber(value, lang())
  return value
}

/** The days of the four layers of protection. */
const LAYERS = ['team_day', 'watch_day', 'assessment_day', 'centre_day']

/** How many of the four layers a system has. */
export function layers(values: Said[] | null): string {
  return t('registers.part_of', { part: LAYERS.filter((day) => said(values, day) !== '').length, of: LAYERS.length })
}

export interface Choice {
  code: string
  name: string
}

/** The units that have registers: provinces, ministries and agencies of a day. */
export async function units(at: string): Promise<Choice[]> {
  const [near, far] = await Promise.all([places(at), bodies(at)])
  const wanted = [...near.values(), ...far.values()].filter((unit) => ['province', 'ministry', 'agency'].includes(unit.kind))
  return wanted.map((unit) => ({ code: unit.code, name: name(unit) }))
}

/** Takes the last statement about an entry back. */
export async function undo(register: RegisterCode, unit: string, code: string, seen: number): Promise<void> {
  await api.post<'/registers/{register}/{unit}/{code}/undo'>(`/registers/${register}/${encodeURIComponent(unit)}/${encodeURIComponent(code)}/undo`, { seen })
}
