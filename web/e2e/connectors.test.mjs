// Connected systems: one is set up, tried, saved, run and paused against a small system of the test's own.

import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { createServer } from 'node:http'
import { after, before } from 'node:test'
import { isUsable, openAs, PHONE, picture, story, tell } from './browser.mjs'

const asked = []
let answer = null
let system

before(async () => {
  system = createServer((request, response) => {
    asked.push({ url: request.url, key: request.headers['x-khoa'] })
    response.setHeader('Content-Type', 'application/json')
    response.end(answer ?? JSON.stringify({ data: [{ ma_tinh: '52', ky: new URL(request.url, 'http://x').searchParams.get('ky'), doanh_thu: 87.5 }] }))
  })
  await new Promise((listening) => system.listen(0, '127.0.0.1', listening))
})

after(() => system.close())

const addressOf = () => `http://127.0.0.1:${system.address().port}/so-lieu?ky={period}`

story('a connector is tried before it is saved, runs, and says why it failed', async (open) => {
  const page = await openAs(open, 'bo.quantri')
  await page.goto('/do-luong/ket-noi')
  // The sample of the demonstration has run: there is a run, its log and its figures.
  const sample = page.getByRole('listitem').filter({ hasText: 'mau-92' })
  await sample.getByText('đọc 2, ghi mới 2').waitFor()
  await sample.getByText('không mã hóa, trong mạng nội bộ').waitFor()
  await isUsable(page, 'the sample connector')
  await picture(page, 'connectors-sample')
  await page.getByRole('main').getByRole('link', { name: 'Thêm kết nối' }).first().click()
  await page.getByRole('heading', { name: 'Kết nối mới' }).waitFor()
  await isUsable(page, 'a new connector')

  // Saved empty, it says what it lacks.
  await page.getByRole('button', { name: 'Lưu', exact: true }).click()
  await page.getByLabel('Mã kết nối').and(page.locator('[aria-invalid=true]')).waitFor()
  // What is wrong is said beside its field, all at once, and nothing is sent.
  await page.getByRole('button', { name: 'Chạy thử' }).click()
  await page.getByText('chỗ cần sửa trước khi dùng kết nối này', { exact: false }).waitFor()
  assert.equal(await page.getByLabel('Tên gọi').getAttribute('aria-invalid'), 'true')
  await isUsable(page, 'a connector with findings')
  await picture(page, 'connector-findings')
  assert.equal(asked.length, 0)

  const fill = (label, text) => page.getByLabel(label, { exact: true }).fill(text)
  await fill('Tên gọi', 'Hệ thống báo cáo bưu chính Bình Định')
  await fill('Mã kết nối', 'bc-52')
  await fill('Đơn vị có hệ thống', '52')
  // By a part of its name, without marks; a code that is known can be typed.
  const indicators = page.getByRole('combobox', { name: 'Chỉ tiêu', exact: true })
  await indicators.fill('doanh thu buu chinh')
  await page.getByRole('option', { name: /BC\.DOANHTHU$/ }).waitFor()
  await picture(page, 'connector-picker')
  await indicators.press('Enter')
  await page.getByRole('button', { name: 'Bỏ BC.DOANHTHU' }).waitFor()
  await fill('Phạm vi', '52')
  await fill('Tỷ lệ đo (%)', '95')
  await fill('Địa chỉ', addressOf())
  await page.getByLabel('Cách đăng nhập').selectOption('header')
  await fill('Tên tiêu đề chứa khóa', 'X-Khoa')
  await fill('Mật khẩu hoặc khóa', 'khoa-bi-mat-52')
  await fill('Cột giá trị', 'doanh_thu')
  await fill('Cột mã phạm vi', 'ma_tinh')
  await fill('Cột kỳ', 'ky')
  await fill('Kỳ để thử', '2024-06')

  // An address inside the network is refused until its host is allowed.
  await page.getByRole('button', { name: 'Chạy thử' }).click()
  await page.getByText('dẫn tới địa chỉ nội bộ 127.0.0.1', { exact: false }).waitFor()
  assert.equal(asked.length, 0)
  await page.getByText('Giới hạn và máy chủ nội bộ').click()
  await fill('Máy chủ nội bộ được phép gọi', '127.0.0.1')

  // What the answer really has is offered for the columns.
  asked.length = 0
  await page.getByRole('button', { name: 'Xem các cột của trả lời' }).click()
  await page.getByText('Trả lời có 3 cột', { exact: false }).waitFor()
  await page.getByRole('listitem').filter({ hasText: 'doanh_thu' }).getByText('87.5').waitFor()
  asked.length = 0
  await page.getByRole('button', { name: 'Chạy thử' }).click()
  const result = page.getByRole('region', { name: 'Kết quả chạy thử' })
  const row = result.getByRole('row', { name: /Doanh thu bưu chính/ })
  await row.getByText('87,5').waitFor()
  assert.match(await row.innerText(), /87,5 mới/)
  assert.deepEqual(asked, [{ url: '/so-lieu?ky=2024-06', key: 'khoa-bi-mat-52' }])
  assert.match(await result.innerText(), /x-khoa: •••/)
  assert.ok(!(await page.content()).includes('khoa-bi-mat-52'), 'the secret is shown')
  await isUsable(page, 'a trial')
  await picture(page, 'connector-test')
  assert.equal((await tell(page, 'GET', '/connectors')).connectors.length, 1, 'a trial saved something')

  await page.getByRole('button', { name: 'Lưu', exact: true }).press('Enter')
  await page.waitForURL(/\/do-luong\/ket-noi\/bc-52$/)
  await page.getByText('Kết nối này chưa chạy lần nào.').waitFor()
  await page.getByRole('button', { name: 'Chạy ngay' }).click()
  const runs = page.getByRole('region', { name: 'Các lần chạy' })
  await runs.getByText('đọc 1, ghi mới 1').first().waitFor()

  answer = '<html>Lỗi 500</html>'
  await page.getByRole('button', { name: 'Chạy ngay' }).click()
  await runs.getByText('Trả lời không phải JSON hoặc bị cụt, từ dòng 1, ký tự 1.').waitFor()
  answer = null
  await isUsable(page, 'a connector with its runs')
  await picture(page, 'connector-runs')
  // The figure is there and says where it came from.
  const value = await tell(page, 'GET', '/values?indicator=BC.DOANHTHU&unit=52&period=2024-07&source=measured')
  assert.equal(value.values[0].value, '87.5')

  await page.getByRole('button', { name: 'Tạm dừng' }).click()
  await page.getByRole('button', { name: 'Cho chạy lại' }).waitFor()
  await page.goto('/do-luong/ket-noi')
  const line = page.getByRole('listitem').filter({ hasText: 'bc-52' })
  await line.getByText('Tạm dừng').waitFor()
  await line.getByRole('link').focus()
  await page.keyboard.press('Enter')
  await page.waitForURL(/bc-52$/)
  await page.getByRole('button', { name: 'Cho chạy lại' }).click()
  await page.getByRole('button', { name: 'Tạm dừng' }).waitFor()
})

