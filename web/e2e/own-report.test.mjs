// A report that the office wrote itself, in Word: what it seems to say is proposed, confirmed, entered and undone.

import assert from 'node:assert/strict'
import { ask, formOf, isUsable, openAs, PHONE, picture, story, tell, until } from './browser.mjs'
import { zip } from './zip.mjs'

const REVENUE = 'BC/BC.DOANHTHU/this'
const words = (text) => `<w:p><w:r><w:t xml:space="preserve">${text}</w:t></w:r></w:p>`
const report = (title, rows, after = []) => {
  const cells = (row) => row.map((text) => `<w:tc>${words(text)}</w:tc>`).join('')
  const table = `<w:tbl>${rows.map((row) => `<w:tr>${cells(row)}</w:tr>`).join('')}</w:tbl>`
  const body = `<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>${words(title)}${table}${after.map(words).join('')}</w:body></w:document>`
  return zip(new Map([['word/document.xml', body]]))
}
const JULY = report('BÁO CÁO tháng 7/2024', [
  ['TT', 'Chỉ tiêu', 'ĐVT', 'Thực hiện tháng 6', 'Ước tháng 7', 'So với cùng kỳ'],
  ['1', 'Doanh thu bưu chính', 'tỷ đồng', '60,8', '1.5', '102%'],
  ['2', 'Sản lượng bưu gửi', 'bưu gửi', '3', '3,25', '101%'],
  ['3', 'Doanh thu dịch vụ viễn thông', 'tỷ đồng', '299', '301,5', '100%'],
], ['II. Khó khăn, vướng mắc', 'Thiếu nhân lực ở bưu cục xã.', 'Đường truyền chậm.', 'III. Nhiệm vụ trọng tâm tháng 8', 'Mở thêm 3 điểm phục vụ.', 'Nơi nhận:', '- Như trên'])

story('what an earlier report seems to say is confirmed cell by cell', async (open) => {
  const page = await openAs(open, 'nhap.52')
  const { id } = await formOf(page, '52')
  await page.goto(`/nhap-lieu/${id}?phan=BC`)
  await page.locator(`[data-cell="${REVENUE}"]`).waitFor()
  await page.getByRole('button', { name: 'Nộp biểu Excel' }).click()
  await page.getByRole('button', { name: /^Chỉ có báo cáo Word, Excel tự soạn/ }).press('Enter')
  const dialog = page.getByRole('dialog', { name: 'Lấy số liệu từ báo cáo Word, Excel của đơn vị' })
  const choose = async (bytes, name, verb) => {
    const [chooser] = await Promise.all([page.waitForEvent('filechooser'), dialog.getByRole('button', { name: verb }).press('Enter')])
    await chooser.setFiles({ name, mimeType: 'application/octet-stream', buffer: bytes })
  }
  await choose(Buffer.from('<html><table></table></html>'), 'bao-cao.docx', 'Chọn tệp báo cáo')
  await dialog.getByText('Tệp này không phải là tệp Word .docx hay Excel .xlsx.', { exact: false }).waitFor()
  await choose(Buffer.alloc((8 << 20) + 1, 'P'), 'anh-chup.docx', /^Chọn tệp/)
  await dialog.getByText('Tệp lớn quá 8 MB nên chưa được gửi.', { exact: false }).waitFor()
  await choose(report('BÁO CÁO tháng 6/2024', [['Chỉ tiêu', 'Kỳ này'], ['Doanh thu bưu chính', '60,8']]), 'bao-cao-thang-6.docx', /^Chọn tệp/)
  await dialog.getByText('Báo cáo này là của tháng 6/2024, trước kỳ đang nhập.', { exact: false }).waitFor()
  assert.equal(await dialog.getByText('Thực hiện kỳ trước').count(), 1)
  await choose(JULY, 'bao-cao-thang-7.docx', /^Chọn tệp/)
  await dialog.getByText('Tệp “bao-cao-thang-7.docx” có 6 số và 2 phần lời văn có thể là của biểu này.', { exact: false }).waitFor()
  assert.equal(await dialog.getByRole('checkbox', { checked: true }).count(), 0, 'nothing is taken for granted')
  await dialog.getByText('“Doanh thu bưu chính”, bảng 1, dòng 2, cột 5, dưới “Ước tháng 7”', { exact: false }).waitFor()
  await dialog.getByText('Tên chỉ tiêu chỉ gần giống', { exact: false }).first().waitFor()
  await dialog.getByText('Báo cáo ghi đơn vị tính “bưu gửi”', { exact: false }).first().waitFor()
  await isUsable(page, 'what a report seems to say')
  await picture(page, 'own-report')

  // A number that can be two is asked about before it can be ticked.
  const revenue = dialog.getByRole('listitem').filter({ hasText: 'Số 1.5 có thể là' })
  assert.ok(await revenue.getByRole('checkbox').isDisabled())
  await revenue.getByRole('radio', { name: '1,5' }).check()
  await revenue.getByRole('checkbox').check()
  await dialog.getByRole('button', { name: 'Đánh dấu cả phần Bưu chính' }).click()
  await dialog.getByText('Đề mục chỉ gần giống câu hỏi', { exact: false }).waitFor()
  await dialog.getByRole('checkbox', { name: 'Khó khăn, vướng mắc' }).check()
  await picture(page, 'own-report-words')
  await dialog.getByRole('button', { name: 'Nhập 5 ô' }).click()
  await page.locator('.toast').getByText('Đã nhập 5 ô từ báo cáo.').waitFor()
  const answer = async (key) => (await ask(page, `/submissions/${id}`)).cells.find(({ cell }) => cell === key)?.text
  await until('the words under the heading', () => answer('LOI/KHOKHAN/text'), (text) => text === 'Thiếu nhân lực ở bưu cục xã.\nĐường truyền chậm.')
  assert.ok(!(await answer('LOI/NHIEMVU/text')), 'what was not confirmed stays out')
  const kept = async (key) => (await ask(page, `/submissions/${id}`)).cells.find(({ cell }) => cell === key)?.value
  await until('what was confirmed', () => kept('BC/BC.BUUGUI/this'), (value) => value === '3.25')
  assert.equal(await kept(REVENUE), '1.5')
  assert.equal(await kept('VT/VT.DOANHTHU/this'), undefined, 'what was not confirmed stays out')
  await page.locator('.toast').getByRole('button', { name: 'Hoàn tác' }).click()
  await until('undone at once', () => kept('BC/BC.BUUGUI/this'), (value) => value !== '3.25')
})

story('the same on a phone, in English', async (open) => {
  const page = await openAs(open, 'nhap.48', { size: PHONE, locale: 'en-GB' })
  const { id } = await formOf(page, '48')
  await tell(page, 'PATCH', '/session', { lang: 'en' })
  await page.goto(`/nhap-lieu/${id}?phan=BC`)
  await page.getByRole('button', { name: 'Upload Excel form' }).click()
  await page.getByRole('button', { name: /^Only a Word or Excel report/ }).click()
  const dialog = page.getByRole('dialog', { name: 'Take figures from a Word or Excel report of your own' })
  const [chooser] = await Promise.all([page.waitForEvent('filechooser'), dialog.getByRole('button', { name: 'Choose the report' }).click()])
  await chooser.setFiles({ name: 'july.docx', mimeType: 'application/octet-stream', buffer: JULY })
  await dialog.getByText('The file “july.docx” has', { exact: false }).waitFor()
  await isUsable(page, 'what a report seems to say, on a phone')
  await picture(page, 'own-report-phone')
})
