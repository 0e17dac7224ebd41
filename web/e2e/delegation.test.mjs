// Ký thay: a head who is away names a deputy, who signs on their behalf; an administrator sees it and can end it.

import assert from 'node:assert/strict'
import { formOf, isUsable, openAs, PHONE, picture, settled, story, tell } from './browser.mjs'

story('a head names a deputy for some days, and the signature says for whom', async (open) => {
  const head = await openAs(open, 'ky.48')
  await head.goto('/toi')
  await head.getByRole('button', { name: 'Giao người làm thay' }).press('Enter')
  const dialog = head.getByRole('dialog', { name: 'Giao người làm thay' })
  // What is missing or wrong is named in the page's own words.
  await dialog.getByRole('button', { name: 'Giao', exact: true }).click()
  await dialog.getByText('Cần điền', { exact: true }).waitFor()
  await dialog.getByLabel('Lý do').fill('Đi công tác')
  await dialog.getByLabel('Từ ngày').fill('2024-08-09')
  await dialog.getByLabel('Đến hết ngày').fill('2024-08-06')
  await dialog.getByRole('button', { name: 'Giao', exact: true }).click()
  await dialog.locator('.error').waitFor()
  await picture(head, 'delegation-wrong')
  await dialog.getByLabel('Từ ngày').fill('2024-08-05')
  await dialog.getByLabel('Đến hết ngày').fill('2024-08-09')
  await dialog.getByLabel('Lý do').fill('Đi công tác')
  await isUsable(head, 'naming a deputy')
  await picture(head, 'delegation-dialog')
  await dialog.getByRole('button', { name: 'Giao', exact: true }).click()
  await head.getByText('đang làm thay', { exact: false }).waitFor()
  await isUsable(head, 'a deputy is named')
  await picture(head, 'delegation')

  const officer = await openAs(open, 'nhap.48', { size: PHONE })
  await officer.goto('/')
  await officer.getByText(/^Bạn đang làm thay Giám đốc/).waitFor()
  await picture(officer, 'delegation-work-phone')
  const form = await formOf(officer, '48')
  if (form.state !== 'awaiting_signature') await finish(officer, form)
  await officer.goto(`/nhap-lieu/${form.id}`)
  await officer.getByRole('button', { name: 'Ký và gửi' }).click()
  const signing = officer.getByRole('dialog', { name: 'Ký và gửi' })
  await signing.getByText('Bạn ký thay Giám đốc', { exact: false }).waitFor()
  await signing.getByLabel('Thể thức ký').selectOption('TUQ')
  await signing.getByLabel('Chức vụ của bạn').fill('Phó Giám đốc')
  await isUsable(officer, 'signing for the head')
  await picture(officer, 'delegation-signing-phone')
  await signing.getByRole('button', { name: 'Ký và gửi' }).click()
  await officer.waitForURL(/da-gui$/)
  await officer.goto(`/api/v1/print/submissions/${form.id}`)
  assert.match((await officer.locator('.signatory').last().innerText()).replaceAll('\n', ' '), /^TUQ\. (Thủ trưởng đơn vị|Giám đốc) +Phó Giám đốc/i)
  await picture(officer, 'delegation-paper')
  const reviewer = await openAs(open, 'bo.duyet')
  await reviewer.goto(`/duyet/${form.id}`)
  await reviewer.getByText(/^ký thay cho Giám đốc/).first().waitFor()
  await isUsable(reviewer, 'what was signed on behalf of the head')
  await picture(reviewer, 'delegation-signed')

  const admin = await openAs(open, 'bo.quantri')
  await admin.goto('/quan-tri/tai-khoan')
  await settled(admin)
  await admin.getByRole('button', { name: /^Kết thúc/ }).click()
  const ending = admin.getByRole('dialog', { name: 'Kết thúc' })
  await isUsable(admin, 'ending a delegation')
  await ending.getByRole('button', { name: 'Kết thúc', exact: true }).click()
  await admin.getByText('đã kết thúc sớm', { exact: false }).waitFor()
  await officer.reload()
  await settled(officer)
  assert.equal(await officer.getByText(/^Bạn đang làm thay/).count(), 0)
})

/** Fills what is required and hands it to the head. */
async function finish(page, form) {
  const values = { 'TN/TN.DOANHTHU': '900', 'TN/TN.NSNN': '20', 'TN/TN.LAODONG': '9000', 'BC/BC.DOANHTHU': '120', 'BC/BC.BUUGUI': '3', 'VT/VT.DOANHTHU': '300', 'VT/VT.TB_DIDONG': '1400000', 'VT/VT.BR_CODINH': '300000', 'CDS/CDS.DVC_DK': '1500', 'CDS/CDS.DVC_TT': '900', 'CDS/CDS.HOSO': '50000', 'CDS/CDS.HOSO_TT': '30000', 'ATTT/ATTT.TANCONG': '5', 'ATTT/ATTT.HT': '40', 'ATTT/ATTT.HT_CAPDO': '30', 'CN/CN.DN_SO': '300', 'CN/CN.DOANHTHU': '80', 'BCTT/BCTT.DAI_XA': '150' }
  const versions = new Map(form.cells.map((cell) => [cell.cell, cell.version]))
  const cells = Object.entries(values).map(([row, value]) => ({ cell: `${row}/this`, value, version: versions.get(`${row}/this`) ?? 0 }))
  if (form.can.edit) {
    await tell(page, 'PATCH', `/submissions/${form.id}/cells`, { cells })
    await tell(page, 'POST', `/submissions/${form.id}/submit`, {})
  }
}
