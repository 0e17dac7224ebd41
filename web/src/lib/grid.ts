// Moving about an entry grid, as pure functions: where a key leads, which cell is the next to fill,
// and what a pasted block of text covers.

export interface Place {
  row: number
  column: number
}

export interface Size {
  rows: number
  columns: number
}

export type Step = 'up' | 'down' | 'left' | 'right' | 'page_up' | 'page_down' | 'first' | 'last' | 'row_start' | 'row_end'

const PAGE = 10

/** Where a step leads; the edges hold. */
export function move(from: Place, step: Step, { rows, columns }: Size): Place {
  const { row, column } = from
  const within = (row: number, column: number): Place => ({
    row: Math.max(0, Math.min(rows - 1, row)),
    column: Math.max(0, Math.min(columns - 1, column)),
  })
  switch (step) {
    case 'up':
      return within(row - 1, column)
    case 'down':
      return within(row + 1, column)
    case 'left':
      return within(row, column - 1)
    case 'right':
      return within(row, column + 1)
    case 'page_up':
      return within(row - PAGE, column)
    case 'page_down':
      return within(row + PAGE, column)
    case 'first':
      return within(0, 0)
    case 'last':
      return within(rows - 1, columns - 1)
    case 'row_start':
      return within(row, 0)
    case 'row_end':
      return within(row, columns - 1)
  }
}

/** How a cell takes keys: looking at it, typing over it, or correcting inside it (F2). */
export type Mode = 'ready' | 'typing' | 'inside'

export type Action = { kind: 'move'; step: Step } | { kind: 'inside' } | { kind: 'revert' } | { kind: 'native' }

export interface Pressed {
  key: string
  ctrl?: boolean
  shift?: boolean
  alt?: boolean
}

const arrows: Record<string, Step> = { ArrowUp: 'up', ArrowDown: 'down', ArrowLeft: 'left', ArrowRight: 'right' }

/** What a key does in a cell. What is not ours stays the browser's: typing, Tab, copying. */
export function action({ key, ctrl = false, shift = false, alt = false }: Pressed, mode: Mode): Action {
  const native: Action = { kind: 'native' }
  if (alt) return native
  if (ctrl) {
    if (mode !== 'ready') return native
    if (key === 'Home') return { kind: 'move', step: 'first' }
    if (key === 'End') return { kind: 'move', step: 'last' }
    return native
  }
  if (key === 'Enter') return { kind: 'move', step: shift ? 'up' : 'down' }
  if (key === 'F2') return mode === 'inside' ? native : { kind: 'inside' }
  if (key === 'Escape') return { kind: 'revert' }
  if (shift) return native
  if (key === 'PageUp') return { kind: 'move', step: 'page_up' }
  if (key === 'PageDown') return { kind: 'move', step: 'page_down' }
  const step = arrows[key]
  if (step) {
    const caret = mode === 'inside' && (step === 'left' || step === 'right')
    return caret ? native : { kind: 'move', step }
  }
  if (mode === 'ready' && key === 'Home') return { kind: 'move', step: 'row_start' }
  if (mode === 'ready' && key === 'End') return { kind: 'move', step: 'row_end' }
  return native
}

/** The next of `cells` that is still empty, after `from` and round to it again; null when all are filled. */
export function nextEmpty(cells: readonly string[], filled: (cell: string) => boolean, from: string | null): string | null {
  const start = from === null ? -1 : cells.indexOf(from)
  for (let step = 1; step <= cells.length; step++) {
    const cell = cells[(start + step + cells.length) % cells.length]
    if (cell !== undefined && !filled(cell)) return cell
  }
  return null
}

/** A block copied from a spreadsheet: lines of cells. One cell alone is no block and answers null. */
export function readBlock(text: string): string[][] | null {
  const lines = text.replace(/\r\n?/g, '\n').replace(/\n$/, '').split('\n').map((line) => line.split('\t').map((cell) => cell.trim()))
  return lines.length > 1 || (lines[0]?.length ?? 0) > 1 ? lines : null
}
