// A form filled in as a spreadsheet: downloaded from its page, changed as a spreadsheet program changes it, and uploaded again.

import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { ask, fits, formOf, isUsable, openAs, PHONE, picture, story, tell, until } from './browser.mjs'
import { changed, numberIn } from './sheet.mjs'

const REVENUE = 'BC/BC.DOANHTHU/this'
const KIND = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'

story('a form is filled in as a spreadsheet, looked at, saved and undone', async (open) => {
  const page = await openAs(open, 'nhap.52')
  const { id } = await formOf(page, '52')
  await page.goto(`/nhap-lieu/${id}?phan=BC`)
  await page.locator(`[data-cell="${REVENUE}"]`).waitFor()

  // What is typed and not yet saved is in the file.
  await page.locator(`[data-cell="${REVENUE}"]`).click()
  await page.keyboard.type('63,4')
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Tải biểu Excel' }).click()])
  assert.equal(download.suggestedFilename(), 'SO-THANG_52_2024-07.xlsx')
  const file = await readFile(await download.path())
  assert.equal(numberIn(file, REVENUE), '63.4')

  // By keyboard: the dialog, the file, what it would change.
  await page.getByRole('button', { name: 'Nộp biểu Excel' }).focus()
  await page.keyboard.press('Enter')
  const dialog = page.getByRole('dialog', { name: 'Nộp biểu Excel' })
  await isUsable(page, 'the dialog before a file is chosen')
  const choose = async (bytes, name = 'thang-7.xlsx', verb = /^Chọn tệp/) => {
    const [chooser] = await Promise.all([page.waitForEvent('filechooser'), dialog.getByRole('button', { name: verb }).press('Enter')])
    await chooser.setFiles({ name, mimeType: KIND, buffer: bytes })
  }
  await choose(file)
  await dialog.getByText('Tệp “thang-7.xlsx” không có thay đổi nào so với biểu.').waitFor()

  // A number that can be two is asked about, by sheet, row and column, and nothing can be saved.
  await choose(changed(file, { [REVENUE]: '1.5', 'BC/BC.BUUGUI/this': 3.25 }))
  await dialog.getByText(/Ô F\d+, trang “Biểu số liệu” \(Doanh thu bưu chính\): Số 1\.5 có thể là 1,5 hoặc 15/).waitFor()
  assert.equal(await dialog.getByRole('button', { name: /^Lưu/ }).count(), 0)
  await isUsable(page, 'a file that cannot be read')
  await picture(page, 'excel-unreadable')

  // A page that calls itself a spreadsheet is refused with the reason.
  await choose(Buffer.from('<html><table></table></html>'), 'bieu.xlsx')
  await dialog.getByText('Tệp này không phải là tệp Excel .xlsx.', { exact: false }).waitFor()
  await picture(page, 'excel-refused')

  // One that is too large is refused before anything of it is sent, at the byte where the server refuses it too.
  const sent = []
  page.on('request', (request) => request.url().includes('form.xlsx') && sent.push(request.url()))
  const large = Buffer.alloc((8 << 20) + 1, 'P')
  await choose(large, 'qua-lon.xlsx')
  await dialog.getByText('Tệp lớn quá 8 MB nên chưa được gửi.', { exact: false }).waitFor()
  assert.deepEqual(sent, [])
  await isUsable(page, 'a file that is too large')
  await picture(page, 'excel-too-large')
  const refusal = async (data) => (await (await page.context().request.post(`/api/v1/submissions/${id}/form.xlsx?dry_run=true`, { data })).json()).code
  assert.deepEqual([await refusal(large), await refusal(large.subarray(1))], ['too_large', 'not_a_workbook'])

  // Somebody else changes a cell meanwhile.
  const filled = changed(file, { [REVENUE]: 65.2, 'BC/BC.BUUGUI/this': 3.25, 'TN/TN.DOANHTHU/this': 2230.5, 'VT/VT.BTS/this': 'Chưa có số liệu', 'LOI/KETQUA/text': 'Doanh thu tăng nhờ chuyển phát.\nKhông có sự cố.' })
  const colleague = await openAs(open, 'nhap.52')
  const { version } = (await ask(colleague, `/submissions/${id}`)).cells.find(({ cell }) => cell === REVENUE)
  await tell(colleague, 'PATCH', `/submissions/${id}/cells`, { cells: [{ cell: REVENUE, value: '64.1', version }] })
  await choose(filled)
  await dialog.getByText('Tệp “thang-7.xlsx” thay đổi 5 ô.').waitFor()
  await dialog.getByText('1 ô người khác đã sửa sau khi tải tệp về.').waitFor()
  const rows = dialog.getByRole('row')
  assert.match(await rows.nth(1).innerText(), /Doanh thu bưu chính[\s\S]*64,1[\s\S]*65,2[\s\S]*đã sửa ô này/, 'the conflict first, with both values')
  await isUsable(page, 'the preview')
  await picture(page, 'excel-preview')

  await dialog.getByRole('radio', { name: 'Lấy số trong tệp' }).check()
  await dialog.getByRole('button', { name: 'Lưu 5 ô' }).press('Enter')
  await page.locator('.toast').getByText('Đã lưu 5 ô từ tệp Excel.').waitFor()
  assert.equal(await page.locator(`[data-cell="${REVENUE}"]`).inputValue(), '65,2')
  const kept = async (key) => (await ask(page, `/submissions/${id}`)).cells.find(({ cell }) => cell === key)
  assert.equal((await kept(REVENUE)).value, '65.2')
  assert.equal((await kept('VT/VT.BTS/this')).absent, 'missing')
  assert.equal((await kept('LOI/KETQUA/text')).text, 'Doanh thu tăng nhờ chuyển phát.\nKhông có sự cố.')
  await picture(page, 'excel-saved')

  // All of it at once is undone like a slip of the keyboard.
  await page.locator('.toast').getByRole('button', { name: 'Hoàn tác' }).click()
  await until('the cells as they were', () => kept(REVENUE), ({ value }) => value === '64.1')
  await until('the words as they were', () => kept('LOI/KETQUA/text'), ({ text }) => !text)
})

