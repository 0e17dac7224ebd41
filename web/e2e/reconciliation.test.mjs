// Reported against measured: a minister reads it, a reviewer asks, the body explains and corrects, the reviewer closes.

import assert from 'node:assert/strict'
import { ask, fits, isUsable, openAs, PHONE, picture, settled, story, tell, vietnamese } from './browser.mjs'

const SHARE = 'CDS.DAN_DUNG_DVC_TT_TYLE'

story('a minister reads in a sentence, a picture and a table what was reported and what is measured', async (open) => {
  const page = await openAs(open, 'bo.lanhdao')
  const answer = await ask(page, `/reconciliation?period=2024-06&indicator=${SHARE}`)
  const group = answer.rows.find(({ unit }) => unit === '@provinces')
  assert.match(group.reported.value, /^30/)
  assert.match(group.measured.value, /^17/)
  await page.goto('/do-luong')
  await settled(page)
  await page.getByText(`các tỉnh báo cáo ${vietnamese(group.reported.value)}%, đo trực tuyến đạt ${vietnamese(group.measured.value)}%`, { exact: false }).first().waitFor()
  const all = answer.agreements.find(({ indicator, unit }) => indicator === SHARE && unit === null)
  await page.getByText(`${all.agree + all.higher + all.lower}/63 đơn vị đủ căn cứ so sánh`, { exact: false }).waitFor()
  assert.ok(all.agree > 0 && all.higher > 0 && all.not_comparable > 0, JSON.stringify(all))
  await isUsable(page, 'reported against measured')
  await picture(page, 'reconciliation')

  // By the keyboard: a filter, then a row and what is behind it; the address has both.
  await page.getByRole('combobox', { name: /^Kết quả/ }).focus()
  await page.keyboard.press('Tab')
  await page.keyboard.type('binh dinh')
  const row = page.getByRole('button', { name: 'Xem chi tiết: Bình Định' })
  await row.waitFor()
  assert.equal(await page.locator('tbody tr').count(), 1)
  await row.focus()
  await page.keyboard.press('Enter')
  await page.getByRole('link', { name: 'Mở số báo cáo' }).waitFor()
  await isUsable(page, 'a row that is open')
  await picture(page, 'reconciliation-row')
  const address = new URL(page.url())
  assert.deepEqual([address.searchParams.get('tim'), address.searchParams.get('mo')], ['binh dinh', `${SHARE}|52|2024-06`])
  await page.reload()
  await page.getByRole('link', { name: 'Mở số đo và lịch sử' }).click()
  await settled(page)
  assert.equal(new URL(page.url()).searchParams.get('unit'), '52')

  // What was published of the half-year stands as it was said; another definition is not compared; July is running.
  await page.goto('/doi-chieu?ky=2024-S1')
  await page.getByText('các tỉnh báo cáo trên 30%, đo trực tuyến đạt 17%', { exact: false }).first().waitFor()
  await page.goto('/doi-chieu?ky=2024-06&chi-tieu=CDS.LGSP_GIAODICH')
  await page.getByText('hai cách tính khác nhau').first().waitFor()
  await page.goto('/doi-chieu?ky=2024-07&chi-tieu=CDS.HOSO_TT')
  await page.getByText('Kỳ này còn đang nhập', { exact: false }).waitFor()

  await page.goto('/doi-chieu/don-vi/52')
  await settled(page)
  await page.getByRole('heading', { name: 'Đối chiếu: Bình Định' }).waitFor()
  await isUsable(page, 'the agreement of one unit')
  await picture(page, 'reconciliation-unit')

  await tell(page, 'PATCH', '/session', { lang: 'en' })
  await page.setViewportSize(PHONE)
  for (const [name, path] of [['table', '/doi-chieu'], ['row', `/doi-chieu?mo=${SHARE}%7C52%7C2024-06&tim=binh`], ['unit', '/doi-chieu/don-vi/52']]) {
    await page.goto(path)
    await settled(page)
    await isUsable(page, `${path} on a phone in English`)
    await picture(page, `reconciliation-phone-${name}`)
  }
})

