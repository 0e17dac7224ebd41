// How fast the grid is on a machine a quarter as fast: a pasted block of 408 cells, and scrolling through 3,000.
// Printed, never asserted: `QUANTRAC_URL=http://127.0.0.1:8080 node e2e/measure-grid.mjs` beside a running demonstration.
// The form is a real one whose section is made longer on its way to the page; what is saved is answered here.

import { readFileSync } from 'node:fs'
import { chromium } from 'playwright-core'

const address = process.env.QUANTRAC_URL ?? 'http://127.0.0.1:8080'
const SLOWER = Number(process.env.SLOWER ?? 4)
const TIMES = 9

const browser = await chromium.launch({ executablePath: process.env.QUANTRAC_CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu'] })
try {
  await pasting()
  if (!process.env.ONLY_PASTING) await scrolling()
} finally {
  await browser.close()
}

/** A form whose first section has so many rows, of two cells each. */
async function open(rows) {
  const context = await browser.newContext({ baseURL: address, viewport: { width: 1440, height: 900 }, locale: 'vi-VN', reducedMotion: 'reduce', serviceWorkers: 'block' })
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  await context.request.post('/api/v1/session', { data: { user: 'nhap.86', password: 'quantrac-demo' } })
  const { id } = await (await context.request.post('/api/v1/submissions', { data: { template: 'SO-THANG', body: '86', period: '2024-07' } })).json()
  const page = await context.newPage()
  const versions = new Map()
  const kept = new Map()
  await page.route(`**/api/v1/submissions/${id}`, async (route) => {
    const answer = await route.fetch()
    const form = await answer.json()
    const section = form.template_def.sections[0]
    const [sample] = section.rows
    const follows = form.computed.find(({ row }) => row === `${section.id}/${sample.indicator}`)
    section.rows = Array.from({ length: rows }, (_, at) => ({ ...sample, indicator: `TN.D${at}`, name_vi: `Doanh thu toàn ngành, dòng ${at + 1}`, settle_previous: true }))
    form.computed = section.rows.map(({ indicator }) => ({ ...follows, row: `${section.id}/${indicator}` }))
    form.cells = [...kept.values()]
    form.findings = []
    await route.fulfill({ response: answer, json: form })
  })
  await page.route(`**/api/v1/submissions/${id}/cells*`, async (route) => {
    const { cells = [] } = route.request().method() === 'PATCH' ? route.request().postDataJSON() : {}
    const saved = cells.map(({ cell, value = null, absent = null, text, comment = null }) => {
      versions.set(cell, (versions.get(cell) ?? 0) + 1)
      return { cell, value: text === '' ? null : value, absent, text: null, comment, version: versions.get(cell), by: null, at: null }
    })
    for (const cell of saved) kept.set(cell.cell, cell)
    await route.fulfill({ json: { cells: saved, computed: [], findings: [], filled: 0, cursor: 0, state: 'draft' } })
  })
  await page.goto(`/nhap-lieu/${id}?phan=TN`)
  await page.locator('input[data-cell]').first().waitFor()
  await page.waitForLoadState('networkidle')
  const devtools = await context.newCDPSession(page)
  await devtools.send('Emulation.setCPUThrottlingRate', { rate: SLOWER })
  const { processInfo } = await (await browser.newBrowserCDPSession()).send('SystemInfo.getProcessInfo')
  // The page that was opened last is the renderer that has worked most.
  const renderer = processInfo.filter(({ type }) => type === 'renderer').sort((a, b) => b.cpuTime - a.cpuTime)[0]
  return { page, busy_ms: () => busy_ms(renderer.id) }
}

/** How long the page's own thread has run; unlike the clock it does not count what else the machine does. */
function busy_ms(process) {
  return Number(readFileSync(`/proc/${process}/schedstat`, 'utf8').split(' ')[0]) / 1e6
}

async function pasting() {
  const rows = 204
  const { page, busy_ms } = await open(rows)
  // From an event to the frame that shows what it did.
  await page.evaluate(() => {
    globalThis.shown = {}
    for (const name of ['paste', 'click', 'keydown']) {
      addEventListener(name, (event) => {
        // Ctrl itself does nothing.
        if (event.key === 'Control') return
        const from = event.timeStamp
        requestAnimationFrame(() => {
          const { port1, port2 } = new MessageChannel()
          port1.onmessage = () => (shown[name] = { ms: performance.now() - from, dialog: !!document.querySelector('dialog[open]'), empty: [...document.querySelectorAll('input[data-cell]')].filter((input) => input.value === '').length, drawn: document.querySelectorAll('input[data-cell]').length })
          port2.postMessage(0)
        })
      }, { capture: true })
    }
  })
  const timings = { preview: [], entered: [], undone: [] }
  const busy = { preview: [], entered: [], undone: [] }
  const measure = async (what, event, act) => {
    await page.evaluate(() => (shown = {}))
    const before = busy_ms()
    await act()
    const done = await page.waitForFunction((event) => shown[event], event, { polling: 20 })
    busy[what].push(busy_ms() - before)
    const result = await done.jsonValue()
    timings[what].push(result.ms)
    return result
  }
  for (let time = 0; time < TIMES; time++) {
    const block = Array.from({ length: rows }, (_, row) => `${row + 1}.${String(time * 7 + 100)},5\t${row + 2}.345,6`).join('\n')
    await page.evaluate((text) => navigator.clipboard.writeText(text), block)
    await page.locator('input[data-cell]').first().focus()
    const preview = await measure('preview', 'paste', () => page.keyboard.press('Control+v'))
    if (!preview.dialog) throw new Error('the preview was not there')
    await page.waitForTimeout(800)
    const button = await page.locator('dialog[open] footer button').last().boundingBox()
    const entered = await measure('entered', 'click', () => page.mouse.click(button.x + 20, button.y + 10))
    if (entered.empty > 0) throw new Error(`${entered.empty} of ${entered.drawn} cells did not show their number`)
    await page.waitForTimeout(1500)
    const undone = await measure('undone', 'keydown', () => page.keyboard.press('Control+z'))
    if (undone.empty !== undone.drawn) throw new Error(`${undone.drawn - undone.empty} of ${undone.drawn} cells still showed a number`)
    await page.waitForTimeout(1500)
  }
  console.log(`a block of ${rows * 2} cells, CPU ${SLOWER}× slower, ${TIMES} times, from the key to the frame that shows it`)
  for (const [what, all] of Object.entries(timings)) console.log(`  ${what.padEnd(8)} median ${middle(all)} ms, least ${Math.round(Math.min(...all))} ms (${all.map(Math.round).join(' ')}); of which the page’s thread ran ${middle(busy[what])} ms, least ${Math.round(Math.min(...busy[what]))} ms`)
  await page.unrouteAll({ behavior: 'ignoreErrors' })
  await page.context().close()
}

async function scrolling() {
  const rows = 1500
  const [step_px, steps] = [50, 240]
  const { page, busy_ms } = await open(rows)
  await page.waitForTimeout(2000)
  const busy = busy_ms()
  // 3,000 px a second at 60 frames a second; the clock tells what the machine managed, the thread what the page needs.
  const gaps = await page.evaluate(
    async ({ step_px, steps }) => {
      const scroll = document.querySelector('.scroll')
      const gaps = []
      let before = await new Promise(requestAnimationFrame)
      for (let step = 0; step < steps; step++) {
        scroll.scrollTop += step_px
        const now = await new Promise(requestAnimationFrame)
        gaps.push(now - before)
        before = now
      }
      return gaps
    },
    { step_px, steps },
  )
  const ran = (busy_ms() - busy) / steps
  const seconds = gaps.reduce((sum, gap) => sum + gap, 0) / 1000
  console.log(`scrolling ${step_px * steps} px through ${rows * 2} cells, CPU ${SLOWER}× slower: ${(steps / seconds).toFixed(1)} frames a second, median frame ${middle(gaps)} ms; the page’s thread ran ${ran.toFixed(1)} ms a frame`)
  await page.unrouteAll({ behavior: 'ignoreErrors' })
  await page.context().close()
}

function middle(all) {
  return Math.round([...all].sort((a, b) => a - b)[Math.floor(all.length / 2)])
}
