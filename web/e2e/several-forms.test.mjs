// The forms of two bodies in one spreadsheet: downloaded, filled, looked at body by body, and saved.

import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { ask, fits, formOf, isUsable, openAs, PASSWORD, PHONE, picture, story, tell } from './browser.mjs'
import { unzip, zip } from './zip.mjs'

const REVENUE = 'BC/BC.DOANHTHU/this'

story('an officer who enters for two provinces fills one file', async (open) => {
  const admin = await openAs(open, 'bo.quantri')
  const account = { user: 'nhap.chung', name: 'Chuyên viên nhập chung', role: 'enterer', body: '48, 52', sectors: [] }
  const { reset_link } = await tell(admin, 'POST', '/accounts', account)
  const stranger = await open()
  await tell(stranger, 'POST', '/password', { token: new URL(reset_link, 'http://x').searchParams.get('token'), password: `${PASSWORD}-chung` })
  const page = await open()
  const answer = await page.context().request.post('/api/v1/session', { data: { user: 'nhap.chung', password: `${PASSWORD}-chung` } })
  assert.equal(answer.status(), 200)
  const forms = [await formOf(page, '48'), await formOf(page, '52')]

  const kept = async ({ id }) => (await ask(page, `/submissions/${id}`)).cells.find(({ cell }) => cell === REVENUE)?.value
  const before = await kept(forms[1])
  await page.goto('/nhap-lieu')
  await page.getByRole('heading', { name: 'Biểu của 2 đơn vị trong một tệp Excel' }).first().waitFor()
  await isUsable(page, 'the list of one who enters for two')
  await picture(page, 'several-list')
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Tải tệp chung' }).first().click()])
  assert.equal(download.suggestedFilename(), 'SO-THANG_2024-07.xlsx')
  const file = await readFile(await download.path())
  const filled = changed(changed(file, 0, 41.5), 1, '1.5')

  await page.getByRole('button', { name: 'Nộp tệp chung' }).first().click()
  const dialog = page.getByRole('dialog', { name: 'Nộp tệp chung' })
  const choose = async (bytes, verb) => {
    const [chooser] = await Promise.all([page.waitForEvent('filechooser'), dialog.getByRole('button', { name: verb }).press('Enter')])
    await chooser.setFiles({ name: 'chung.xlsx', mimeType: 'application/octet-stream', buffer: bytes })
  }
  await choose(Buffer.alloc((8 << 20) + 1, 'P'), 'Chọn tệp Excel đã nhập')
  await dialog.getByText('Tệp lớn quá 8 MB nên chưa được gửi.', { exact: false }).waitFor()
  await choose(filled, 'Chọn tệp Excel đã nhập')
  await dialog.getByText('1 trong 2 đơn vị có thay đổi nhận được.').waitFor()
  await dialog.getByText(/Ô F\d+, trang “52 Bình Định” \(Doanh thu bưu chính\): Số 1\.5 có thể là/).waitFor()
  await isUsable(page, 'what would become of each body')
  await picture(page, 'several-preview')
  await page.setViewportSize(PHONE)
  await fits(page, 'what would become of each body, on a phone')
  await picture(page, 'several-preview-phone')
  await dialog.getByRole('button', { name: 'Lưu biểu của 1 đơn vị' }).click()
  await dialog.getByText('Đã lưu biểu của 1 trong 2 đơn vị.').waitFor()
  await picture(page, 'several-saved-phone')
  assert.equal(await kept(forms[0]), '41.5')
  assert.equal(await kept(forms[1]), before, 'what was refused changes nothing')

  // What somebody else has changed meanwhile stays, and it is said how to take the number of the file.
  const { version } = (await ask(page, `/submissions/${forms[0].id}`)).cells.find(({ cell }) => cell === REVENUE)
  await tell(page, 'PATCH', `/submissions/${forms[0].id}/cells`, { cells: [{ cell: REVENUE, value: '42', version }] })
  await dialog.getByRole('button', { name: 'Đóng' }).last().click()
  await page.getByRole('button', { name: 'Nộp tệp chung' }).first().click()
  await choose(filled, 'Chọn tệp Excel đã nhập')
  await dialog.getByText('Ô người khác đã sửa sau khi tải tệp về được giữ như trên biểu.', { exact: false }).waitFor()
  assert.equal(await dialog.getByRole('button', { name: /^Lưu/ }).count(), 0)
  await fits(page, 'what somebody else has changed, on a phone')
  await picture(page, 'several-theirs-phone')
})

/** The file with the revenue of its so-manieth body as a spreadsheet program writes it. */
function changed(bytes, body, value) {
  const parts = unzip(bytes)
  const text = (xml) => xml.replaceAll(/<[^>]*>/g, '')
  const strings = [...parts.get('xl/sharedStrings.xml').matchAll(/<si>(.*?)<\/si>/gs)].map(([, one]) => text(one))
  const sheets = [...parts].filter(([name, sheet]) => name.startsWith('xl/worksheets/sheet') && strings[Number(/<c r="A1"[^>]*t="s"[^>]*><v>(\d+)</.exec(sheet)?.[1])]?.startsWith('quantrac:form '))
  // Each body has a sheet of figures, then one of words.
  const [name, sheet] = sheets[body * 2]
  const key = strings.indexOf('BC/BC.DOANHTHU')
  const row = new RegExp(`<c r="A(\\d+)"[^>]*><v>${key}</v>`).exec(sheet)[1]
  const content = typeof value === 'number' ? `><v>${value}</v>` : ` t="inlineStr"><is><t>${value}</t></is>`
  const after = sheet.replace(new RegExp(`<c r="F${row}"( s="\\d+")[^>]*?(/>|>.*?</c>)`, 's'), `<c r="F${row}"$1${content}</c>`)
  assert.notEqual(after, sheet)
  parts.set(name, after)
  return zip(parts)
}
