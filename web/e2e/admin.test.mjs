// Administration: an account from its creation to its end, what is counted and where, and the log that tells of it.

import assert from 'node:assert/strict'
import { isUsable, openAs, picture, settled, signInByForm, story } from './browser.mjs'

const USER = 'nhap3.52'
const NAME = 'Chuyên viên mới, Sở TT&TT Bình Định'
const CHOSEN = 'một câu dễ nhớ'

story('an account is created, sets its password by a link that works once, signs in, and is disabled', async (open) => {
  const admin = await openAs(open, 'bo.quantri')
  await admin.goto('/quan-tri/tai-khoan')
  await admin.getByRole('button', { name: 'Thêm tài khoản' }).first().click()
  const dialog = admin.getByRole('dialog', { name: 'Thêm tài khoản' })
  await dialog.getByLabel('Tên đăng nhập').fill('nhap.52')
  await dialog.getByLabel('Họ và tên').fill(NAME)
  await dialog.getByLabel('Mã đơn vị').fill('52')
  await isUsable(admin, 'a new account')
  await picture(admin, 'account-new')
  const create = dialog.getByRole('button', { name: 'Thêm tài khoản' })
  await create.click()
  await dialog.locator('[aria-invalid="true"]').waitFor() // that name is taken
  await dialog.getByLabel('Tên đăng nhập').fill(USER)
  await create.click()
  const created = admin.getByRole('dialog', { name: `Đã tạo tài khoản ${USER}` })
  const link = (await created.locator('code').innerText()).trim()
  await created.getByRole('button', { name: 'Sao chép liên kết' }).click()
  await created.getByText('Đã sao chép').waitFor()
  assert.equal(await admin.evaluate(() => navigator.clipboard.readText()), link)
  await picture(admin, 'account-link')

  const newcomer = await open()
  await newcomer.goto(link)
  const save = newcomer.getByRole('button', { name: 'Đặt mật khẩu' })
  await newcomer.getByLabel('Mật khẩu mới').fill('ngắn')
  await newcomer.getByLabel('Nhập lại mật khẩu').fill('ngắn')
  await save.click()
  await newcomer.getByText('Mật khẩu cần ít nhất 12 ký tự, hiện có 4.').waitFor()
  await isUsable(newcomer, 'setting a password')
  await picture(newcomer, 'set-password')
  await newcomer.getByLabel('Mật khẩu mới').fill(CHOSEN)
  await newcomer.getByLabel('Nhập lại mật khẩu').fill(CHOSEN)
  await save.click()
  await newcomer.getByText('Đã đặt mật khẩu.', { exact: false }).waitFor()
  await signInByForm(newcomer, USER, CHOSEN)
  await newcomer.waitForURL((url) => url.pathname === '/')
  await newcomer.getByRole('heading', { name: 'Việc của tôi' }).waitFor()
  await newcomer.getByText('Sở Thông tin và Truyền thông Bình Định').first().waitFor()

  const again = await open()
  await again.goto(link)
  await again.getByLabel('Mật khẩu mới').fill('một câu khác hẳn')
  await again.getByLabel('Nhập lại mật khẩu').fill('một câu khác hẳn')
  await again.getByRole('button', { name: 'Đặt mật khẩu' }).click()
  await again.getByRole('alert').waitFor()

  await created.getByRole('button', { name: 'Đóng' }).last().click()
  await admin.getByRole('searchbox', { name: /^Tìm tên/ }).fill(USER)
  await admin.getByText('1 tài khoản', { exact: true }).waitFor()
  await admin.getByRole('row').filter({ hasText: USER }).getByRole('button', { name: /^Khóa/ }).click()
  await admin.getByRole('cell', { name: 'Đã khóa', exact: true }).waitFor()
  await picture(admin, 'account-disabled')
  // Out at once, and not in again.
  await newcomer.goto('/nhap-lieu')
  await newcomer.waitForURL((url) => url.pathname === '/dang-nhap')
  await signInByForm(newcomer, USER, CHOSEN)
  await newcomer.getByRole('alert').waitFor()

  // The log knows, and gives it as a file. The auditor reads it; nobody but the auditor and the administrator may.
  const auditor = await openAs(open, 'kiemtoan')
  await auditor.goto('/nhat-ky')
  await auditor.getByLabel('Người làm').fill('bo.quantri')
  await auditor.getByRole('button', { name: 'Lọc', exact: true }).click()
  await auditor.waitForURL(/person=bo\.quantri/)
  await settled(auditor)
  const told = (await auditor.locator('td.what').allInnerTexts()).join('\n')
  assert.ok(told.includes(USER), `the log tells of ${USER}: ${told}`)
  await isUsable(auditor, 'the log')
  await picture(auditor, 'audit')
  const download = auditor.waitForEvent('download')
  await auditor.locator('a[download]').click()
  const file = await download
  const chunks = []
  for await (const chunk of await file.createReadStream()) chunks.push(chunk)
  const csv = Buffer.concat(chunks).toString('utf8')
  assert.ok(csv.includes(USER) && csv.split('\n').length > 2, `the file holds what the page shows: ${csv.slice(0, 400)}`)
  const refused = await newcomer.context().request.get('/api/v1/audit.csv')
  assert.ok([401, 403].includes(refused.status()), `others may not: ${refused.status()}`)
})

story('units and indicators are found without diacritics', async (open) => {
  const admin = await openAs(open, 'bo.quantri')
  await admin.goto('/quan-tri/don-vi')
  await admin.locator('main').getByRole('searchbox', { name: 'Tìm phạm vi' }).fill('binh dinh')
  await admin.locator('main').getByText('Bình Định', { exact: false }).first().waitFor()
  await isUsable(admin, 'units')
  await picture(admin, 'units')

  await admin.goto('/quan-tri/chi-tieu')
  await admin.locator('main').getByRole('searchbox', { name: 'Tìm chỉ tiêu' }).fill('doanh thu buu chinh')
  await admin.getByRole('link', { name: /^Doanh thu bưu chính/ }).click()
  await admin.getByRole('region', { name: 'Doanh thu bưu chính' }).getByText('BC.DOANHTHU').waitFor()
  await isUsable(admin, 'indicators')
  await picture(admin, 'indicators')
})