story('the same on a phone, in English', async (open) => {
  const page = await openAs(open, 'nhap.48', { size: PHONE, locale: 'en-GB' })
  const { id } = await formOf(page, '48')
  await tell(page, 'PATCH', '/session', { lang: 'en' })
  const answer = await page.context().request.get(`/api/v1/submissions/${id}/form.xlsx?lang=en`)
  const file = changed(await answer.body(), { [REVENUE]: 41.5, 'BC/BC.BUUGUI/this': '1,234.5' })
  await page.goto(`/nhap-lieu/${id}?phan=BC`)
  await page.getByRole('button', { name: 'Upload Excel form' }).click()
  await isUsable(page, 'the page and the dialog on a phone')
  const { x, width } = await page.getByRole('button', { name: /^Only a Word or Excel report/ }).boundingBox()
  assert.ok(x + width < PHONE.width, 'no words are cut off')
  const dialog = page.getByRole('dialog', { name: 'Upload Excel form' })
  const [chooser] = await Promise.all([page.waitForEvent('filechooser'), dialog.getByRole('button', { name: 'Choose the Excel file that was filled in' }).click()])
  await chooser.setFiles({ name: 'july.xlsx', mimeType: KIND, buffer: file })
  await dialog.getByText('The file “july.xlsx” changes 2 cells.').waitFor()
  await isUsable(page, 'the preview on a phone')
  await fits(page, 'the preview on a phone')
  await picture(page, 'excel-phone')
  await dialog.getByRole('button', { name: 'Save 2 cells' }).click()
  await page.locator('.toast').getByText('2 cells saved from the Excel file.').waitFor()
  await picture(page, 'excel-phone-saved')
})
