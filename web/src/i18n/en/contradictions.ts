// Figures that contradict each other.
export default {
  about: 'Figures of the same indicator, scope and period that say different things. All are kept; the difference wants an explanation.',
  none: 'No figures contradict each other.',
  filter: 'Filter by indicator or source',
  none_match: 'No contradiction matches “{q}”.',
  count: '{n} {n|case|cases}',
  open: 'Open the figure',
} as const