story('a system that sends gets an address and a key, and what it signs is recorded', async (open) => {
  const page = await openAs(open, 'bo.quantri')
  await page.goto('/do-luong/ket-noi-moi')
  await page.getByLabel('Cách lấy số liệu').selectOption('push')
  await page.getByLabel('Tên gọi').fill('Trục liên thông Bình Định')
  await page.getByLabel('Mã kết nối').fill('day-52')
  await page.getByLabel('Đơn vị có hệ thống', { exact: true }).fill('52')
  await page.getByLabel('Chỉ tiêu', { exact: true }).fill('BC.LOINHUAN, BC.DOANHTHU')
  await page.getByLabel('Phạm vi', { exact: true }).fill('52')
  // A number has one measured source: the second is told who has it already.
  await page.getByRole('button', { name: 'Lưu', exact: true }).click()
  await page.getByText('đã được đo bởi kết nối Hệ thống báo cáo bưu chính Bình Định (bc-52)', { exact: false }).waitFor()
  await picture(page, 'connector-taken')
  await page.getByRole('button', { name: 'Bỏ BC.DOANHTHU' }).click()
  await page.getByRole('button', { name: 'Lưu', exact: true }).click()
  await page.waitForURL(/day-52$/)
  await page.getByRole('button', { name: 'Tạo khóa' }).click()
  const secret = await page.locator('code.key').innerText()
  assert.match(secret, /^whsec_/)
  await isUsable(page, 'a connector that takes')
  await picture(page, 'connector-push')

  const body = JSON.stringify({ figures: [{ indicator: 'BC.LOINHUAN', period: '2024-05', value: '66' }] })
  const moment = String(Math.floor(Date.now() / 1000))
  const signature = createHmac('sha256', Buffer.from(secret.slice(6), 'base64')).update(`lo-1.${moment}.${body}`).digest('base64')
  const headers = { 'content-type': 'application/json', 'webhook-id': 'lo-1', 'webhook-timestamp': moment, 'webhook-signature': `v1,${signature}` }
  const sent = await page.request.post('/api/v1/push/day-52', { headers, data: body })
  assert.equal(sent.status(), 200, await sent.text())
  assert.equal((await sent.json()).recorded, 1)
  await page.reload()
  await page.getByRole('region', { name: 'Các lần chạy' }).getByText('đọc 1, ghi mới 1').waitFor()
  assert.ok(!(await page.content()).includes(secret), 'the key is shown again')
})

story('on a phone, in English; the ministry looks and does not change, a body sees its own', async (open) => {
  const page = await openAs(open, 'bo.phantich', { size: PHONE })
  await tell(page, 'PATCH', '/session', { lang: 'en' })
  await page.goto('/do-luong/ket-noi')
  await page.getByRole('listitem').filter({ hasText: 'bc-52' }).waitFor()
  assert.equal(await page.getByRole('link', { name: 'Add a connector' }).count(), 0)
  await isUsable(page, 'connectors on a phone')
  await picture(page, 'connectors-phone')
  await page.getByRole('listitem').filter({ hasText: 'bc-52' }).getByRole('link').click()
  await page.getByRole('region', { name: 'Runs' }).waitFor()
  assert.equal(await page.getByRole('button', { name: 'Run now' }).count(), 0)
  await isUsable(page, 'a connector on a phone')

  const admin = await openAs(open, 'bo.quantri', { size: PHONE })
  await admin.goto('/do-luong/ket-noi/bc-52')
  await admin.getByRole('heading', { name: 'Thiết lập' }).waitFor()
  await isUsable(admin, 'setting up on a phone')
  await picture(admin, 'connector-phone')

  const other = await openAs(open, 'nhap.48')
  await other.goto('/do-luong/ket-noi')
  await other.getByText('Chưa có kết nối nào với hệ thống của đơn vị bạn.').waitFor()
  await isUsable(other, 'no connectors of a body')
})
