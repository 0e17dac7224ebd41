// What comes from and goes to the clipboard of Excel, LibreOffice and Google Sheets: lines of cells between tabs, a cell
// that holds a line break or a tab between quotes. One block has one number format, which is told from the block or asked.

import { isReadable, plain, readNumber, type Locale, type Of, type Read } from './number'

/** Beyond this nobody means a form: the block is told by its size and not read. */
const MOST_CELLS = 20_000

export type Block = { kind: 'one'; text: string } | { kind: 'cells'; lines: string[][] } | { kind: 'too_big'; rows: number; columns: number }

/** Reads the clipboard's plain text. Texts are put together as NFC; lines may be ragged. */
export function readBlock(text: string): Block {
  let cells = 1
  let rows = 1
  let columns = 1
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === 9) {
      cells++
      if (rows === 1) columns++
    } else if (code === 10 && at < text.length - 1) {
      cells++
      rows++
    }
  }
  if (cells > MOST_CELLS) return { kind: 'too_big', rows, columns }
  const lines = split(text.normalize('NFC'))
  const [first = []] = lines
  return lines.length <= 1 && first.length <= 1 ? { kind: 'one', text: first[0] ?? '' } : { kind: 'cells', lines }
}

function split(text: string): string[][] {
  const lines: string[][] = []
  let line: string[] = []
  let at = 0
  while (at <= text.length) {
    const { cell, end } = text[at] === '"' ? quoted(text, at) : bare(text, at)
    line.push(cell.replace(/\s+/g, ' ').trim())
    if (text[end] !== '\t') {
      lines.push(line)
      line = []
    }
    // A line ends with a feed, a return, or both; the last may or may not.
    at = end + (text[end] === '\r' && text[end + 1] === '\n' ? 2 : 1)
    if (at >= text.length && text[end] !== '\t') break
  }
  return lines
}

function bare(text: string, from: number) {
  let end = from
  while (end < text.length && text[end] !== '\t' && text[end] !== '\n' && text[end] !== '\r') end++
  return { cell: text.slice(from, end), end }
}

/** A cell between quotes, inside which a quote is written twice; what only begins with a quote is taken as it stands. */
function quoted(text: string, from: number) {
  let end = text.indexOf('"', from + 1)
  while (end >= 0 && text[end + 1] === '"') end = text.indexOf('"', end + 2)
  const after = end < 0 ? '' : (text[end + 1] ?? '\n')
  if (after !== '\t' && after !== '\n' && after !== '\r') return bare(text, from)
  return { cell: text.slice(from + 1, end).replaceAll('""', '"'), end: end + 1 }
}

/** Lines of cells as spreadsheets take them. */
export function writeBlock(lines: readonly (readonly string[])[]): string {
  return lines.map((line) => line.map((cell) => (/["\t\n\r]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join('\t')).join('\n')
}

/** How the numbers of a block are written: as one of its numbers shows, to be asked because one can be read in two ways, or the same in both. */
export interface Format {
  kind: 'shown' | 'asked' | 'either'
  /** The one that is meant, or for what is the same in both the screen's own; null as long as it has to be asked. */
  locale: Locale | null
  /** The number that shows it, or that is asked about. */
  example: string | null
}

/**
 * Two marks show a format (`2,067,389`, `1.234,5`). One mark may be either (`1,234`), and is taken without asking
 * only where it is written as the screen writes it and cannot be read otherwise (`1,5` in Vietnamese).
 */
export function formatOf(texts: Iterable<string>, screen: Locale): Format {
  const shown: Partial<Record<Locale, string>> = {}
  let doubtful: string | null = null
  for (const text of texts) {
    const number = /^[-+]?[\d., ]*\d/.exec(plain(text))?.[0]
    const marks = number?.match(/[.,]/g)?.length ?? 0
    if (!number || marks === 0) continue
    const readable = (['vi', 'en'] as const).filter((locale) => isReadable(number, locale))
    const [only] = readable
    if (readable.length === 1 && only && (marks > 1 || only === screen)) shown[only] ??= text
    else if (readable.length > 0) doubtful ??= text
  }
  const [locale, ...both] = Object.keys(shown) as Locale[]
  if (locale && both.length === 0) return { kind: 'shown', locale, example: shown[locale] ?? null }
  const example = locale ? (shown[locale] ?? null) : doubtful
  return example === null ? { kind: 'either', locale: screen, example } : { kind: 'asked', locale: null, example }
}

/** A place of the form that a block is pasted over: a cell with what it is of, which is null for one that is not asked for. */
export type Target = { cell: string; of: Of | null } | 'outside'

export type Reading = Extract<Read, { kind: 'number' | 'absent' }>

/** What a block does to the cells under it. */
export interface Pasted {
  read: { cell: string; text: string; read: Reading }[]
  refused: { cell: string; text: string; why: Exclude<Read, Reading | { kind: 'empty' }> | 'computed' }[]
  /** Written cells of the block that lie beside or below the form. */
  outside: number
  /** Empty cells of the block; what stands under them stays. */
  empty: number
}

export function readOver(lines: readonly (readonly string[])[], target: (down: number, across: number) => Target, locale: Locale): Pasted {
  const pasted: Pasted = { read: [], refused: [], outside: 0, empty: 0 }
  lines.forEach((line, down) =>
    line.forEach((text, across) => {
      const over = target(down, across)
      const read = readCell(text, locale, over === 'outside' ? undefined : (over.of ?? undefined))
      if (read.kind === 'empty') pasted.empty++
      else if (over === 'outside') pasted.outside++
      else if (over.of === null) pasted.refused.push({ cell: over.cell, text, why: 'computed' })
      else if (read.kind === 'number' || read.kind === 'absent') pasted.read.push({ cell: over.cell, text, read })
      else pasted.refused.push({ cell: over.cell, text, why: read })
    }),
  )
  return pasted
}

/** A number as readNumber reads it; in a form, as in a yearbook, a dash alone is what did not occur. */
export function readCell(typed: string, locale: Locale, of?: Of): Read {
  return plain(typed) === '-' ? { kind: 'number', value: '0' } : readNumber(typed, locale, of)
}
