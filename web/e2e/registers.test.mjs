// Registers: portals, services, systems and platforms, edited and imported; dossiers from a program; what follows.

import assert from 'node:assert/strict'
import { address, isUsable, openAs, PHONE, picture, settled, story, tell } from './browser.mjs'
import { unzip, zip } from './zip.mjs'

const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'

/** A workbook whose words are changed: each of these into the other. */
function reworded(bytes, changes) {
  const parts = unzip(bytes)
  const name = 'xl/sharedStrings.xml'
  let text = parts.get(name)
  for (const [from, to] of changes) {
    assert.ok(text.includes(`>${from}<`), `${from} is in the file`)
    text = text.replace(`>${from}<`, `>${to}<`)
  }
  parts.set(name, text)
  return zip(parts)
}

story('an officer changes a service of the province, takes the change back, and sees its history', async (open) => {
  const page = await openAs(open, 'nhap.52')
  await page.goto('/do-luong/dich-vu')
  await page.getByText('1.575 mục').waitFor()
  await isUsable(page, 'the register of services')
  await picture(page, 'registers-services')
  // Another province's entry is there to be read.
  assert.equal(await page.getByRole('button', { name: /^Xem.*TTTT\.01, Hà Nội/ }).count(), 1)
  await page.getByLabel('Đơn vị', { exact: true }).selectOption('52')
  await page.getByText('25 mục', { exact: true }).waitFor()
  await page.getByText('Danh mục chưa được xác nhận là đủ', { exact: false }).waitFor()
  await page.getByRole('searchbox', { name: 'Tìm theo tên, mã, cơ quan' }).fill('buu chinh noi tinh')
  await page.getByText('0 mục', { exact: true }).waitFor()
  await page.getByText('Không có mục nào khớp', { exact: false }).waitFor()
  await page.getByRole('searchbox', { name: 'Tìm theo tên, mã, cơ quan' }).fill('trong pham vi noi tinh')
  await page.getByText('1 mục', { exact: true }).waitFor()
  await page.getByRole('button', { name: /^Sửa.*TTTT\.01, Bình Định/ }).press('Enter')
  const dialog = page.getByRole('dialog', { name: 'TTTT.01, Bình Định' })
  await dialog.getByText('Lần 1', { exact: true }).waitFor()
  await isUsable(page, 'an entry with its history')
  await picture(page, 'registers-entry')
  // A day that is none is said beside its field, and nothing is lost.
  await dialog.getByLabel('Tên', { exact: true }).fill('')
  await dialog.getByRole('button', { name: 'Lưu' }).click()
  await dialog.getByText('Ô này không được để trống.').waitFor()
  await dialog.getByLabel('Tên', { exact: true }).fill('Cấp giấy phép bưu chính nội tỉnh (thử)')
  await dialog.getByLabel('Tên', { exact: true }).press('Enter')
  await page.getByText('Đã lưu TTTT.01').waitFor()
  await page.getByRole('searchbox', { name: 'Tìm theo tên, mã, cơ quan' }).fill('(thử)')
  await page.getByRole('rowheader', { name: /nội tỉnh \(thử\)/ }).waitFor()
  await page.getByRole('button', { name: 'Hoàn tác' }).press('Enter')
  await page.getByText('Đã trả lại nội dung trước đó của TTTT.01').waitFor()
  await page.getByText('0 mục', { exact: true }).waitFor()
  await page.getByRole('searchbox', { name: 'Tìm theo tên, mã, cơ quan' }).fill('TTTT.01')
  await page.getByRole('button', { name: /^Sửa.*TTTT\.01, Bình Định/ }).click()
  const lines = dialog.getByRole('listitem')
  await lines.filter({ hasText: 'Thay đổi: Tên' }).nth(1).waitFor()
  await page.keyboard.press('Escape')
  await settled(page)
})

