// A form filled in by programs of other people: openpyxl writes into it, LibreOffice opens and saves it, and both files
// are uploaded through the page.

import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { ask, formOf, openAs, picture, story, until } from './browser.mjs'

const KIND = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'
const run = promisify(execFile)

/** What a clerk's script does: finds the rows by their hidden keys and writes numbers, a formula and words. */
const FILL = `
import json, sys, openpyxl
source, target, cells = sys.argv[1:]
book = openpyxl.load_workbook(source)
sheet = book.worksheets[0]
columns = {cell.value: cell.column for cell in sheet[1] if cell.value}
for key, said in json.loads(cells).items():
    row = next(row[0].row for row in sheet.iter_rows(min_row=2) if row[0].value == key)
    sheet.cell(row, columns["this"]).value = said
book.save(target)
`

/** The form with these cells, as openpyxl writes it and as LibreOffice saves that. */
async function filled(form, cells) {
  const folder = await mkdtemp(join(tmpdir(), 'quantrac-programs-'))
  try {
    await writeFile(join(folder, 'form.xlsx'), form)
    await run('/usr/bin/python3', ['-c', FILL, join(folder, 'form.xlsx'), join(folder, 'filled.xlsx'), JSON.stringify(cells)], { timeout: 60_000 })
    const office = ['--headless', `-env:UserInstallation=file://${folder}/profile`, '--convert-to', 'xlsx:Calc MS Excel 2007 XML', '--outdir', join(folder, 'saved'), join(folder, 'filled.xlsx')]
    await run('soffice', office, { timeout: 180_000 })
    return { openpyxl: await readFile(join(folder, 'filled.xlsx')), libreoffice: await readFile(join(folder, 'saved', 'filled.xlsx')) }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

story('a form written by openpyxl and one saved by LibreOffice are taken', async (open) => {
  const page = await openAs(open, 'nhap.52')
  const { id } = await formOf(page, '52')
  await page.goto(`/nhap-lieu/${id}?phan=BC`)
  await page.locator('[data-cell="BC/BC.DOANHTHU/this"]').waitFor()
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Tải biểu Excel' }).click()])
  const form = await readFile(await download.path())

  const dialog = page.getByRole('dialog', { name: 'Nộp biểu Excel' })
  const choose = async (name, buffer, verb = /^Chọn tệp/) => {
    const [chooser] = await Promise.all([page.waitForEvent('filechooser'), dialog.getByRole('button', { name: verb }).click()])
    await chooser.setFiles({ name, mimeType: KIND, buffer })
  }
  const kept = async (key) => (await ask(page, `/submissions/${id}`)).cells.find(({ cell }) => cell === `${key}/this`)
  const save = async (n) => {
    await dialog.getByRole('button', { name: `Lưu ${n} ô` }).click()
    await page.locator('.toast').getByText(`Đã lưu ${n} ô từ tệp Excel.`).waitFor()
  }

  const numbers = await filled(form, { 'BC/BC.DOANHTHU': 63.4, 'VT/VT.BTS': 'Chưa có số liệu' })
  await page.getByRole('button', { name: 'Nộp biểu Excel' }).click()
  await choose('openpyxl.xlsx', numbers.openpyxl)
  await dialog.getByText('Tệp “openpyxl.xlsx” thay đổi 2 ô.').waitFor()
  await save(2)
  await until('the number of openpyxl', () => kept('BC/BC.DOANHTHU'), (cell) => cell?.value === '63.4')
  assert.equal((await kept('VT/VT.BTS')).absent, 'missing')

  // openpyxl writes formulas without their results; LibreOffice works them out when it saves.
  const again = await page.evaluate(async (id) => [...new Uint8Array(await (await fetch(`/api/v1/submissions/${id}/form.xlsx`)).arrayBuffer())], id)
  const formula = await filled(Buffer.from(again), { 'BC/BC.BUUGUI': '=3+0.25', 'BC/BC.DOANHTHU': 64.1 })
  await page.getByRole('button', { name: 'Nộp biểu Excel' }).click()
  await choose('openpyxl.xlsx', formula.openpyxl)
  await dialog.getByText('Công thức chưa có kết quả.', { exact: false }).waitFor()
  await picture(page, 'programs-formula')
  assert.equal(await dialog.getByRole('button', { name: /^Lưu/ }).count(), 0)
  await choose('libreoffice.xlsx', formula.libreoffice, /[Cc]họn tệp/)
  await dialog.getByText(/Tệp “libreoffice\.xlsx” thay đổi 2 ô\./).waitFor()
  await picture(page, 'programs-libreoffice')
  await dialog.getByRole('button', { name: 'Lưu 2 ô' }).click()
  await until('the result of the formula', () => kept('BC/BC.BUUGUI'), (cell) => cell?.value === '3.25')
})
