// A form's spreadsheet as another program sees and changes it.

import assert from 'node:assert/strict'
import { unzip, zip } from './zip.mjs'

const text = (xml) => xml.replaceAll(/<[^>]*>/g, '').replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&quot;', '"').replaceAll('&amp;', '&')

/** Where each cell of the form stands: the sheets name their rows and columns where nobody looks. */
function places(parts) {
  const strings = [...parts.get('xl/sharedStrings.xml').matchAll(/<si>(.*?)<\/si>/gs)].map(([, one]) => text(one))
  const found = new Map()
  for (const [name, sheet] of parts) {
    if (!name.startsWith('xl/worksheets/sheet')) continue
    const cells = new Map([...sheet.matchAll(/<c r="([A-Z]+)(\d+)"[^>]*t="s"[^>]*><v>(\d+)<\/v>/g)].map(([, column, row, number]) => [`${column}${row}`, strings[Number(number)]]))
    if (cells.get('A1') !== 'quantrac:form') continue
    const columns = [...cells].filter(([place]) => /^[B-Z]+1$/.test(place)).map(([place, code]) => [place.slice(0, -1), code])
    for (const [place, key] of cells)
      if (/^A(?!1$)/.test(place)) for (const [column, code] of columns) found.set(`${key}/${code}`, { name, place: `${column}${place.slice(1)}` })
  }
  return found
}

/** The file with these cells as a spreadsheet program writes them. */
export function changed(bytes, cells) {
  const parts = unzip(bytes)
  const at = places(parts)
  for (const [key, value] of Object.entries(cells)) {
    const { name, place } = at.get(key)
    const content = typeof value === 'number' ? `><v>${value}</v>` : ` t="inlineStr"><is><t xml:space="preserve">${value}</t></is>`
    const before = parts.get(name)
    const after = before.replace(new RegExp(`<c r="${place}"( s="\\d+")[^>]*?(/>|>.*?</c>)`, 's'), `<c r="${place}"$1${content}</c>`)
    assert.ok(after !== before, `${key} is written at ${place}`)
    parts.set(name, after)
  }
  return zip(parts)
}

/** What stands in a cell that holds a number. */
export function numberIn(bytes, key) {
  const parts = unzip(bytes)
  const { name, place } = places(parts).get(key)
  return new RegExp(`<c r="${place}"[^>]*><v>([^<]*)</v>`).exec(parts.get(name))?.[1]
}

/** The file with words in place of the only cell that holds this number. */
export function words(bytes, number, said) {
  const parts = unzip(bytes)
  const cell = new RegExp(`(<c r="[A-Z]+\\d+"(?: s="\\d+")?)[^>]*><v>${number.replace('.', '\\.')}</v></c>`, 'g')
  const found = [...parts].flatMap(([name, part]) => [...part.matchAll(cell)].map(() => name))
  assert.deepEqual([...new Set(found)], found, `${number} stands once`)
  assert.equal(found.length, 1, `${number} stands once`)
  const [name] = found
  parts.set(name, parts.get(name).replace(cell, `$1 t="inlineStr"><is><t xml:space="preserve">${said}</t></is></c>`))
  return zip(parts)
}