story('a file is read first: a wrong cell is named and nothing is changed; mended, it is taken whole', async (open) => {
  const page = await openAs(open, 'nhap.52')
  const list = await page.context().request.get('/api/v1/registers/services/list.xlsx?unit=52&q=TTTT.02')
  const bytes = await list.body()
  const was = (await tell(page, 'GET', '/registers/services/52/TTTT.02')).entry
  assert.notEqual(was.values, null)
  await page.goto('/do-luong/dich-vu?don-vi=52')
  await page.getByRole('button', { name: 'Nhập từ tệp' }).click()
  const dialog = page.getByRole('dialog', { name: 'Nhập từ tệp' })
  const file = (changes) => ({ name: 'dich-vu.xlsx', mimeType: XLSX, buffer: Buffer.from(reworded(bytes, changes)) })
  const choose = dialog.getByLabel('Tệp XLSX')
  await choose.setInputFiles(file([['Có', 'Đúng'], ['52', '48']]))
  await dialog.getByText('Có 2 chỗ cần sửa').waitFor()
  await dialog.getByText('Dòng 2, cột Đơn vị (mã) (ô A2)', { exact: false }).waitFor()
  await isUsable(page, 'what is wrong with a file')
  await picture(page, 'registers-findings')
  assert.equal(await dialog.getByRole('button', { name: /^Ghi/ }).count(), 0)
  await choose.setInputFiles(file([['Cấp văn bản xác nhận thông báo hoạt động bưu chính', 'Xác nhận thông báo hoạt động bưu chính']]))
  await dialog.getByText('Đọc thử 1 dòng: thêm 0, đổi 1, kết thúc 0.').waitFor()
  await isUsable(page, 'what a file would change')
  await picture(page, 'registers-preview')
  await dialog.getByRole('button', { name: 'Ghi 1 thay đổi' }).click()
  await page.getByText('Đã ghi 1 thay đổi').waitFor()
  await page.getByRole('rowheader', { name: /^Xác nhận thông báo hoạt động bưu chính/ }).waitFor()
  const now = (await tell(page, 'GET', '/registers/services/52/TTTT.02')).entry
  assert.equal(now.version, was.version + 1)
})

story('a portal sends its dossiers with its secret, and the figures that follow open to what they come from', async (open) => {
  const page = await openAs(open, 'bo.quantri')
  await page.goto('/do-luong/cong')
  await page.getByText('65 mục').waitFor()
  await isUsable(page, 'the portals')
  await picture(page, 'registers-portals')
  await page.getByRole('searchbox', { name: 'Tìm cổng, đơn vị' }).fill('binh dinh')
  await page.getByText('3 mục').waitFor()
  await page.getByRole('row', { name: /52-mau/ }).getByText('thử nghiệm', { exact: true }).waitFor()
  await page.getByRole('button', { name: /^Sửa.*52-motcua/ }).press('Enter')
  const dialog = page.getByRole('dialog', { name: 'Sửa cổng' })
  await dialog.getByRole('button', { name: 'Cấp mã mới' }).press('Enter')
  const secret = (await dialog.locator('.key code').innerText()).trim()
  await isUsable(page, 'a secret that is shown once')
  await dialog.getByText('Thay đổi: Mã bí mật', { exact: false }).waitFor()
  await picture(page, 'registers-secret')
  await dialog.getByLabel('Trang thấy mọi hồ sơ nộp trực tuyến từ ngày').fill('32/7/2024')
  await dialog.getByLabel('Trang thấy mọi hồ sơ nộp trực tuyến từ ngày').press('Enter')
  await dialog.locator('#portal [aria-invalid="true"]').waitFor()
  await dialog.getByLabel('Trang thấy mọi hồ sơ nộp trực tuyến từ ngày').fill('')
  await dialog.getByLabel('Địa chỉ').fill('motcua.example.vn')
  await dialog.getByLabel('Địa chỉ').press('Enter')
  await dialog.locator('#portal [aria-invalid="true"]').waitFor()
  await dialog.getByLabel('Địa chỉ').fill('https://motcua.example.vn')
  await dialog.getByLabel('Địa chỉ').press('Enter')
  await page.getByText('https://motcua.example.vn', { exact: true }).waitFor()
  await page.getByRole('button', { name: 'Hoàn tác' }).press('Enter')
  await page.getByText('https://motcua-52.example.vn', { exact: true }).waitFor()

  // The back end of the portal, which is no browser.
  const count = (service, channel, state, dossiers) => ({ service, channel, state, dossiers })
  const counts = [count('TTTT.20', 'online', 'received', 3), count('TTTT.20', 'counter', 'received', 2), count('TTTT.21', 'online', 'in_time', 4)]
  const send = (days, how = secret) =>
    fetch(`${address}/api/v1/portals/52-motcua/dossiers`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'Quantrac-Portal-Secret': how },
      body: JSON.stringify({ days: days.map((day) => ({ day: `2024-08-0${day}`, counts })) }),
    })
  const before = (await tell(page, 'GET', '/measured/52?period=2024-08')).figures.find((one) => one.indicator === 'CDS.HOSO')
  assert.equal((await send([1], 'guessed')).status, 401)
  assert.equal((await send([1, 2, 3])).status, 200)
  assert.equal((await send([3])).status, 200, 'the same day again changes nothing')
  await page.goto('/do-luong/ket-qua?don-vi=52&ky=2024-08')
  await page.getByRole('cell', { name: '4/8/2024', exact: true }).waitFor()
  await page.getByText('Độ bao phủ: 76%').waitFor()
  assert.equal((await send([4])).status, 200)
  await page.reload()
  await page.getByText('Độ bao phủ: 100%').waitFor()
  const after = (await tell(page, 'GET', '/measured/52?period=2024-08')).figures.find((one) => one.indicator === 'CDS.HOSO')
  assert.equal(+after.value, +before.value + 20)
  await isUsable(page, 'what follows for one province')
  await picture(page, 'registers-follows-unit')
  await page.getByRole('row', { name: /^Số hồ sơ thủ tục hành chính tiếp nhận/ }).getByRole('link').click()
  await page.getByText('hồ sơ 4 ngày của cổng 52-motcua (thiếu 0 ngày)', { exact: false }).first().waitFor()
  await page.getByRole('link', { name: 'Xem số đo tính từ đâu' }).first().click()
  await page.getByRole('heading', { name: 'Bình Định', level: 1 }).waitFor()

  // The list is said to be whole: figures follow from it too.
  await page.goto('/do-luong/dich-vu?don-vi=52')
  await page.getByRole('button', { name: 'Xác nhận danh mục đã đủ' }).press('Enter')
  await page.getByText('Danh mục đã được xác nhận là đủ từ ngày 5/8/2024', { exact: false }).waitFor()
  const measured = await tell(page, 'GET', '/values?indicator=CDS.DVC_DK,CDS.DVC_TT_TYLE&unit=52&period=2024-08&source=measured')
  assert.ok(measured.values.every((one) => one.value !== null))
})

