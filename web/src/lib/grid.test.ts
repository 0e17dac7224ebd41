import { expect, test } from 'vitest'
import { action, area, covers, fillFrom, lines, move, nextEmpty, type Fill, type Mode, type Place, type Step } from './grid'

test('a step moves one cell and the edges hold', () => {
  check('0,0', 'down', '1,0')
  check('0,0', 'up', '0,0')
  check('0,0', 'left', '0,0')
  check('0,0', 'right', '0,1')
  check('0,1', 'right', '0,1')
  check('4,1', 'down', '4,1')
  check('4,0', 'page_up', '0,0')
  check('1,1', 'page_down', '4,1')
  check('3,1', 'first', '0,0')
  check('0,0', 'last', '4,1')
  check('2,1', 'row_start', '2,0')
  check('2,0', 'row_end', '2,1')

  function check(from: string, step: Step, to: string) {
    const [row = 0, column = 0] = from.split(',').map(Number)
    const at = move({ row, column }, step, { rows: 5, columns: 2 })
    expect(`${at.row},${at.column}`, `${from} ${step}`).toBe(to)
  }
})

test('a key does what it does in a spreadsheet', () => {
  check('Enter', 'ready', 'down')
  check('shift Enter', 'typing', 'up')
  check('ArrowLeft', 'ready', 'left')
  check('ArrowLeft', 'typing', 'left')
  check('ArrowLeft', 'inside', 'native')
  check('ArrowDown', 'inside', 'down')
  check('shift ArrowLeft', 'ready', 'extend left')
  check('shift ArrowLeft', 'inside', 'native')
  check('shift ArrowDown', 'typing', 'native')
  check('shift PageDown', 'ready', 'extend page_down')
  check('shift End', 'ready', 'extend row_end')
  check('ctrl shift End', 'ready', 'extend last')
  check('ctrl a', 'ready', 'all')
  check('ctrl A', 'ready', 'all')
  check('ctrl a', 'inside', 'native')
  check('ctrl d', 'ready', 'fill down')
  check('ctrl r', 'ready', 'fill right')
  check('ctrl shift r', 'ready', 'native')
  check('ctrl r', 'typing', 'native')
  check('Delete', 'ready', 'clear')
  check('Delete', 'typing', 'native')
  check('Backspace', 'ready', 'native')
  check('PageDown', 'typing', 'page_down')
  check('Home', 'typing', 'native')
  check('ctrl ArrowDown', 'ready', 'native')
  check('F2', 'ready', 'inside')
  check('Escape', 'typing', 'revert')
  check('Tab', 'ready', 'native')
  check('ctrl c', 'ready', 'native')
  check('ctrl Home', 'ready', 'first')
  check('ctrl Home', 'inside', 'native')
  check('5', 'ready', 'native')

  function check(keys: string, mode: Mode, does: string) {
    const parts = keys.split(' ')
    const done = action({ key: parts.at(-1) ?? '', ctrl: parts.includes('ctrl'), shift: parts.includes('shift') }, mode)
    const told = done.kind === 'move' ? done.step : Object.values(done).join(' ')
    expect(told, `${keys} when ${mode}`).toBe(does)
  }
})

test('the next empty cell is looked for from here on and round again', () => {
  check('.xx.', 0, 3)
  check('.xx.', 3, 0)
  check('.xx.', null, 0)
  check('xx.x', 2, 2)
  check('xxxx', 1, null)

  function check(picture: string, from: number | null, to: number | null) {
    const cells = [...picture].map((_, index) => String(index))
    const found = nextEmpty(cells, (cell) => picture[Number(cell)] === 'x', from === null ? null : String(from))
    expect(found, `${picture} from ${from}`).toBe(to === null ? null : String(to))
  }
})

const at = (text: string): Place => {
  const [row = 0, column = 0] = text.split(',').map(Number)
  return { row, column }
}
const told = ({ row, column }: Place) => `${row},${column}`

test('a range lies between two corners, whichever comes first', () => {
  check('1,0', '2,1', '1,0 1,1 / 2,0 2,1')
  check('2,1', '1,0', '1,0 1,1 / 2,0 2,1')
  check('1,1', '2,0', '1,0 1,1 / 2,0 2,1')
  check('3,0', '3,0', '3,0')

  function check(one: string, other: string, cells: string) {
    const range = area(at(one), at(other))
    expect(lines(range).map((line) => line.map(told).join(' ')).join(' / ')).toBe(cells)
    expect(lines(range).flat().every((place) => covers(range, place))).toBe(true)
    expect(covers(range, { row: range.bottom + 1, column: range.left }), 'nothing below').toBe(false)
    expect(covers(range, { row: range.top, column: range.left - 1 }), 'nothing beside').toBe(false)
  }
})

test('a range is filled from its first line or column, and a single one from the one before', () => {
  check('0,0', '2,0', 'down', '0,0>1,0 0,0>2,0')
  check('0,0', '1,1', 'down', '0,0>1,0 0,1>1,1')
  check('2,1', '2,1', 'down', '1,1>2,1')
  check('0,1', '0,1', 'down', '')
  check('0,0', '1,1', 'right', '0,0>0,1 1,0>1,1')
  check('0,1', '1,1', 'right', '0,0>0,1 1,0>1,1')
  check('1,0', '2,0', 'right', '')

  function check(one: string, other: string, to: Fill, filled: string) {
    const steps = fillFrom(area(at(one), at(other)), to)
    expect(steps.map((step) => `${told(step.from)}>${told(step.to)}`).join(' '), `${one} ${other} ${to}`).toBe(filled)
  }
})