story('a difference is asked about, explained by the body, corrected and closed', async (open) => {
  const reviewer = await openAs(open, 'bo.duyet.cds')
  const { rows } = await ask(reviewer, '/completeness?template=SO-THANG&period=2024-07')
  const body = rows.find(({ state }) => state === 'closed').body
  await reviewer.goto('/doi-chieu?ky=2024-07&chi-tieu=CDS.HOSO_TT&ket-qua=reported_higher')
  await reviewer.getByRole('button', { name: /^Xem chi tiết: / }).press('Enter')
  await reviewer.getByRole('button', { name: 'Yêu cầu giải trình' }).press('Enter')
  const dialog = reviewer.getByRole('dialog')
  await dialog.getByRole('button', { name: 'Yêu cầu giải trình' }).press('Enter')
  await dialog.getByText('Hãy điền mục này.').waitFor()
  await dialog.getByLabel('Nội dung').fill('Số đo trên cổng thấp hơn nhiều. Đề nghị giải trình.')
  await dialog.getByLabel('Hạn giải trình (ngày)').fill('2024-08-10')
  await dialog.getByRole('button', { name: 'Yêu cầu giải trình' }).press('Enter')
  await dialog.getByText('Ngày làm việc tiếp theo là 12/8/2024', { exact: false }).waitFor()
  await isUsable(reviewer, 'asking for an explanation')
  await picture(reviewer, 'explanation-ask')
  await dialog.getByLabel('Hạn giải trình (ngày)').fill('2024-08-12')
  await dialog.getByRole('button', { name: 'Yêu cầu giải trình' }).press('Enter')
  await reviewer.getByRole('link', { name: /^Chờ đơn vị giải trình: / }).waitFor()

  // The body: whoever enters prepares, from what waits for them; the head sends it and corrects the number.
  const enterer = await openAs(open, `nhap.${body}`)
  await enterer.goto('/')
  await settled(enterer)
  await enterer.getByRole('link', { name: /^Giải trình: Số hồ sơ nộp trực tuyến/ }).first().press('Enter')
  await enterer.getByRole('heading', { name: 'Dự thảo giải trình' }).waitFor()
  await enterer.getByLabel('Nguyên nhân chênh lệch').selectOption('timing')
  await enterer.getByLabel('Số báo cáo', { exact: true }).selectOption('correction')
  await enterer.getByLabel('Nội dung').fill('Đã đếm cả hồ sơ nộp trong tháng 8.')
  await enterer.getByRole('button', { name: 'Lưu dự thảo' }).press('Enter')
  await enterer.getByText('✓ Đã lưu dự thảo.').waitFor()
  await isUsable(enterer, 'a draft of an explanation')
  await picture(enterer, 'explanation-draft')
  const thread = new URL(enterer.url()).pathname

  const head = await openAs(open, `ky.${body}`)
  await head.goto(thread)
  await settled(head)
  assert.equal(await head.getByLabel('Nội dung').inputValue(), 'Đã đếm cả hồ sơ nộp trong tháng 8.')
  const { measured } = (await ask(head, `/reconciliation?indicator=CDS.HOSO_TT&unit=${body}&period=2024-07`)).rows[0]
  await head.getByLabel('Số đúng của “Số hồ sơ nộp trực tuyến”').fill(vietnamese(measured.value))
  await head.getByLabel('Lý do đính chính').fill('Bỏ hồ sơ của tháng 8')
  await head.getByRole('button', { name: 'Đính chính', exact: true }).press('Enter')
  await head.getByText('✓ Đã đính chính.').waitFor()
  await head.locator('section.top').getByText('Khớp').waitFor()
  await head.getByRole('button', { name: 'Gửi giải trình' }).press('Enter')
  await head.getByText('✓ Đã gửi.').waitFor()
  await isUsable(head, 'an explanation that was sent')
  await picture(head, 'explanation-sent')

  // To another body there is nothing here.
  const other = await openAs(open, 'nhap.52')
  await other.goto(thread)
  await other.getByText('Không tìm thấy nội dung này.').waitFor()

  await reviewer.goto('/')
  await settled(reviewer)
  await reviewer.getByRole('link', { name: /^Giải trình: Số hồ sơ nộp trực tuyến/ }).first().press('Enter')
  await reviewer.getByRole('heading', { name: 'Xử lý giải trình' }).waitFor()
  await reviewer.getByLabel('Nội dung').fill('Đã đính chính, số khớp.')
  await reviewer.getByLabel('Kết quả giải trình').selectOption('corrected')
  await isUsable(reviewer, 'closing an explanation')
  await reviewer.getByRole('button', { name: 'Kết thúc', exact: true }).press('Enter')
  await reviewer.locator('section.top').getByText('Số báo cáo đã đính chính').waitFor()
  await picture(reviewer, 'explanation-closed')
  const done = await ask(reviewer, `/explanations/${thread.split('/').at(-1)}`)
  assert.deepEqual([done.standing, done.outcome, done.steps.map(({ step }) => step).join(' ')], ['closed', 'corrected', 'ask explain close'])

  await tell(reviewer, 'PATCH', '/session', { lang: 'en' })
  await reviewer.setViewportSize(PHONE)
  await reviewer.reload()
  await settled(reviewer)
  await fits(reviewer, 'a closed explanation on a phone')
  await isUsable(reviewer, 'a closed explanation on a phone in English')
  await picture(reviewer, 'explanation-phone')
})
