// Moving about an entry grid, as pure functions: where a key leads, what a range covers, which cell is the next to fill.

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

/** The cells between two corners, both included. */
export interface Area {
  top: number
  left: number
  bottom: number
  right: number
}

export function area(one: Place, other: Place): Area {
  return {
    top: Math.min(one.row, other.row),
    left: Math.min(one.column, other.column),
    bottom: Math.max(one.row, other.row),
    right: Math.max(one.column, other.column),
  }
}

export function covers({ top, left, bottom, right }: Area, { row, column }: Place): boolean {
  return row >= top && row <= bottom && column >= left && column <= right
}

/** The places of an area, line by line. */
export function lines({ top, left, bottom, right }: Area): Place[][] {
  return Array.from({ length: bottom - top + 1 }, (_, down) => Array.from({ length: right - left + 1 }, (_, across) => ({ row: top + down, column: left + across })))
}

export type Fill = 'down' | 'right'

/**
 * Which place each other place of an area is filled from: its first line or first column. A single line or column is
 * filled from the one before it, as spreadsheets do.
 */
export function fillFrom({ top, left, bottom, right }: Area, to: Fill): { from: Place; to: Place }[] {
  const down = to === 'down'
  const source = down ? (top === bottom ? top - 1 : top) : left === right ? left - 1 : left
  if (source < 0) return []
  return lines({ top, left, bottom, right })
    .flat()
    .filter((place) => (down ? place.row : place.column) !== source)
    .map((place) => ({ from: down ? { ...place, row: source } : { ...place, column: source }, to: place }))
}

/** How a cell takes keys: looking at it, typing over it, or correcting inside it (F2). */
export type Mode = 'ready' | 'typing' | 'inside'

/** What is done with all chosen cells. */
export type RangeAction = { kind: 'extend'; step: Step } | { kind: 'all' } | { kind: 'clear' } | { kind: 'fill'; to: Fill }

export type Action = { kind: 'move'; step: Step } | { kind: 'inside' } | { kind: 'revert' } | { kind: 'native' } | RangeAction

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
  if (mode === 'ready') {
    const step = leads(key, ctrl)
    if (step) return { kind: shift ? 'extend' : 'move', step }
    if (key === 'Delete' && !ctrl && !shift) return { kind: 'clear' }
    if (ctrl && !shift) {
      const letter = key.toLowerCase()
      if (letter === 'a') return { kind: 'all' }
      if (letter === 'd') return { kind: 'fill', to: 'down' }
      if (letter === 'r') return { kind: 'fill', to: 'right' }
    }
  }
  if (ctrl) return native
  if (key === 'Enter') return { kind: 'move', step: shift ? 'up' : 'down' }
  if (key === 'F2') return mode === 'inside' ? native : { kind: 'inside' }
  if (key === 'Escape') return { kind: 'revert' }
  if (shift) return native
  if (key === 'PageUp') return { kind: 'move', step: 'page_up' }
  if (key === 'PageDown') return { kind: 'move', step: 'page_down' }
  const step = arrows[key]
  const caret = mode === 'inside' && (step === 'left' || step === 'right')
  return step && !caret ? { kind: 'move', step } : native
}

/** Where a key leads from a cell that is looked at. */
function leads(key: string, ctrl: boolean): Step | undefined {
  if (key === 'Home') return ctrl ? 'first' : 'row_start'
  if (key === 'End') return ctrl ? 'last' : 'row_end'
  if (ctrl) return undefined
  if (key === 'PageUp') return 'page_up'
  if (key === 'PageDown') return 'page_down'
  return arrows[key]
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
