// What is due on which day: a month, a list, a phone, the keyboard, and the file for other calendars.

import assert from 'node:assert/strict'
import { formOf, isUsable, openAs, PHONE, picture, settled, story, tell } from './browser.mjs'

story('an officer sees what is due this month, moves over the days, and comes to the form', async (open) => {
  const page = await openAs(open, 'nhap.52')
  const { id } = await formOf(page, '52')
  await page.goto('/')
  await page.getByRole('main').getByRole('link', { name: 'Lịch báo cáo' }).click()
  await page.getByRole('heading', { name: 'tháng 8/2024' }).waitFor()
  const eighth = page.locator('td', { has: page.locator('#day-2024-08-08') })
  await eighth.getByText('tháng 7/2024', { exact: false }).waitFor()
  await isUsable(page, 'the calendar of a body')
  await picture(page, 'calendar')

  // On Monday morning the week was told to everybody whom it concerns, once.
  await page.getByRole('button', { name: /^Thông báo/ }).click()
  const digest = page.getByText(/^Tuần 5\/8\/2024 – 9\/8\/2024: 1 biểu đến hạn/)
  await digest.first().waitFor()
  assert.equal(await digest.count(), 1)
  await picture(page, 'digest-notice')
  await page.keyboard.press('Escape')

  await page.locator('#day-2024-08-05').focus()
  for (const key of ['ArrowRight', 'ArrowRight', 'ArrowRight']) await page.keyboard.press(key)
  assert.match(await page.evaluate(() => document.activeElement.getAttribute('aria-label')), /8\/8\/2024, 1 biểu đến hạn/)
  await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  await page.waitForURL(new RegExp(`/nhap-lieu/${id}$`))

  // Tết is shown by its name, months are in the address.
  await page.goto('/lich?thang=2024-02')
  await page.getByText('Tết Nguyên đán').first().waitFor()
  await picture(page, 'calendar-tet')
  await page.getByRole('button', { name: 'Danh sách' }).click()
  await page.waitForURL(/xem=danh-sach/)
  await isUsable(page, 'the calendar as a list')
  await page.getByRole('button', { name: 'Tháng sau' }).press('Enter')
  await page.waitForURL(/thang=2024-03/)

  const file = await page.context().request.get('/api/v1/calendar.ics')
  assert.equal(file.headers()['content-type'], 'text/calendar; charset=utf-8')
  assert.match(await file.text(), /UID:SO-THANG\.2024-07\.52@quantrac\r\n/)
})

story('on a phone the calendar is a list; the ministry sees how many have sent theirs, in English too', async (open) => {
  const page = await openAs(open, 'bo.duyet', { size: PHONE })
  await page.goto('/lich')
  const list = page.locator('.list')
  await list.getByText('/63 đơn vị đã gửi', { exact: false }).first().waitFor()
  assert.equal(await page.locator('table').isVisible(), false)
  await isUsable(page, 'the calendar on a phone')
  await picture(page, 'calendar-phone')
  await tell(page, 'PATCH', '/session', { lang: 'en' })
  await page.reload()
  await list.getByText('of 63 bodies have sent theirs', { exact: false }).first().waitFor()
  await isUsable(page, 'the calendar on a phone in English')
  await list.getByRole('link', { name: 'Monthly statistical report of departments' }).first().click()
  await page.waitForURL(/\/duyet\?template=SO-THANG/)
  await settled(page)
})
