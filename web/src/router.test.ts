import { expect, test } from 'vitest'
import { href, match, safeReturn } from './router'

const patterns = [
  { name: 'work', path: '/' },
  { name: 'list', path: '/nhap-lieu' },
  { name: 'entry', path: '/nhap-lieu/:id' },
]

test('an address names a page and what it is about', () => {
  check('/', 'work')
  check('/nhap-lieu', 'list')
  check('/nhap-lieu/', 'list')
  check('/nhap-lieu/42', 'entry id=42')
  check('/nhap-lieu/SO-THANG%2F52', 'entry id=SO-THANG/52')
  check('/nhap-lieu/%E0%A4%A', 'nothing')
  check('/nhap-lieu/42/more', 'nothing')
  check('/khac', 'nothing')

  function check(path: string, expected: string) {
    const found = match(patterns, path)
    const params = Object.entries(found?.params ?? {}).map(([key, value]) => ` ${key}=${value}`)
    expect(found ? found.name + params.join('') : 'nothing').toBe(expected)
  }
})

test('an empty value leaves no trace in the address', () => {
  expect(href('/so-lieu', { indicator: 'BC.DT', unit: null, period: '', measure: undefined })).toBe('/so-lieu?indicator=BC.DT')
  expect(href('/x', { a: '2020-02-01/2020-05-31', b: 'count_ge:30', c: '1,2' })).toBe('/x?a=2020-02-01/2020-05-31&b=count_ge:30&c=1,2')
  expect(href('/x')).toBe('/x')
})

test('signing in leads back into this application only', () => {
  expect(['/nhap-lieu/1?phan=BC', 'https://elsewhere', '//elsewhere', '/\\elsewhere', null, '/dang-nhap?tiep=/'].map(safeReturn)).toEqual([
    '/nhap-lieu/1?phan=BC',
    '/',
    '/',
    '/',
    '/',
    '/',
  ])
})
