import { expect, test } from 'vitest'
import { changed, csvOf, EMPTY, lineOf } from './inventory'

const line = { ...EMPTY, name: 'Báo cáo "A", quý', asked_by: 'Vụ Bưu chính', frequency: 'hằng quý', cells: '20' }

test('a line is a row of the file, whatever is in it', () => {
  expect(csvOf([line])).toBe('name,asked_by,legal_basis,of,frequency,cells,first_cells,replaced_by,source,synthetic\n"Báo cáo ""A"", quý","Vụ Bưu chính","","province","hằng quý","20","","","",""\n')
})

test('what nobody has counted stays empty and is no zero', () => {
  const duty = { name: 'A', asked_by: 'B', legal_basis: null, of: '52; 48', frequency_vi: '7 lần/năm', cells: 3, first_cells: null, replaced_by: null, said_in: null, synthetic: true }
  expect(lineOf(duty)).toEqual({ name: 'A', asked_by: 'B', legal_basis: '', of: '52; 48', frequency: '7 lần/năm', cells: '3', first_cells: '', replaced_by: '', source: '', synthetic: 'yes' })
  expect(lineOf({ ...duty, first_cells: 0 }).first_cells).toBe('0')
})

test('a line is changed in its place, added at the end, or taken out', () => {
  const [a, b, c] = ['a', 'b', 'c'].map((name) => ({ ...line, name }))
  const names = (lines: (typeof line)[]) => lines.map(({ name }) => name).join('')
  expect(names(changed([a!, b!], 0, c!))).toBe('cb')
  expect(names(changed([a!, b!], null, c!))).toBe('abc')
  expect(names(changed([a!, b!], 1, null))).toBe('a')
})
