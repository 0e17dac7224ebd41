// Finds "Đà Nẵng" for "da nang": marks dropped, đ read as d; what matches with its marks comes first.

export function fold(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').replace(/[đĐ]/g, 'd').toLowerCase().trim()
}

/** How well a text answers: 0 not at all; higher is better. Every word asked must be there. */
export function rank(text: string, asked: string): number {
  const folded = fold(text)
  const words = fold(asked).split(/\s+/).filter(Boolean)
  if (words.length === 0 || !words.every((word) => folded.includes(word))) return 0
  const exact = text.normalize('NFC').toLowerCase().includes(asked.normalize('NFC').trim().toLowerCase())
  return 1 + (exact ? 4 : 0) + (folded.startsWith(words[0] ?? '') ? 2 : 0)
}
