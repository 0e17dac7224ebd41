// Checks between the rows of a form and its paper: made in the builder, met by the officer.

import { ask, formOf, isUsable, openAs, PHONE, picture, settled, story, tell } from './browser.mjs'

/** A form of three sections of the departments' monthly one, which July is filled with too. */
async function draft(admin) {
  const { saves, template } = await tell(admin, 'POST', '/template-drafts', { code: 'SO-KIEMTRA', copy_of: 'SO-THANG' })
  const sections = template.sections.filter(({ id }) => ['TN', 'BC', 'CN'].includes(id))
  await tell(admin, 'PUT', '/template-drafts/SO-KIEMTRA', { saves, template: { ...template, sections, valid_from: '2024-07-01' } })
}

story('checks and the paper of a form are made in the builder, and an officer meets them', async (open) => {
  const admin = await openAs(open, 'bo.quantri')
  await draft(admin)
  await admin.goto('/quan-tri/bieu-mau/SO-KIEMTRA')
  const checks = admin.getByRole('region', { name: 'Kiểm tra giữa các dòng' })
  await checks.getByRole('button', { name: 'Thêm kiểm tra' }).click()
  const first = checks.getByRole('group', { name: 'Kiểm tra 1', exact: true })
  await first.getByLabel('Dòng phải nhỏ hơn hoặc bằng').selectOption('CN/CN.DOANHTHU')
  await first.getByLabel('Dòng không được vượt').selectOption('TN/TN.DOANHTHU')
  await checks.getByRole('button', { name: 'Thêm kiểm tra' }).click()
  const second = checks.getByRole('group', { name: 'Kiểm tra 2', exact: true })
  await second.getByLabel('Loại kiểm tra').selectOption('change')
  await second.getByLabel('Dòng được kiểm tra').selectOption('BC/BC.DOANHTHU')
  await second.getByLabel('Mức thay đổi tối đa (%)').fill('0')
  await second.getByLabel('Mức thay đổi tối đa (%)').press('Tab')
  await second.getByText('Kiểm tra 2: mức thay đổi phải lớn hơn 0%.').waitFor()
  await admin.evaluate(() => scrollTo(0, 0))
  await isUsable(admin, 'checks with a fault')
  await picture(admin, 'checks-fault')
  await second.getByLabel('Mức thay đổi tối đa (%)').fill('12,5')
  await second.getByLabel('Mức thay đổi tối đa (%)').press('Tab')
  await second.getByLabel('Khi không đạt').selectOption('warning')
  await second.getByText('Kiểm tra 2: mức thay đổi phải lớn hơn 0%.').waitFor({ state: 'hidden' })
  await checks.getByRole('button', { name: 'Thêm kiểm tra' }).click()
  const third = checks.getByRole('group', { name: 'Kiểm tra 3', exact: true })
  await third.getByLabel('Loại kiểm tra').selectOption('sum')
  await third.getByRole('button', { name: 'Cộng thêm dòng' }).click()
  await third.getByRole('button', { name: 'Bỏ dòng cộng thứ 3' }).click()
  await picture(admin, 'checks')
  await third.getByRole('button', { name: 'Xóa kiểm tra 3' }).click()

  const paper = admin.getByRole('region', { name: 'Bản in: phần đầu và chữ ký' })
  await paper.getByLabel('Ký hiệu văn bản').fill('BC-STTTT')
  await paper.getByLabel('Người ký với chức vụ').fill('Giám đốc')
  await admin.getByRole('status').filter({ hasText: 'đã lưu' }).waitFor()
  // Nothing lies under the top bar.
  await admin.evaluate(() => scrollTo(0, 0))
  await isUsable(admin, 'the paper of a form')
  await admin.getByRole('button', { name: 'Xem thử' }).click()
  const [print] = await Promise.all([admin.context().waitForEvent('page'), admin.getByRole('link', { name: 'Xem bản in' }).click()])
  await print.getByText('/BC-STTTT').waitFor()
  await print.getByText('Giám đốc', { exact: true }).waitFor()
  await picture(print, 'checks-print')
  await print.close()
  await admin.goBack()
  await admin.setViewportSize(PHONE)
  await settled(admin)
  await isUsable(admin, 'the builder on a phone')
  await picture(admin, 'checks-phone')

  const { saves } = await ask(admin, '/template-drafts/SO-KIEMTRA')
  await tell(admin, 'POST', '/template-drafts/SO-KIEMTRA/publish', { saves, reason: 'Thử kiểm tra giữa các dòng' })
  const officer = await openAs(open, 'nhap.60')
  const { id } = await formOf(officer, '60', '2024-07', 'SO-KIEMTRA')
  const { computed } = await ask(officer, `/submissions/${id}`)
  const last = new Map(computed.map(({ row, previous }) => [row, previous.value]))
  const whole = last.get('TN/TN.DOANHTHU')
  await tell(officer, 'PATCH', `/submissions/${id}/cells`, {
    cells: [
      { cell: 'TN/TN.DOANHTHU/this', value: whole, version: 0 },
      { cell: 'CN/CN.DOANHTHU/this', value: `${Number(whole.split('.')[0]) + 1}`, version: 0 },
    ],
  })
  await officer.goto(`/nhap-lieu/${id}?phan=CN`)
  await officer.getByRole('tab', { name: /^Kiểm tra/ }).click()
  await officer.getByRole('button', { name: /Số liệu phải nhỏ hơn hoặc bằng “Doanh thu toàn ngành/ }).click()
  await officer.locator('[data-cell="CN/CN.DOANHTHU/this"][aria-invalid="true"]').waitFor()
  await isUsable(officer, 'a check that does not hold')
  await picture(officer, 'checks-officer')
})
