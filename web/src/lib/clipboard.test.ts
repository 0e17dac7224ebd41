import { expect, test } from 'vitest'
import { formatOf, readBlock, readOver, writeBlock, type Block, type Target } from './clipboard'
import type { Locale } from './number'

const told = (block: Block) => (block.kind === 'cells' ? block.lines.map((line) => line.join('|')).join(' / ') : block.kind === 'one' ? `one ${block.text}` : `${block.rows} × ${block.columns}`)

test('a block is read by lines and tabs, as each spreadsheet writes it', () => {
  check('12', 'one 12')
  check('12\n', 'one 12')
  check('', 'one ')
  check('1\t2\r\n3\t4\r\n', '1|2 / 3|4')
  check('1\t2\n3\t4', '1|2 / 3|4')
  check('1\r2\r', '1 / 2')
  check('1\n\n3', '1 /  / 3')
  check('\t\n', '|')
  check('1\t', '1|')
  check('1\t2\t3\n4\n5\t6', '1|2|3 / 4 / 5|6')
  check('"hai\ndòng"\t2\n3\t4', 'hai dòng|2 / 3|4')
  check('"a ""b"""\t2', 'a "b"|2')
  check('"cả ô', 'one "cả ô')
  check('"a"b\t2', '"a"b|2')
  check('"1\t2\n3', '"1|2 / 3')
  check(' 1.234,5 \t\u00a02', '1.234,5|2')
  check('Kho\u0302ng pha\u0301t sinh\t😀', 'Không phát sinh|😀')

  function check(text: string, read: string) {
    expect(told(readBlock(text)), JSON.stringify(text)).toBe(read)
  }
})

test('a block far beyond any form is told by its size', () => {
  const rows = Array.from({ length: 100_000 }, () => '1\t2\t3\t4\t5\t6\t7\t8\t9\t10')
  expect(told(readBlock(rows.join('\n')))).toBe('100000 × 10')
  expect(told(readBlock(`${rows.join('\r\n')}\r\n`))).toBe('100000 × 10')
  expect(told(readBlock('"'.repeat(3_000_000)))).toMatch(/^one "/)
})

test('what is written for a spreadsheet is read back', () => {
  for (const lines of [[['1', '2'], ['', '4']], [['a "b"', 'c'], ['1.234,5', 'x']], [['', ''], ['', '']]]) {
    expect(readBlock(writeBlock(lines))).toEqual({ kind: 'cells', lines })
  }
})

test('the number format of a block is told from it, or asked', () => {
  check('vi', '2.067.389 | 12', 'shown vi 2.067.389')
  check('vi', '2,067,389 | 12', 'shown en 2,067,389')
  check('vi', '1,234 | 2,067,389', 'shown en 2,067,389')
  check('vi', '1.234,5', 'shown vi 1.234,5')
  check('vi', '1,234.5', 'shown en 1,234.5')
  check('vi', '1.234,50 tỷ đồng', 'shown vi 1.234,50 tỷ đồng')
  check('vi', '-1.234,5', 'shown vi -1.234,5')
  check('vi', '12 | 8000 | x', 'either vi')
  check('en', '12 | Doanh thu', 'either en')
  check('vi', '1 234 567', 'either vi')
  check('vi', '1 234 567,5', 'shown vi 1 234 567,5')
  check('vi', '1.5', 'asked 1.5')
  check('vi', '1,234', 'asked 1,234')
  check('vi', '1.234', 'asked 1.234')
  check('vi', '1,5', 'shown vi 1,5')
  check('en', '1.5', 'shown en 1.5')
  check('en', '1,5', 'asked 1,5')
  check('en', '1,234', 'asked 1,234')
  check('vi', '1.5 | 1.234,5', 'shown vi 1.234,5')
  check('vi', '2,067,389 | 2.067.389', 'asked 2,067,389')
  check('vi', '1.23.45', 'either vi')

  function check(screen: Locale, texts: string, expected: string) {
    const { kind, locale, example } = formatOf(texts.split(' | '), screen)
    expect([kind, locale, example].filter(Boolean).join(' '), texts).toBe(expected)
  }
})

test('each cell of a block is read, refused with the reason, or lies outside', () => {
  // Two columns, of which the first of the second line is computed; whole numbers in the third line.
  const target = (down: number, across: number): Target =>
    down > 2 || across > 1 ? 'outside' : { cell: `${down}${across}`, of: down === 1 && across === 0 ? null : { scale: down === 2 ? 0 : 2, unit_vi: 'tỷ đồng', unit_en: 'billion dong' } }

  check('vi', '1.234,5|x / 7|8', '00=1234.5 01=not_applicable 11=8', 'computed 10:7', 0, 0)
  check('en', '1.234,5|1,234.5', '01=1234.5', 'ambiguous:1.234,5', 0, 0)
  check('vi', '|2 / | / 3|4', '01=2 20=3 21=4', '', 0, 3)
  check('vi', '1|2|3 / |5 / 6|7 / 8|', '00=1 01=2 11=5 20=6 21=7', '', 2, 2)
  check('vi', 'Doanh thu|1,234', '', 'not_a_number:Doanh thu too_many_decimals:1,234', 0, 0)
  check('vi', '-|😀 / |- / 1,5|', '00=0 11=0', 'not_a_number:😀 too_many_decimals:1,5', 0, 2)
  check('vi', '2,5 tỷ|2,5 tỷ đồng', '01=2.5', 'unit_written:2,5 tỷ', 0, 0)

  function check(locale: Locale, block: string, read: string, refused: string, outside: number, empty: number) {
    const pasted = readOver(block.split(' / ').map((line) => line.split('|')), target, locale)
    const said = pasted.read.map(({ cell, read }) => `${cell}=${read.kind === 'number' ? read.value : read.absent}`)
    const why = pasted.refused.map(({ cell, text, why }) => `${why === 'computed' ? `${why} ${cell}` : why.kind === 'refused' ? why.why : why.kind}:${text}`)
    expect([said.join(' '), why.join(' '), pasted.outside, pasted.empty], block).toEqual([read, refused, outside, empty])
  }
})
