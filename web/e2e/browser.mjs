// What every browser test needs: a page in Debian's Chromium that keeps an eye on itself.
//
// A page whose script fails, that a screen reader stumbles over, or that is wider than a phone is a failure in
// whatever story it happens, so these are watched here and not asked for in each test.

import assert from 'node:assert/strict'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import AxeBuilder from '@axe-core/playwright'
import { chromium } from 'playwright-core'

/** Where the server is; `cargo xtask test browser` starts one and says so. */
export const address = process.env.QUANTRAC_URL ?? 'http://127.0.0.1:8080'

/** Every account of the demonstration has it, and none anywhere else. */
export const PASSWORD = 'quantrac-demo'

const PATIENCE_MS = 60_000

export const PHONE = { width: 360, height: 740 }
export const DESK = { width: 1440, height: 900 }

let browser

before(async () => {
  browser = await chromium.launch({
    executablePath: process.env.QUANTRAC_CHROMIUM ?? '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  })
})

after(() => browser?.close())

/** One story in the browser; `body` gets a function that opens pages, each with cookies of its own. */
export function story(name, body) {
  test(name, { timeout: 300_000 }, async () => {
    const contexts = []
    const troubles = []
    const open = async (options = {}) => {
      const context = await browser.newContext({
        baseURL: address,
        viewport: options.size ?? DESK,
        locale: options.locale ?? 'vi-VN',
        timezoneId: 'Asia/Ho_Chi_Minh',
        colorScheme: options.colours ?? 'light',
        reducedMotion: 'reduce',
        // Only stories about it let the service worker in: to the others it would bring every file anew.
        serviceWorkers: options.worker ? 'allow' : 'block',
      })
      contexts.push(context)
      // The first question about an indicator makes the server read its history; a machine that builds meanwhile is slow at it.
      context.setDefaultTimeout(PATIENCE_MS)
      await context.grantPermissions(['clipboard-read', 'clipboard-write'])
      const page = await context.newPage()
      page.on('pageerror', (error) => troubles.push(`${page.url()}: ${error.message}`))
      page.on('response', (answer) => {
        if (answer.status() >= 500) troubles.push(`${answer.status()} ${answer.url()}`)
      })
      return page
    }
    try {
      await body(open)
      assert.deepEqual(troubles, [], 'scripts and answers without errors')
    } catch (error) {
      for (const [number, context] of contexts.entries()) {
        for (const page of context.pages()) await picture(page, `failed-${number}-${name}`).catch(() => {})
      }
      if (troubles.length) error.message += `\n${troubles.join('\n')}`
      throw error
    } finally {
      for (const context of contexts) await context.close()
    }
  })
}

/** Signs in as a person does. */
export async function signInByForm(page, user, password = PASSWORD) {
  await page.goto('/dang-nhap')
  await page.locator('input[autocomplete="username"]').fill(user)
  await page.locator('input[autocomplete="current-password"]').fill(password)
  await page.locator('form button[type="submit"]').click()
}

/** Signs in without the page, where signing in is not the story. */
export async function signIn(page, user, password = PASSWORD) {
  const answer = await page.context().request.post('/api/v1/session', { data: { user, password } })
  assert.equal(answer.status(), 200, `signing in as ${user}: ${await answer.text()}`)
}

/** A page on which a person is signed in, with cookies of its own. */
export async function openAs(open, user, options) {
  const page = await open(options)
  await signIn(page, user)
  return page
}

/** Does something through the API, where doing it on a page is not the story. */
export async function tell(page, method, path, data) {
  const answer = await page.context().request.fetch(`/api/v1${path}`, { method, data })
  assert.ok(answer.ok(), `${method} ${path}: ${answer.status()} ${await answer.text()}`)
  return answer.status() === 204 ? null : answer.json()
}

/** Asks the API as the person who is signed in on this page. */
export async function ask(page, path) {
  const answer = await page.context().request.get(`/api/v1${path}`)
  assert.equal(answer.status(), 200, `${path}: ${await answer.text()}`)
  return answer.json()
}

/** The monthly form of a body, begun if it is not. */
export function formOf(page, body, period = '2024-07', template = 'SO-THANG') {
  return tell(page, 'POST', '/submissions', { template, body, period })
}

/** A number of the record as it is written in Vietnamese: `1234.5` is `1.234,5`. */
export function vietnamese(value) {
  const [whole, rest] = value.split('.')
  const grouped = whole.replaceAll(/\B(?=(\d{3})+$)/g, '.')
  return rest === undefined ? grouped : `${grouped},${rest}`
}

/** Waits until an answer is as it should be; fails with what it was last. */
export async function until(what, answer, holds, limit_ms = PATIENCE_MS) {
  const deadline = Date.now() + limit_ms
  for (;;) {
    const last = await answer()
    if (holds(last)) return last
    if (Date.now() > deadline) assert.fail(`${what}: still ${JSON.stringify(last)} after ${limit_ms / 1000} s`)
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}

/** Nothing a screen reader or a keyboard stumbles over, and nothing wider than the window. */
export async function isUsable(page, where) {
  await isAccessible(page, where)
  await fits(page, where)
}

/** Nothing a screen reader or a keyboard stumbles over. */
export async function isAccessible(page, where) {
  await settled(page)
  // What the top bar covers in passing is no fault of what is under it.
  const scrolled = await page.evaluate(() => {
    const { scrollY } = window
    window.scrollTo(0, 0)
    return scrollY
  })
  const { violations } = await new AxeBuilder({ page })
    // The rows of a long table are alike, and one rule compares every control with every other.
    .exclude('tbody > tr:nth-child(n + 7)')
    .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'])
    .analyze()
  await page.evaluate((top) => window.scrollTo(0, top), scrolled)
  const found = violations.map(({ id, help, nodes }) => `${id}: ${help}\n    ${nodes.map((node) => node.target.join(' ')).slice(0, 5).join('\n    ')}`)
  assert.deepEqual(found, [], `${where}: accessibility`)
}

/** What was asked has been answered and stands on the page. */
export async function settled(page) {
  await page.waitForLoadState('networkidle')
  await page.waitForFunction(() => document.querySelector('h1') && !document.querySelector('.skeleton, .ghost[role="status"]'))
}

/** Nothing wider than the window, once the page has followed a change of its size. */
export async function fits(page, where) {
  const widths = () => page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth])
  await until(`${where}: the width that is needed and that is there`, widths, ([needed, given]) => needed <= given, 5_000)
}

/** A picture of the whole page in the folder QUANTRAC_PICTURES, when that is set. Taking it takes the focus away. */
export async function picture(page, name) {
  const folder = process.env.QUANTRAC_PICTURES
  if (!folder) return
  mkdirSync(folder, { recursive: true })
  await page.screenshot({ path: join(folder, `${name.replaceAll(/[^\p{L}\p{N}.-]+/gu, '-')}.png`), fullPage: true })
}
