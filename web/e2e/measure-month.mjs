// What a month costs an officer: 120 number cells of one form filled by keyboard, by pasting and as a spreadsheet, in a real
// Chromium. The monthly form of departments has 90; the one that is filled here asks for the actual of the month before of
// every row, too, and is published first. Counted are keys and clicks in the product, until everything is saved; what a bare
// spreadsheet that says as much would have to hold is counted from the filled form. Printed as `case<tab>value<tab>unit`
// and, where something is beside it, its value; never asserted. `QUANTRAC_URL=… node e2e/measure-month.mjs`

import { chromium } from 'playwright-core'
import { changed } from './sheet.mjs'

const address = process.env.QUANTRAC_URL ?? 'http://127.0.0.1:8080'
/** A practised typist: five keys a second. */
const PACE_MS = Number(process.env.PACE_MS ?? 200)
const MOST = Number(process.env.CELLS ?? 120)
const FORM = 'DO-THANG'
const KIND = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'

const browser = await chromium.launch({ executablePath: process.env.QUANTRAC_CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu'] })
try {
  await published()
  const keyboard = await month('70', byKeyboard)
  const paste = await month('72', byPasting)
  const sheet = await month('75', asSpreadsheet)
  const cells = keyboard.cells
  const line = (...parts) => console.log(parts.join('\t'))
  line(`fields to fill, of ${cells} cells`, cells, 'fields', keyboard.bare)
  for (const [way, { keys, clicks, ms }] of [['by keyboard', keyboard], ['by pasting', paste], ['as a spreadsheet', sheet]]) {
    line(`${way}: keys and clicks`, keys + clicks, 'keys')
    line(`${way}: until all is saved, a key or click in ${PACE_MS} ms`, (ms / 1000).toFixed(1), 's')
  }
} finally {
  await browser.close()
}

/** Publishes the form of departments with both columns in every row, under a name of its own, once. */
async function published() {
  const { request } = await browser.newContext({ baseURL: address })
  const tell = async (method, path, data, refused = []) => {
    const answer = await request.fetch(`/api/v1${path}`, { method, data })
    if (!answer.ok() && !refused.includes(answer.status())) throw new Error(`${method} ${path}: ${await answer.text()}`)
    return answer.status() === 204 ? null : answer.json()
  }
  await tell('POST', '/session', { user: 'bo.quantri', password: 'quantrac-demo' })
  if ((await tell('GET', '/templates')).templates.some(({ code }) => code === FORM)) return
  const { template, saves } = await tell('POST', '/template-drafts', { code: 'SO-THANG' })
  await tell('DELETE', `/template-drafts/SO-THANG?saves=${saves}`)
  const sections = template.sections.filter(({ kind }) => kind === 'figures').map((section) => ({ ...section, rows: section.rows.map((row) => ({ ...row, settle_previous: true })) }))
  const begun = await tell('POST', '/template-drafts', { code: FORM })
  const draft = await tell('PUT', `/template-drafts/${FORM}`, { saves: begun.saves, template: { ...template, sections, checks: [], valid_from: '2024-07-01', name_vi: 'Biểu đo thao tác nhập', name_en: 'A form to measure entry with' } })
  await tell('POST', `/template-drafts/${FORM}/publish`, { saves: draft.saves, reason: 'Biểu chỉ dùng để đo thao tác nhập' })
}

/** One body's form of July, filled one way. */
async function month(body, fill) {
  const context = await browser.newContext({ baseURL: address, viewport: { width: 1440, height: 900 }, locale: 'vi-VN', reducedMotion: 'reduce', serviceWorkers: 'block' })
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  await context.request.post('/api/v1/session', { data: { user: `nhap.${body}`, password: 'quantrac-demo' } })
  const tell = async (method, path, data) => (await context.request.fetch(`/api/v1${path}`, { method, data })).json()
  const { id } = await tell('POST', '/submissions', { template: FORM, body, period: '2024-07' })
  const form = await tell('GET', `/submissions/${id}`)
  // Last month again: numbers as long as those that are really typed.
  const known = new Map(form.computed.map(({ row, previous }) => [row, previous.value]))
  const all = form.template_def.sections.flatMap((section) =>
    section.rows.flatMap((row) => {
      const key = `${section.id}/${row.indicator}${row.breakdown ? `[${row.breakdown}]` : ''}`
      return (row.settle_previous ? ['previous', 'this'] : ['this']).map((column) => ({ section: section.id, cell: `${key}/${column}`, column, value: known.get(key) ?? '1' }))
    }),
  )
  const cells = all.slice(0, MOST)
  const before = form.cells.filter(({ cell }) => cells.some((one) => one.cell === cell))
  if (before.length) await tell('PATCH', `/submissions/${id}/cells`, { cells: before.map(({ cell, version }) => ({ cell, text: '', version })) })

  const page = await context.newPage()
  const first = cells[0].section
  await page.goto(`/nhap-lieu/${id}?phan=${first}`)
  await page.locator('input[data-cell]').first().waitFor()
  await page.waitForLoadState('networkidle')
  const counted = { keys: 0, clicks: 0 }
  const hands = {
    page,
    context,
    id,
    async press(...keys) {
      for (const key of keys) {
        await page.keyboard.press(key)
        counted.keys += key.split('+').length
        await page.waitForTimeout(PACE_MS)
      }
    },
    async type(text) {
      for (const letter of text) await hands.press(letter)
    },
    async click(what) {
      await what.click()
      counted.clicks += 1
      await page.waitForTimeout(PACE_MS)
    },
    /** To a cell a little before. */
    async back(cell) {
      for (let steps = 0; (await hands.focused()) !== cell; steps++) {
        if (steps > 6) throw new Error(`at ${await hands.focused()}, and not at ${cell}`)
        await hands.press('Shift+Tab')
      }
    },
    focused: () => page.evaluate(() => document.activeElement?.dataset?.cell ?? null),
  }
  const from = Date.now()
  await fill(hands, cells)
  const wanted = new Map(cells.map(({ cell, value }) => [cell, value]))
  for (;;) {
    const held = new Map((await tell('GET', `/submissions/${id}`)).cells.map(({ cell, value }) => [cell, value]))
    const missing = [...wanted].filter(([cell, value]) => held.get(cell) !== value)
    if (missing.length === 0) break
    if (Date.now() - from > 600_000) throw new Error(`not saved: ${JSON.stringify(missing.slice(0, 5))}`)
    await page.waitForTimeout(50)
  }
  const ms = Date.now() - from
  const bare = fill === byKeyboard ? await fields(page, cells) : 0
  await context.close()
  return { ...counted, ms, cells: cells.length, bare }
}

/** From cell to cell with Tab, and on to the next section with “next empty cell”. */
async function byKeyboard({ press, type, back, page, focused }, cells) {
  await page.locator(`input[data-cell="${cells[0].cell}"]`).focus()
  for (const [at, { cell, section, value }] of cells.entries()) {
    if (at > 0 && section !== cells[at - 1].section) {
      await press('Control+ArrowDown')
      // It goes to the first cell that must be filled; the actual of the period before stands to its left.
      await back(cell)
    }
    if ((await focused()) !== cell) throw new Error(`at ${await focused()} instead of ${cell}`)
    await type(value.replace('.', ','))
    const next = cells[at + 1]
    await press(next && next.section === section ? 'Tab' : 'Enter')
  }
}

/** A block for each column of each section, copied from wherever it stands; rows that do not ask for it are empty in it. */
async function byPasting({ press, click, page }, cells) {
  const rowOf = ({ cell }) => cell.replace(/\/[a-z]+$/, '')
  for (const [at, section] of groups(cells, (one) => one.section).entries()) {
    if (at > 0) await click(page.locator(`#tab-${section[0].section}`))
    const rows = groups(section, rowOf).map(([first]) => rowOf(first))
    for (const column of groups(section, (one) => one.column)) {
      const from = rows.indexOf(rowOf(column[0]))
      const block = rows.slice(from).map((row) => column.find((one) => rowOf(one) === row)?.value.replace('.', ',') ?? '')
      await page.evaluate((text) => navigator.clipboard.writeText(text), block.join('\n'))
      await click(page.locator(`input[data-cell="${column[0].cell}"]`))
      await press('Control+v')
      await page.locator('dialog[open]').waitFor()
      // A block that can be read in two ways is asked about.
      const format = page.locator('dialog[open] input[type="radio"][value="vi"]')
      if ((await format.count()) > 0 && !(await format.isChecked())) await click(format)
      await click(page.locator('dialog[open] footer button').last())
      await page.locator('dialog[open]').waitFor({ state: 'detached' })
    }
  }
}

/** In the order in which they come. */
function groups(all, of) {
  const found = new Map()
  for (const one of all) found.set(of(one), [...(found.get(of(one)) ?? []), one])
  return [...found.values()]
}

/** Downloaded, filled by another program, uploaded, looked at and saved. */
async function asSpreadsheet({ click, page, context, id }, cells) {
  const [download] = await Promise.all([page.waitForEvent('download'), click(page.getByRole('button', { name: 'Tải biểu Excel' }))])
  await download.path()
  const bytes = await (await context.request.get(`/api/v1/submissions/${id}/form.xlsx`)).body()
  const filled = changed(bytes, Object.fromEntries(cells.map(({ cell, value }) => [cell, Number(value)])))
  await click(page.getByRole('button', { name: 'Nộp biểu Excel' }))
  const dialog = page.getByRole('dialog', { name: 'Nộp biểu Excel' })
  const [chooser] = await Promise.all([page.waitForEvent('filechooser'), click(dialog.getByRole('button', { name: /^Chọn tệp/ }))])
  await chooser.setFiles({ name: 'thang-7.xlsx', mimeType: KIND, buffer: filled })
  await click(dialog.getByRole('button', { name: /^Lưu/ }))
}

/** Everything that a spreadsheet has to hold to say the same: code, name, unit, the numbers, and what follows from them. */
async function fields(page, cells) {
  let count = 0
  for (const section of new Set(cells.map(({ section }) => section))) {
    await page.locator(`#tab-${section}`).click()
    await page.locator(`[data-cell^="${section}/"]`).first().waitFor()
    await page.waitForTimeout(300)
    count += await page.evaluate(
      (known) =>
        [...document.querySelectorAll('table tbody tr')]
          .filter((row) => [...row.querySelectorAll('[data-cell]')].some((input) => known.includes(input.dataset.cell)))
          .flatMap((row) => [...row.cells])
          .filter((cell) => cell.querySelector('input') || cell.textContent.trim() !== '').length,
      cells.map(({ cell }) => cell),
    )
  }
  return count
}
