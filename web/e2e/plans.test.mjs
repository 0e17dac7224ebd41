// Giao kế hoạch: typed and pasted in a grid, issued under a document, changed with a reason, on a desk and on a phone.

import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { ask, isUsable, openAs, PHONE, picture, settled, story, until, vietnamese } from './browser.mjs'
import { words } from './sheet.mjs'

const planned = async (page, unit, year = '2024') => (await ask(page, `/values?indicator=BC.DOANHTHU&unit=${unit}&period=${year}&measure=plan`)).values[0].value

story('a plan is typed and pasted, issued, and changed with a reason', async (open) => {
  const analyst = await openAs(open, 'bo.phantich')
  await analyst.goto('/')
  await analyst.getByRole('link', { name: 'Kế hoạch' }).click()
  await analyst.getByRole('heading', { name: 'Kế hoạch năm 2024' }).waitFor()
  await analyst.getByLabel('Thêm chỉ tiêu').selectOption('VT.TB_DIDONG')
  await analyst.getByRole('textbox', { name: 'Hà Nội, Số thuê bao điện thoại di động', exact: true }).waitFor()
  const cell = (unit) => analyst.getByRole('textbox', { name: `${unit}, Doanh thu bưu chính`, exact: true })
  await cell('Hà Nội').waitFor()
  await isUsable(analyst, 'the plan of a year')
  await picture(analyst, 'plans')

  // 1.5 is asked about; a number is kept, and Enter goes to the next unit.
  await cell('Bình Định').fill('1.5')
  await cell('Bình Định').press('Enter')
  await analyst.getByRole('alert').getByText('1.5').waitFor()
  assert.equal(await cell('Bình Định').getAttribute('aria-invalid'), 'true')
  await cell('Bình Định').fill('1.234,5')
  await cell('Bình Định').press('Enter')
  await analyst.getByText('✓ Đang soạn 1 số kế hoạch, chưa giao.').waitFor()

  // A block from a spreadsheet is read under one format, shown, and confirmed once; and it is undone at once.
  await analyst.evaluate((text) => navigator.clipboard.writeText(text), '2.067,5\n1.100,2\n950')
  await cell('Hà Nội').focus()
  await analyst.keyboard.press('Control+v')
  const dialog = analyst.getByRole('dialog', { name: 'Dán 3 ô' })
  await dialog.getByText('2.067,5', { exact: true }).first().waitFor()
  await isUsable(analyst, 'a block before it is taken')
  await picture(analyst, 'plans-paste')
  await dialog.getByRole('button', { name: 'Nhập 3 ô' }).click()
  await analyst.getByText('✓ Đang soạn 4 số kế hoạch, chưa giao.').waitFor()
  assert.equal(await cell('Hà Nội').inputValue(), '2.067,5')
  await analyst.getByRole('button', { name: 'Hoàn tác', exact: true }).first().click()
  await analyst.getByText('✓ Đang soạn 1 số kế hoạch, chưa giao.').waitFor()
  await analyst.getByRole('button', { name: 'Làm lại' }).click()
  await analyst.getByText('✓ Đang soạn 4 số kế hoạch, chưa giao.').waitFor()
  const before = await planned(analyst, '52')

  // The same by a file: downloaded, changed, and uploaded; what it would change is shown first, a mistake by its cell.
  const [download] = await Promise.all([analyst.waitForEvent('download'), analyst.getByRole('button', { name: 'Tải tệp Excel' }).click()])
  assert.equal(download.suggestedFilename(), 'ke-hoach-2024.xlsx')
  const file = await readFile(await download.path())
  const upload = async (name, buffer) => {
    const [chooser] = await Promise.all([analyst.waitForEvent('filechooser'), analyst.getByRole('button', { name: 'Nạp từ Excel' }).click()])
    await chooser.setFiles({ name, mimeType: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet', buffer })
  }
  await upload('sai.xlsx', words(file, '1234.5', 'nhiều'))
  const wrong = analyst.getByRole('alert').filter({ hasText: 'sai.xlsx' })
  await wrong.getByText('Tệp sai.xlsx chưa được nạp: có 1 chỗ phải sửa').waitFor()
  await wrong.getByText(/Ô [A-Z]+\d+:/).waitFor()
  await isUsable(analyst, 'a file with a mistake')
  await picture(analyst, 'plans-file-wrong')
  await upload('ke-hoach.xlsx', words(file, '1234.5', '1.250,7'))
  const changed = analyst.getByRole('dialog')
  await changed.getByText('1.250,7').first().waitFor()
  await picture(analyst, 'plans-file')
  await changed.getByRole('button', { name: 'Nhập 1 ô' }).click()
  assert.equal(await cell('Bình Định').inputValue(), '1.250,7')
  await analyst.getByRole('button', { name: 'Hoàn tác', exact: true }).first().click()
  assert.equal(await cell('Bình Định').inputValue(), '1.234,5')

  // A draft survives, and holds only once it is issued.
  await analyst.reload()
  await cell('Hà Nội').waitFor()
  assert.equal(await cell('Hà Nội').inputValue(), '2.067,5')
  await analyst.getByRole('button', { name: 'Giao kế hoạch' }).click()
  const issue = analyst.getByRole('dialog', { name: 'Giao kế hoạch' })
  await issue.getByLabel('Số, ký hiệu').fill('QĐ')
  await issue.getByLabel('Ngày văn bản').fill('2024-08-05')
  if (before !== null) await issue.getByLabel('Lý do điều chỉnh').fill('Điều chỉnh giữa năm')
  await issue.getByRole('button', { name: 'Giao kế hoạch' }).click()
  await issue.getByText('“QĐ” không phải là số, ký hiệu văn bản.', { exact: false }).waitFor()
  await isUsable(analyst, 'a number that is none')
  await issue.getByLabel('Số, ký hiệu').fill('2345/QĐ-BTTTT')
  await issue.getByRole('button', { name: 'Giao kế hoạch' }).click()
  await analyst.getByText('Số 2345/QĐ-BTTTT, ngày 5/8/2024').waitFor()
  await until('the plan in the record', () => planned(analyst, '52'), (value) => value === '1234.5')

  // What was issued changes only with a reason.
  await cell('Bình Định').fill('1.300')
  await cell('Bình Định').press('Enter')
  await analyst.getByText(`đã giao ${vietnamese('1234.5')}`).waitFor()
  await picture(analyst, 'plans-changed')
  await analyst.getByRole('button', { name: 'Giao kế hoạch' }).click()
  await issue.getByLabel('Số, ký hiệu').fill('2400/QĐ-BTTTT')
  await issue.getByLabel('Ngày văn bản').fill('2024-08-05')
  await issue.getByRole('button', { name: 'Giao kế hoạch' }).click()
  await issue.getByText('Cần ghi lý do điều chỉnh.', { exact: false }).waitFor()
  await issue.getByLabel('Lý do điều chỉnh').fill('Sáp nhập bưu cục')
  await picture(analyst, 'plans-issue')
  await issue.getByRole('button', { name: 'Giao kế hoạch' }).click()
  await until('the changed plan', () => planned(analyst, '52'), (value) => value === '1300')
  await analyst.getByText('Sáp nhập bưu cục').waitFor()

  await analyst.setViewportSize(PHONE)
  await settled(analyst)
  await analyst.evaluate(() => scrollTo(0, 0))
  await isUsable(analyst, 'the plan on a phone')
  await picture(analyst, 'plans-phone')
})
