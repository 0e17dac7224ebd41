import { expect, test } from 'vitest'
import { action, move, nextEmpty, readBlock, type Mode, type Step } from './grid'

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
  check('shift ArrowLeft', 'ready', 'native')
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
    expect(done.kind === 'move' ? done.step : done.kind, `${keys} when ${mode}`).toBe(does)
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

test('a block is read by lines and tabs', () => {
  expect(readBlock('12')).toBe(null)
  expect(readBlock('12\n')).toBe(null)
  expect(readBlock('1\t2\r\n3\t4\r\n')).toEqual([['1', '2'], ['3', '4']])
  expect(readBlock('1\n\n3')).toEqual([['1'], [''], ['3']])
})
