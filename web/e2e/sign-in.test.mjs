// Nothing is seen before signing in, and signing in works by keyboard and on a phone.

import assert from 'node:assert/strict'
import { DESK, PHONE, isUsable, picture, signInByForm, story } from './browser.mjs'

for (const [device, size] of [['desk', DESK], ['phone', PHONE]]) {
  for (const locale of ['vi-VN', 'en-GB']) {
    story(`the sign-in page is usable on a ${device} in ${locale}`, async (open) => {
      const page = await open({ size, locale })
      await page.goto('/')
      await page.waitForURL('**/dang-nhap**')
      await page.locator('input[autocomplete="username"]').waitFor()
      await isUsable(page, 'sign-in')
      await picture(page, `sign-in-${device}-${locale}`)
    })
  }
}

story('a wrong password is refused beside the form and keeps the name', async (open) => {
  const page = await open()
  await signInByForm(page, 'nhap.52', 'wrong')
  await page.getByRole('alert').waitFor()
  assert.equal(await page.locator('input[autocomplete="username"]').inputValue(), 'nhap.52')
  await isUsable(page, 'a refused sign-in')
})

story('an officer signs in and sees what is to be done', async (open) => {
  const page = await open()
  await signInByForm(page, 'nhap.52')
  await page.waitForURL((url) => url.pathname === '/')
  await page.getByRole('heading', { level: 1 }).waitFor()
  await isUsable(page, 'my work')
  await picture(page, 'my-work')
})
