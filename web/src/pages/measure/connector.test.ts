import { expect, test } from 'vitest'
import { contentOf, draftOf, EMPTY, standing, type Draft } from './connector'

const drafts: [string, Partial<Draft>][] = [
  ['an address', { kind: 'http', url: 'https://dvc.vn/?ky={period}', headers: 'Accept-Language: vi\nX-A: b:c', indicators: 'A, B', units: '52', value: 'so', share: '95.5', clock: '23:05' }],
  ['an address by pages', { kind: 'http', url: 'https://dvc.vn', paging: 'number', paging_at: 'trang', first_page: '0', format: 'csv', rows: '' }],
  ['a row of several numbers', { kind: 'http', url: 'https://dvc.vn', indicators: 'A, B', is_wide: true, several: [{ column: 'a', indicator: 'A', breakdown: '' }, { column: 'b', indicator: 'B', breakdown: 'SEX=F' }], valid_from: '2024-07-01' }],
  ['a database inside', { kind: 'sql', host: 'db', database: 'd', user: 'u', query: 'select 1', encryption: 'off' }],
  ['a database with an authority of its own', { kind: 'sql', host: 'db', database: 'd', user: 'u', query: 'select 1', encryption: 'authority', authority: '-----BEGIN CERTIFICATE-----' }],
  ['a database', { kind: 'sql', engine: 'mysql', host: '10.0.0.1', port: '3306', database: 'd', user: 'u', query: 'select 1', internal_hosts: '10.0.0.1' }],
]

test.each(drafts)('%s is read as it was sent', (_, change) => {
  const content = contentOf({ ...EMPTY, ...change })
  expect(contentOf(draftOf(content))).toEqual(content)
})

test('what is typed in pieces is sent as lists, and what is no number as 0', () => {
  const content = contentOf({ ...EMPTY, indicators: ' A;B\n C,', units: '', share: '95,5', most_rows: '1.5', headers: 'x' })
  expect(content.indicators).toEqual(['A', 'B', 'C'])
  expect(content.units).toEqual([])
  expect(content.measured_share).toBe('95.5')
  expect(content.limits?.most_rows).toBe(0)
  expect(content.http?.headers).toEqual([{ name: 'x', value: '' }])
})

test('a system that sends is asked for nothing', () => {
  const { http, sql, schedule, columns, limits } = contentOf({ ...EMPTY, kind: 'push' })
  expect([http, sql, schedule, columns, limits]).toEqual([null, null, null, null, null])
})

test('a connector stands as its last run ended, unless it rests', () => {
  expect(standing({ is_paused: false, last_run: null })).toBe('never')
  expect(standing({ is_paused: true, last_run: null })).toBe('paused')
})
