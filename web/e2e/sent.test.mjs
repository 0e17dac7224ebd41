// After sending: thanks and what comes next, the document and its signed scan, where the figures are used, and their place.

import assert from 'node:assert/strict'
import { ask, formOf, isUsable, openAs, PHONE, picture, settled, story, tell, until } from './browser.mjs'

const PDF = Buffer.from('%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n')

/** Fills the July form of a body with last month's numbers and submits it. */
async function submitted(open, body) {
  const officer = await openAs(open, `nhap.${body}`)
  const { id } = await formOf(officer, body)
  const { computed } = await ask(officer, `/submissions/${id}`)
  const cells = computed.filter(({ previous }) => previous.value !== null).map(({ row, previous }) => ({ cell: `${row}/this`, value: previous.value, version: 0 }))
  await tell(officer, 'PATCH', `/submissions/${id}/cells`, { cells })
  await tell(officer, 'POST', `/submissions/${id}/submit`, {})
  return id
}

story('what was sent is numbered, scanned, printed, and its use and place are told', async (open) => {
  const id = await submitted(open, '56')
  const other = await submitted(open, '54')
  const beside = await openAs(open, 'ky.54')
  await tell(beside, 'POST', `/submissions/${other}/sign`, {})

  const head = await openAs(open, 'ky.56')
  await head.goto(`/nhap-lieu/${id}`)
  await head.getByRole('button', { name: 'Ký và gửi' }).click()
  await head.getByRole('dialog', { name: 'Ký và gửi' }).getByRole('button', { name: 'Ký và gửi' }).click()
  await head.waitForURL(`**/nhap-lieu/${id}/da-gui`)
  await head.getByRole('heading', { name: 'Cảm ơn, báo cáo đã được gửi' }).waitFor()
  await head.getByText('Kỳ tiếp theo: tháng 8/2024, hạn gửi thứ Tư 11/9/2024.').waitFor()
  await isUsable(head, 'after sending')
  await picture(head, 'sent')

  // The number of the document: a bad one is named in its place, a good one is on the print.
  await head.getByRole('button', { name: 'Lưu số, ký hiệu' }).click()
  await until('what is missing', () => head.getByText('Cần điền', { exact: true }).count(), (count) => count === 2)
  await head.getByLabel('Số, ký hiệu').fill('BC')
  await head.getByLabel('Ngày văn bản').fill('2024-08-05')
  await head.getByRole('button', { name: 'Lưu số, ký hiệu' }).click()
  await head.getByText('“BC” không phải là số, ký hiệu văn bản.', { exact: false }).waitFor()
  await isUsable(head, 'a number that is none')
  await head.getByLabel('Số, ký hiệu').fill('15/BC-STTTT')
  await head.getByLabel('Số, ký hiệu').press('Enter')
  await head.getByText('Số 15/BC-STTTT, ngày 5/8/2024').waitFor()

  // The signed scan, by its content and not by its name.
  const file = head.locator('input[type="file"]')
  await file.setInputFiles({ name: 'bản ký.pdf', mimeType: 'application/pdf', buffer: Buffer.from('<html><script>alert(1)</script>') })
  await head.getByText('Tệp này không phải là PDF, JPEG hay PNG.', { exact: false }).waitFor()
  await file.setInputFiles({ name: 'bản ký.pdf', mimeType: 'application/pdf', buffer: PDF })
  const link = head.getByRole('link', { name: 'bản ký.pdf' })
  await link.waitFor()
  const answer = await head.context().request.get(await link.getAttribute('href'))
  assert.equal((await answer.body()).compare(PDF), 0)
  const headers = answer.headers()
  assert.match(headers['content-disposition'], /^attachment/)
  assert.equal(headers['x-content-type-options'], 'nosniff')
  assert.match(headers['content-security-policy'], /sandbox/)
  await isUsable(head, 'with a number and a scan')
  await picture(head, 'sent-paper')

  // What was sent, on paper.
  const [print] = await Promise.all([head.context().waitForEvent('page'), head.getByRole('link', { name: 'Xem bản in', exact: true }).click()])
  await print.getByText('Số: 15/BC-STTTT').waitFor()
  await print.getByText('Khánh Hòa, ngày 05 tháng 8 năm 2024').waitFor()
  await picture(print, 'sent-print')
  if (process.env.QUANTRAC_PICTURES) await print.pdf({ path: `${process.env.QUANTRAC_PICTURES}/sent-print.pdf`, preferCSSPageSize: true })
  await print.close()

  // Its place among its peers, as the interface says it; and the way to where the figures are used.
  const { places } = await ask(head, `/submissions/${id}/sent`)
  const mine = places.find(({ row }) => row === 'BC/BC.DOANHTHU')
  const table = head.getByRole('region', { name: 'Vị trí của đơn vị' })
  await head.getByRole('button', { name: `Xem cả ${places.length} chỉ tiêu` }).click()
  const line = table.getByRole('row', { name: /^Doanh thu bưu chính/ })
  await line.getByText(`${mine.rank}/${mine.of}`, { exact: true }).waitFor()
  for (const beside of [mine.above, mine.below]) if (beside) await line.getByText(beside.units[0].name_vi).waitFor()
  await head.locator('.toast').first().waitFor({ state: 'hidden' })
  await isUsable(head, 'all places')
  await head.getByRole('link', { name: 'Việt Nam' }).click()
  await head.waitForURL('**/bang-dieu-hanh?**')
  await settled(head)

  // The ministry sees the same, and may not change it.
  const reviewer = await openAs(open, 'bo.duyet')
  await reviewer.goto(`/duyet/${id}`)
  await reviewer.getByRole('link', { name: 'Văn bản và bản ký' }).click()
  await reviewer.getByText('Số 15/BC-STTTT, ngày 5/8/2024').waitFor()
  assert.equal(await reviewer.getByRole('button', { name: 'Đính kèm bản ký' }).count(), 0)
  await isUsable(reviewer, 'as the ministry sees it')
})

story('after sending, on a phone and in English', async (open) => {
  const id = await submitted(open, '58')
  const head = await openAs(open, 'ky.58', { size: PHONE })
  await tell(head, 'POST', `/submissions/${id}/sign`, {})
  await tell(head, 'PATCH', '/session', { lang: 'en' })
  await head.goto(`/nhap-lieu/${id}/da-gui`)
  await head.getByRole('heading', { name: 'Thank you, the report has been sent' }).waitFor()
  assert.equal(await head.getByText('after its deadline', { exact: false }).count(), 0)
  await isUsable(head, 'after sending on a phone')
  await picture(head, 'sent-phone')

  // Had it been late, the body is told so too, here and on the form.
  await head.route(`**/api/v1/submissions/${id}`, async (route) => {
    const answer = await route.fetch()
    await route.fulfill({ response: answer, json: { ...(await answer.json()), late: true } })
  })
  await head.reload()
  await head.getByText('The report was sent after its deadline, Thursday 8 August 2024.').waitFor()
  await head.goto(`/nhap-lieu/${id}`)
  await head.getByText('Sent late', { exact: true }).waitFor()
  await isUsable(head, 'a form that was sent late')
  await picture(head, 'sent-late-phone')
})
