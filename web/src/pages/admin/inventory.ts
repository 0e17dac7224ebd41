// The inventory as the file that the server reads, so that a change made on the page passes the same checks as one made
// in a spreadsheet.

/** The columns, by the codes that a file may be headed with. */
export const COLUMNS = ['name', 'asked_by', 'legal_basis', 'of', 'frequency', 'cells', 'first_cells', 'replaced_by', 'source', 'synthetic'] as const
export type Column = (typeof COLUMNS)[number]
/** A duty as texts. */
export type Line = Record<Column, string>

interface Duty {
  name: string
  asked_by: string
  legal_basis: string | null
  of: string
  frequency_vi: string
  cells: number
  first_cells: number | null
  replaced_by: string | null
  said_in: string | null
  synthetic: boolean
}

export function lineOf(duty: Duty): Line {
  return {
    name: duty.name,
    asked_by: duty.asked_by,
    legal_basis: duty.legal_basis ?? '',
    of: duty.of,
    frequency: duty.frequency_vi,
    cells: String(duty.cells),
    first_cells: duty.first_cells === null ? '' : String(duty.first_cells),
    replaced_by: duty.replaced_by ?? '',
    source: duty.said_in ?? '',
    synthetic: duty.synthetic ? 'yes' : '',
  }
}

export const EMPTY: Line = { name: '', asked_by: '', legal_basis: '', of: 'province', frequency: '', cells: '', first_cells: '', replaced_by: '', source: '', synthetic: '' }

/** The lines with one changed, added (`at` is null) or taken out (`line` is null). */
export function changed(lines: readonly Line[], at: number | null, line: Line | null): Line[] {
  if (at === null) return line === null ? [...lines] : [...lines, line]
  return line === null ? lines.toSpliced(at, 1) : lines.with(at, line)
}

/** A file of these lines. */
export function csvOf(lines: readonly Line[]): string {
  const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`
  const rows = lines.map((line) => COLUMNS.map((column) => quoted(line[column])).join(','))
  return [COLUMNS.join(','), ...rows].join('\n') + '\n'
}
