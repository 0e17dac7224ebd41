// A connector as its form holds it: texts, so that what is half typed can stand; and the way to and from what is sent.

import type { ConnectorContent, ConnectorLine, ConnectorRun } from '../../api/types'
import type { Key } from '../../i18n/index.svelte'

/** What the form holds, by the names of its fields. */
export interface Draft {
  code: string
  name: string
  owner: string
  kind: 'http' | 'sql' | 'push'
  indicators: string
  units: string
  frequency: ConnectorContent['frequency']
  calendar: ConnectorContent['calendar']
  valid_from: string
  valid_to: string
  share: string
  is_paused: boolean
  url: string
  headers: string
  sign_in: NonNullable<ConnectorContent['http']>['sign_in']
  sign_in_name: string
  format: NonNullable<ConnectorContent['http']>['format']
  rows: string
  paging: NonNullable<ConnectorContent['http']>['paging']
  paging_at: string
  first_page: string
  engine: NonNullable<ConnectorContent['sql']>['engine']
  host: string
  port: string
  database: string
  user: string
  encryption: NonNullable<NonNullable<ConnectorContent['sql']>['encryption']>
  authority: string
  query: string
  times: NonNullable<ConnectorContent['schedule']>['times']
  day: string
  clock: string
  about: NonNullable<ConnectorContent['schedule']>['about']
  /** Whether a row has several numbers; then `several` counts, else `value`. */
  is_wide: boolean
  several: { column: string; indicator: string; breakdown: string }[]
  value: string
  indicator: string
  unit: string
  period: string
  breakdown: string
  most_mib: string
  most_rows: string
  most_pages: string
  total_seconds: string
  idle_seconds: string
  internal_hosts: string
}

export const EMPTY: Draft = {
  code: '', name: '', owner: '', kind: 'http', indicators: '', units: '', frequency: 'month', calendar: 'statistical', valid_from: '', valid_to: '', share: '', is_paused: false,
  url: '', headers: '', sign_in: 'open', sign_in_name: '', format: 'json', rows: '$.data[*]', paging: 'one', paging_at: '', first_page: '1',
  engine: 'postgres', host: '', port: '5432', database: '', user: '', encryption: 'machine', authority: '', query: '',
  times: 'daily', day: '1', clock: '06:00', about: 'closed',
  is_wide: false, several: [], value: '', indicator: '', unit: '', period: '', breakdown: '',
  most_mib: '10', most_rows: '20000', most_pages: '50', total_seconds: '60', idle_seconds: '15', internal_hosts: '',
}

const MIB = 1_048_576
/** Codes as they are typed: by commas, semicolons or spaces. */
export const codesIn = (text: string) => text.split(/[\s,;]+/).filter((part) => part !== '')
/** What is not a whole number is sent as 0, which the server refuses by its field. */
const whole = (text: string) => (/^\d{1,9}$/.test(text.trim()) ? parseInt(text.trim(), 10) : 0)