story('what follows for every province: shares, units at 100% and the rule of 2020', async (open) => {
  const page = await openAs(open, 'bo.lanhdao')
  await page.goto('/do-luong/ket-qua?ky=2022-06')
  await page.getByText('2 đơn vị đạt 100%', { exact: false }).first().waitFor()
  await page.getByText('Quy tắc 2020:', { exact: false }).waitFor()
  await isUsable(page, 'what follows for every province')
  await picture(page, 'registers-follows')
  await page.getByRole('link', { name: 'Đà Nẵng' }).press('Enter')
  await page.getByRole('heading', { name: /^Quy tắc 2020: (đạt|chưa đạt)$/ }).waitFor()
  await page.getByText(/^\d+ dịch vụ$/).click()
  await page.getByRole('link', { name: /^TTTT\./ }).first().waitFor()
  await isUsable(page, 'what follows for one province in June 2022')
  await picture(page, 'registers-rule')
})

story('registers on a phone, and in English', async (open) => {
  const page = await openAs(open, 'nhap.52', { size: PHONE })
  for (const [path, name] of [['/do-luong/dich-vu?don-vi=52', 'services'], ['/do-luong/he-thong?don-vi=52', 'systems'], ['/do-luong/nen-tang?don-vi=52', 'platforms'], ['/do-luong/cong', 'portals'], ['/do-luong/ket-qua', 'follows']]) {
    await page.goto(path)
    await page.getByRole('table').waitFor()
    await settled(page)
    await isUsable(page, `${name} on a phone`)
    await picture(page, `registers-${name}-phone`)
  }
  await page.goto('/do-luong/he-thong?don-vi=52')
  await page.getByRole('button', { name: /^Sửa.*HT\.01, Bình Định/ }).click()
  await page.getByRole('dialog').getByText('Lần 1', { exact: true }).waitFor()
  await isUsable(page, 'a system on a phone')
  await picture(page, 'registers-system-phone')
  await tell(page, 'PATCH', '/session', { lang: 'en' })
  const desk = await openAs(open, 'nhap.52')
  await desk.goto('/do-luong/he-thong?don-vi=52')
  await desk.getByRole('heading', { name: 'Information systems' }).waitFor()
  await desk.getByRole('columnheader', { name: 'Four layers' }).waitFor()
  await isUsable(desk, 'systems in English')
  await picture(desk, 'registers-systems-en')
  await desk.goto('/do-luong/ket-qua')
  await desk.getByRole('columnheader', { name: 'Measured share' }).waitFor()
  await isUsable(desk, 'what follows in English')
})
