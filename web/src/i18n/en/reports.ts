// Reports.
export default {
  about: 'Every number in a report comes straight from the record: open it to see where it came from.',
  none: 'No reports yet. Reviews are drawn up from their outlines and appear here.',
  signed: 'Issued {date}',
  unsigned: 'Not issued yet: the figures still move',
  back: 'All reports',
  print: 'A4 page',
  contents: 'Contents',
  hint: 'Point at or tab to a number for its origin; press it to open its page; the C key copies its sentence.',
  open_report: 'Open the report',
} as const
