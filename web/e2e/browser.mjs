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
  test(name, { timeout: 240_000 }, async () => {
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
      })
      contexts.push(context)
      context.setDefaultTimeout(15_000)
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

/** Asks the API as the person who is signed in on this page. */
export async function ask(page, path) {
  const answer = await page.context().request.get(`/api/v1${path}`)
  assert.equal(answer.status(), 200, `${path}: ${await answer.text()}`)
  return answer.json()
}

/** Nothing a screen reader or a keyboard stumbles over, and nothing wider than the window. */
export async function isUsable(page, where) {
  await page.waitForLoadState('networkidle')
  const { violations } = await new AxeBuilder({ page })
    .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'])
    .analyze()
  const found = violations.map(({ id, help, nodes }) => `${id}: ${help}\n    ${nodes.map((node) => node.target.join(' ')).slice(0, 5).join('\n    ')}`)
  assert.deepEqual(found, [], `${where}: accessibility`)
  const { needed, given } = await page.evaluate(() => ({
    needed: document.documentElement.scrollWidth,
    given: document.documentElement.clientWidth,
  }))
  assert.ok(needed <= given, `${where}: needs ${needed} px and has ${given}`)
}

/** A picture of the whole page in the folder QUANTRAC_PICTURES, when that is set. */
export async function picture(page, name) {
  const folder = process.env.QUANTRAC_PICTURES
  if (!folder) return
  mkdirSync(folder, { recursive: true })
  await page.screenshot({ path: join(folder, `${name.replaceAll(/[^\p{L}\p{N}.-]+/gu, '-')}.png`), fullPage: true })
}
