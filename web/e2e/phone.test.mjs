// With one hand: a cell filled on a phone of 360 px, and the minister's board.

import assert from 'node:assert/strict'
import { ask, formOf, isUsable, openAs, PHONE, picture, settled, story, tell, until } from './browser.mjs'

story('a cell is filled on a phone', async (open) => {
  const page = await openAs(open, 'nhap.52', { size: PHONE })
  const { id } = await formOf(page, '52')
  await page.goto('/')
  await page.getByRole('link', { name: /^Nhập số liệu: .*tháng 7\/2024/ }).click()
  await page.waitForURL(`**/nhap-lieu/${id}*`)
  await page.locator('ol.cards > li').first().waitFor()
  assert.equal(await page.locator('table.grid').count(), 0, 'cards and no grid')
  await page.getByRole('tab', { name: /^Bưu chính/ }).click()
  const input = page.getByRole('textbox', { name: /^Doanh thu bưu chính, .*tháng 7\/2024$/ })
  await input.tap().catch(() => input.click())
  const { width, height } = await input.boundingBox()
  assert.ok(width >= 120 && height >= 40, `a finger finds it: ${width} × ${height}`)
  assert.equal(await input.getAttribute('inputmode'), 'decimal', 'the keyboard of numbers')
  await page.keyboard.type('63,4')
  await page.keyboard.press('Enter')
  await until('the cell', async () => (await ask(page, `/submissions/${id}`)).cells.find(({ cell }) => cell === 'BC/BC.DOANHTHU/this')?.value, (value) => value === '63.4')
  const card = page.locator('ol.cards > li').filter({ hasText: 'Doanh thu bưu chính' }).first()
  await card.getByText('23,6%').waitFor() // against 51,3 a year before
  await isUsable(page, 'the form on a phone')
  await picture(page, 'entry-phone')
  // Every place is named whole at the bottom, in the language of longer words too.
  await tell(page, 'PATCH', '/session', { lang: 'en' })
  await page.reload()
  await page.locator('.bottom').getByText('Measurement').waitFor()
  const cut = await page.locator('.bottom > *').evaluateAll((all) => all.filter((one) => one.scrollWidth > one.clientWidth || one.getBoundingClientRect().right > innerWidth).map((one) => one.innerText))
  assert.deepEqual(cut, [], 'names that are cut off')
  await picture(page, 'bottom-phone')
})

story('the minister’s board fits a phone', async (open) => {
  const page = await openAs(open, 'bo.lanhdao', { size: PHONE })
  await page.goto('/bang-dieu-hanh?unit=VN&period=2024-S1')
  await settled(page)
  const card = page.locator('.cards > li').filter({ hasText: 'Doanh thu toàn ngành' }).first()
  await card.getByText('2.067.389').waitFor()
  await card.getByText('27%').first().waitFor()
  await isUsable(page, 'the board on a phone')
  await picture(page, 'board-phone')
})