/** The form as it is sent. */
export function contentOf(draft: Draft): ConnectorContent {
  const [hour, minute] = draft.clock.split(':')
  const headers = draft.headers
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .map((line) => {
      const at = line.indexOf(':')
      return at < 0 ? { name: line, value: '' } : { name: line.slice(0, at).trim(), value: line.slice(at + 1).trim() }
    })
  const is_asked = draft.kind !== 'push'
  return {
    code: draft.code.trim(),
    name: draft.name.trim(),
    owner: draft.owner.trim(),
    kind: draft.kind,
    indicators: codesIn(draft.indicators),
    units: codesIn(draft.units),
    frequency: draft.frequency,
    calendar: draft.calendar,
    measured_share: draft.share.trim() === '' ? null : draft.share.trim().replace(',', '.'),
    valid_from: draft.valid_from.trim() || null,
    valid_to: draft.valid_to.trim() || null,
    is_paused: draft.is_paused,
    http:
      draft.kind === 'http'
        ? {
            url: draft.url.trim(),
            headers,
            sign_in: draft.sign_in,
            sign_in_name: draft.sign_in_name.trim(),
            format: draft.format,
            rows: draft.format === 'json' ? draft.rows.trim() : '',
            paging: draft.paging,
            paging_at: draft.paging === 'one' ? '' : draft.paging_at.trim(),
            first_page: whole(draft.first_page),
          }
        : null,
    sql: draft.kind === 'sql' ? { engine: draft.engine, host: draft.host.trim(), port: Math.min(whole(draft.port), 65535), database: draft.database.trim(), encryption: draft.encryption, authority: draft.encryption === 'authority' ? draft.authority.trim() : '', user: draft.user.trim(), query: draft.query } : null,
    schedule: is_asked ? { times: draft.times, day: Math.min(whole(draft.day), 99), hour: whole(hour ?? ''), minute: whole(minute ?? ''), about: draft.about } : null,
    columns: is_asked
      ? draft.is_wide
        ? { value: '', indicator: '', breakdown: '', unit: draft.unit, period: draft.period, several: draft.several.map((one) => ({ ...one })) }
        : { value: draft.value, indicator: draft.indicator, unit: draft.unit, period: draft.period, breakdown: draft.breakdown, several: [] }
      : null,
    limits: is_asked
      ? { most_bytes: whole(draft.most_mib) * MIB, most_rows: whole(draft.most_rows), most_pages: whole(draft.most_pages), total_seconds: whole(draft.total_seconds), idle_seconds: whole(draft.idle_seconds) }
      : null,
    internal_hosts: is_asked ? codesIn(draft.internal_hosts) : [],
  }
}

/** What is sent as the form holds it. */
export function draftOf(content: ConnectorContent): Draft {
  const { http, sql, schedule, columns, limits } = content
  const two = (number: number) => String(number).padStart(2, '0')
  return {
    ...EMPTY,
    code: content.code,
    name: content.name,
    owner: content.owner,
    kind: content.kind,
    indicators: content.indicators.join(', '),
    units: content.units.join(', '),
    frequency: content.frequency,
    calendar: content.calendar,
    valid_from: content.valid_from ?? '',
    valid_to: content.valid_to ?? '',
    share: content.measured_share ?? '',
    is_paused: content.is_paused ?? false,
    ...(http && {
      url: http.url,
      headers: (http.headers ?? []).map(({ name, value }) => `${name}: ${value}`).join('\n'),
      sign_in: http.sign_in,
      sign_in_name: http.sign_in_name ?? '',
      format: http.format,
      rows: http.rows ?? '',
      paging: http.paging,
      paging_at: http.paging_at ?? '',
      first_page: String(http.first_page ?? 1),
    }),
    ...(sql && { engine: sql.engine, host: sql.host, port: String(sql.port), database: sql.database, user: sql.user, encryption: sql.encryption ?? 'machine', authority: sql.authority ?? '', query: sql.query }),
    ...(schedule && { times: schedule.times, day: String(schedule.day ?? 1), clock: `${two(schedule.hour ?? 0)}:${two(schedule.minute)}`, about: schedule.about }),
    ...(columns && {
      is_wide: (columns.several ?? []).length > 0,
      several: (columns.several ?? []).map(({ column, indicator, breakdown }) => ({ column, indicator, breakdown: breakdown ?? '' })),
      value: columns.value ?? '', indicator: columns.indicator ?? '', unit: columns.unit ?? '', period: columns.period ?? '', breakdown: columns.breakdown ?? '' }),
    ...(limits && {
      most_mib: String(Math.round(limits.most_bytes / MIB)),
      most_rows: String(limits.most_rows),
      most_pages: String(limits.most_pages),
      total_seconds: String(limits.total_seconds),
      idle_seconds: String(limits.idle_seconds),
    }),
    internal_hosts: (content.internal_hosts ?? []).join(', '),
  }
}

/** How a connector stands, in one word. */
export function standing(one: Pick<ConnectorLine, 'is_paused' | 'last_run'>): 'paused' | 'never' | ConnectorRun['outcome'] {
  if (one.is_paused) return 'paused'
  return one.last_run?.outcome ?? 'never'
}

/** The words of a standing. */
export const standingKey = (what: ReturnType<typeof standing>): Key => `connectors.standing_${what}`
