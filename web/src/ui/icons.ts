// Line icons on a 20 by 20 grid, drawn for this product.
export const icons = {
  work: 'M4 5h12v11H4zM7 3v4M13 3v4M7 11l2 2 4-4',
  entry: 'M3 4h14v12H3zM3 8h14M3 12h14M8 4v12',
  review: 'M5 3h7l3 3v11H5zM8 11l2 2 4-4',
  board: 'M4 16V9M9 16V4M14 16v-5M2 16.5h16',
  reports: 'M5 3h10v14H5zM8 7h4M8 10h4M8 13h2',
  plans: 'M10 3a7 7 0 1 0 0 14 7 7 0 0 0 0-14zM10 7a3 3 0 1 0 0 6 3 3 0 0 0 0-6zM10 10h.01',
  contradictions: 'M3 7h11l-3-3M17 13H6l3 3',
  admin: 'M10 7a3 3 0 1 0 0 6 3 3 0 0 0 0-6zM10 2v3M10 15v3M2 10h3M15 10h3M4.3 4.3l2.1 2.1M13.6 13.6l2.1 2.1M4.3 15.7l2.1-2.1M13.6 6.4l2.1-2.1',
  audit: 'M10 3a7 7 0 1 0 7 7M10 6v4l3 2M13 3.6A7 7 0 0 1 16.4 7',
  search: 'M9 4a5 5 0 1 0 0 10A5 5 0 0 0 9 4zM13 13l4 4',
  bell: 'M5 14V9a5 5 0 0 1 10 0v5l1 1H4zM8.5 17.5h3',
  person: 'M10 4a3 3 0 1 0 0 6 3 3 0 0 0 0-6zM4 17c0-3 3-5 6-5s6 2 6 5',
  more: 'M4 10h.01M10 10h.01M16 10h.01',
  comment: 'M3 4h14v9H9l-4 3v-3H3z',
  print: 'M6 7V3h8v4M6 14H3V7h14v7h-3M6 11h8v6H6z',
  download: 'M10 3v9M6.5 8.5L10 12l3.5-3.5M4 16h12',
  upload: 'M10 12V3M6.5 6.5L10 3l3.5 3.5M4 16h12',
  help: 'M7.5 7.5a2.5 2.5 0 1 1 3.6 2.2c-.8.4-1.1.9-1.1 1.8M10 14.5h.01M10 2.5a7.5 7.5 0 1 0 0 15 7.5 7.5 0 0 0 0-15z',
  undo: 'M7 4L3.5 7.5 7 11M4 7.5h8a4 4 0 0 1 0 8H8',
  redo: 'M13 4l3.5 3.5L13 11M16 7.5H8a4 4 0 0 0 0 8h4',
  line: 'M3 8.5a10 10 0 0 1 14 0M5.5 11.2a6.4 6.4 0 0 1 9 0M8 13.8a2.8 2.8 0 0 1 4 0M10 16.2h.01',
  no_line: 'M3 8.5A10 10 0 0 1 7 6.1M11 5.7a10 10 0 0 1 6 2.8M5.5 11.2a6.4 6.4 0 0 1 3-1.7M8 13.8a2.8 2.8 0 0 1 4 0M10 16.2h.01M4 3l12 14',
  right: 'M8 5l5 5-5 5',
  left: 'M12 5l-5 5 5 5',
} as const

export type IconName = keyof typeof icons
