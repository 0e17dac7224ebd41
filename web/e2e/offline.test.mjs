// Without a line: the application and its forms open, what is typed waits on this machine, and goes its way when the line
// is back; two people who wrote one cell see both values; a file carries what waits to where there is a line.

import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { ask, formOf, isUsable, openAs, PASSWORD, PHONE, picture, signIn, signInByForm, story, tell, until } from './browser.mjs'

const REVENUE = 'BC/BC.DOANHTHU/this'
const LETTERS = 'BC/BC.THU/this'
const STAFF = 'BC/BC.LAODONG/this'

const held = async (page, form, key) => (await ask(page, `/submissions/${form}`)).cells.find(({ cell }) => cell === key)?.value ?? null

/** An officer's form, open, and everything it needs kept. */
async function atWork(open, body, options = {}) {
  const page = await openAs(open, `nhap.${body}`, { worker: true, ...options })
  const { id } = await formOf(page, body)
  await page.goto(`/nhap-lieu/${id}?phan=BC`)
  await page.locator(`[data-cell="${LETTERS}"]`).waitFor()
  await isKept(page, id)
  return { page, id }
}

/** The worker has the files, and the form is written down as the server has it now. */
async function isKept(page, id) {
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => null))
  await until('the worker and the kept form', () => page.evaluate(async (id) => {
    const kept = await new Promise((resolve) => {
      const opening = indexedDB.open('quantrac')
      opening.onsuccess = () => {
        const all = opening.result.transaction('answers').objectStore('answers').getAllKeys()
        all.onsuccess = () => resolve(all.result.map(([, path]) => path))
      }
    })
    return [!!navigator.serviceWorker.controller, ...['/session', '/indicators', `/submissions/${id}`].map((path) => kept.includes(path))]
  }, id), (all) => all.every(Boolean))
}

async function type(page, cell, text) {
  await page.locator(`input[data-cell="${cell}"]`).click()
  await page.keyboard.type(text)
  await page.keyboard.press('Enter')
}

const shown = (page, cell) => page.locator(`input[data-cell="${cell}"]`).inputValue()
const mark = (page) => page.locator('header a.mark')

story('what is typed without a line is there after a reload and arrives when the line is back', async (open) => {
  const { page, id } = await atWork(open, '52')
  await page.context().setOffline(true)
  await type(page, LETTERS, '141,5')
  await type(page, STAFF, '1.5')
  await page.getByText('Mất kết nối. Số liệu nhập lúc này được giữ trên máy', { exact: false }).waitFor()
  await until('the mark', () => mark(page).getAttribute('title'), (title) => title === 'Mất kết nối, 2 ô chờ gửi')
  // Handing in needs the line, and says so.
  await page.getByRole('button', { name: 'Trình ký' }).click()
  const handing = page.getByRole('dialog', { name: 'Trình ký' })
  await handing.getByText('Cần có kết nối để trình ký hoặc ký.', { exact: false }).waitFor()
  await handing.getByRole('button', { name: 'Để sau' }).click()
  // A second window says where they wait, and does not say that all is saved.
  const second = await page.context().newPage()
  await second.goto('/cho-gui')
  await second.getByText('2 ô đang chờ ở cửa sổ khác', { exact: false }).waitFor()
  assert.equal(await second.getByText('Không có ô nào chờ gửi.', { exact: false }).count(), 0)
  await second.close()

  // The page opens again without a line, at the same place, with what was typed.
  await page.reload()
  await page.locator(`[data-cell="${LETTERS}"]`).waitFor()
  assert.equal(await shown(page, LETTERS), '141,5')
  assert.equal(await shown(page, STAFF), '1.5')
  await page.getByText('Mất kết nối. Đang xem bản lưu trên máy này lúc', { exact: false }).waitFor()
  // The checks and the columns that nobody types go on: 121,6 after 60,8 is twice as much.
  await type(page, REVENUE, '121,6')
  await until('the warning', () => page.locator(`input[data-cell="${REVENUE}"]`).getAttribute('title'), (title) => /Tăng 100% so với kỳ trước, quá mức \d+% thường gặp/.test(title ?? ''))
  assert.match(await page.getByRole('row', { name: /Doanh thu bưu chính/ }).innerText(), /100,0%/)
  await page.locator(`input[data-cell="${REVENUE}"]`).click()
  await isUsable(page, 'a form without a line')
  await picture(page, 'offline-form')
  await page.locator(`input[data-cell="${REVENUE}"]`).press('Delete')

  // So do the list, the first page and the page of what waits; a number with two readings says so there.
  await page.goto('/nhap-lieu')
  await page.getByRole('row', { name: /tháng 7\/2024/ }).first().waitFor()
  await page.goto('/')
  await page.getByRole('heading', { level: 1, name: 'Việc của tôi' }).waitFor()
  await mark(page).click()
  await page.getByRole('heading', { level: 1, name: 'Số liệu chờ gửi' }).waitFor()
  const rows = page.getByRole('table').locator('tbody tr')
  await until('what waits', () => rows.allInnerTexts(), (all) => all.length === 2 && /141,5[\s\S]*Chờ có kết nối/.test(all[0]) && /1\.5[\s\S]*Chưa lưu được[\s\S]*có phải là 15 không/.test(all[1]))
  await isUsable(page, 'what waits')
  await picture(page, 'offline-waiting')

  // One is let go, taken back, and let go again.
  await page.getByRole('button', { name: /^Bỏ số đã nhập/ }).nth(1).click()
  await until('one row', () => rows.count(), (count) => count === 1)
  await page.locator('.toast').getByRole('button', { name: 'Hoàn tác' }).click()
  await until('both rows', () => rows.count(), (count) => count === 2)
  await page.getByRole('button', { name: /^Bỏ số đã nhập/ }).nth(1).click()
  await until('one row', () => rows.count(), (count) => count === 1)
  assert.equal(await held(page, id, LETTERS), null, 'nothing has arrived')

  await page.context().setOffline(false)
  await page.getByText('Không có ô nào chờ gửi.', { exact: false }).waitFor()
  assert.equal(await held(page, id, LETTERS), '141.5')
  assert.equal(await held(page, id, STAFF), null)
  await until('the mark', () => mark(page).getAttribute('title'), (title) => title === 'Có kết nối')
  await page.goto(`/nhap-lieu/${id}?phan=BC`)
  await page.locator(`[data-cell="${LETTERS}"]`).waitFor()
  assert.equal(await shown(page, LETTERS), '141,5')
})

story('what two people wrote, one of them without a line, asks which number stands', async (open) => {
  const { page, id } = await atWork(open, '48')
  await page.context().setOffline(true)
  await type(page, REVENUE, '61,5')
  await type(page, LETTERS, '70')
  await until('the mark', () => mark(page).getAttribute('title'), (title) => title === 'Mất kết nối, 2 ô chờ gửi')
  const colleague = await openAs(open, 'nhap.48')
  const version = async (key) => (await ask(colleague, `/submissions/${id}`)).cells.find(({ cell }) => cell === key)?.version ?? 0
  await tell(colleague, 'PATCH', `/submissions/${id}/cells`, { cells: [{ cell: REVENUE, value: '62.5', version: await version(REVENUE) }, { cell: LETTERS, value: '70', version: await version(LETTERS) }] })
  await page.goto('/cho-gui')
  await page.getByRole('row', { name: /61,5/ }).waitFor()
  await page.context().setOffline(false)

  // Both said 70: there is nothing to ask. Of the other, both values and who wrote the other.
  const row = page.getByRole('row', { name: /61,5[\s\S]*Hai người cùng sửa[\s\S]*62,5/ })
  await row.waitFor()
  await until('one row', () => page.getByRole('table').locator('tbody tr').count(), (count) => count === 1)
  assert.equal(await page.getByRole('button', { name: 'Gửi lại tất cả' }).count(), 0, 'there is nothing that only has to be sent again')
  // Each of the two values stands out, with whose the other is.
  assert.equal(await row.locator('.value').innerText(), '61,5')
  assert.match(await row.locator('.note').first().innerText(), /^Chuyên viên nhập liệu, Sở TT&TT Đà Nẵng, \d\d:\d\d: 62,5$/)
  await isUsable(page, 'a conflict in what waits')
  await picture(page, 'offline-conflict')
  assert.equal(await held(colleague, id, REVENUE), '62.5', 'nothing is overwritten before the answer')
  // In the form the same question stands beside the cell.
  await row.getByRole('link').click()
  await page.locator(`input[data-cell="${REVENUE}"]`).click()
  const question = page.getByRole('alert').filter({ hasText: 'Có người vừa sửa ô này trước bạn.' })
  await question.getByRole('button', { name: 'Giữ số của tôi' }).click()
  await until('my number', () => held(colleague, id, REVENUE), (value) => value === '61.5')
})

story('what waits is exported, let go here, and imported at the ministry', async (open) => {
  const work = await atWork(open, '54', { size: PHONE, locale: 'en-GB' })
  const { id } = work
  let { page } = work
  await tell(page, 'PATCH', '/session', { lang: 'en' })
  await page.reload()
  await page.locator(`[data-cell="${LETTERS}"]`).waitFor()
  await isKept(page, id)
  await page.context().setOffline(true)
  await page.locator(`input[data-cell="${LETTERS}"]`).fill('1,234.5')
  await page.locator(`input[data-cell="${STAFF}"]`).fill('900')
  await page.locator(`input[data-cell="${STAFF}"]`).press('Enter')
  await until('the mark', () => mark(page).getAttribute('title'), (title) => title === 'Off line, 2 cells waiting')
  await picture(page, 'offline-phone-form')
  // The window in which they were typed is left: the next one takes them up by itself. (Closing it would end its being off line first.)
  const first = page
  page = await first.context().newPage()
  await page.goto('/cho-gui')
  await page.getByText('2 cells wait in another window', { exact: false }).waitFor()
  await first.goto('about:blank')
  await page.getByText('1,234.5').waitFor()
  await isUsable(page, 'what waits on a phone')
  await picture(page, 'offline-phone-waiting')
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: /^Export the waiting cells/ }).click()])
  assert.equal(download.suggestedFilename(), 'SO-THANG_54_2024-07_cho-gui.json')
  const file = await readFile(await download.path())
  for (let left = 2; left > 0; left--) await page.getByRole('button', { name: /^Discard what was entered/ }).first().click()
  await page.getByText('Nothing is waiting.', { exact: false }).waitFor()
  await page.context().setOffline(false)
  await until('the line', () => mark(page).getAttribute('title'), (title) => title === 'On line')
  assert.equal(await held(page, id, LETTERS), null)

  // At the ministry, where somebody enters for several bodies, with a file that is not one first.
  const admin = await openAs(open, 'bo.quantri')
  const account = { user: 'bo.nhapho', name: 'Chuyên viên nhập hộ, Vụ Kế hoạch - Tài chính', role: 'enterer', body: '54, 62', sectors: [] }
  const { reset_link } = await tell(admin, 'POST', '/accounts', account)
  const other = await open({ size: PHONE, locale: 'en-GB' })
  await tell(other, 'POST', '/password', { token: new URL(reset_link, 'http://x').searchParams.get('token'), password: `${PASSWORD}-ho` })
  await signIn(other, 'bo.nhapho', `${PASSWORD}-ho`)
  await tell(other, 'PATCH', '/session', { lang: 'en' })
  await other.goto('/cho-gui')
  const choose = async (buffer) => {
    const [chooser] = await Promise.all([other.waitForEvent('filechooser'), other.getByRole('button', { name: 'Import an exported file' }).click()])
    await chooser.setFiles({ name: 'waiting.json', mimeType: 'application/json', buffer })
  }
  await choose(Buffer.from('{}'))
  await other.getByRole('alert').getByText('This is not a file of waiting cells', { exact: false }).waitFor()
  await choose(Buffer.from(file.toString().replace('900', '901')))
  const dialog = other.getByRole('dialog', { name: 'Import an exported file' })
  await dialog.getByText('This file is damaged or was changed after it was written.', { exact: false }).waitFor()
  await dialog.getByRole('button', { name: 'Cancel' }).click()
  await choose(file)
  await dialog.getByText('The file “waiting.json” changes 2 cells.').waitFor()
  // Whose form it is.
  await dialog.getByText('Department of Information and Communications, Phú Yên').waitFor()
  await isUsable(other, 'the preview of a file')
  await picture(other, 'offline-phone-import')
  await dialog.getByRole('button', { name: 'Save 2 cells' }).click()
  await other.locator('.toast').getByText('2 cells saved from the file.').waitFor()
  assert.deepEqual([await held(other, id, LETTERS), await held(other, id, STAFF)], ['1234.5', '900'])
})

story('nothing of one account is shown to the next, and what is unsent is said before it goes', async (open) => {
  const { page, id } = await atWork(open, '56')
  await page.context().setOffline(true)
  await type(page, LETTERS, '55')
  await until('the mark', () => mark(page).getAttribute('title'), (title) => title === 'Mất kết nối, 1 ô chờ gửi')
  await page.getByRole('button', { name: /^Tài khoản của/ }).click()
  await page.getByRole('button', { name: 'Đăng xuất' }).click()
  const dialog = page.getByRole('dialog', { name: 'Còn 1 ô chưa gửi' })
  await dialog.waitFor()
  await isUsable(page, 'signing out with a cell unsent')
  await picture(page, 'offline-sign-out')
  await dialog.getByRole('button', { name: 'Không làm nữa' }).click()

  // The session ends meanwhile: whoever comes next sees nothing of it, and it waits for its own account.
  await page.context().clearCookies()
  await page.context().setOffline(false)
  await page.waitForURL('**/dang-nhap**')
  await signInByForm(page, 'nhap.62')
  await mark(page).waitFor()
  await page.goto('/cho-gui')
  await page.getByText('Không có ô nào chờ gửi.', { exact: false }).waitFor()
  await page.context().setOffline(true)
  await page.goto(`/nhap-lieu/${id}`)
  await page.getByText('Không kết nối được', { exact: false }).first().waitFor()
  assert.equal(await page.locator('[data-cell]').count(), 0)
  await page.context().setOffline(false)
  await until('the line', () => mark(page).getAttribute('title'), (title) => title === 'Có kết nối')
  await page.getByRole('button', { name: /^Tài khoản của/ }).click()
  await page.getByRole('button', { name: 'Đăng xuất' }).click()
  await page.waitForURL('**/dang-nhap**')
  await signInByForm(page, 'nhap.56')
  await mark(page).waitFor()
  await until('the number that waited', () => held(page, id, LETTERS), (value) => value === '55')

  // Signed out without a line, the machine has nothing left, and does not let anybody in when it is back.
  await page.context().setOffline(true)
  await page.getByRole('button', { name: /^Tài khoản của/ }).click()
  await page.getByRole('button', { name: 'Đăng xuất' }).click()
  await page.waitForURL('**/dang-nhap**')
  const left = await page.evaluate(() => new Promise((resolve) => {
    const opening = indexedDB.open('quantrac')
    opening.onsuccess = () => {
      const all = opening.result.transaction('answers').objectStore('answers').getAllKeys()
      all.onsuccess = () => resolve(all.result)
    }
  }))
  assert.deepEqual(left, [])
  await page.context().setOffline(false)
  await page.goto('/')
  await page.waitForURL('**/dang-nhap**')
  assert.equal((await page.context().request.get('/api/v1/session')).status(), 401)
})

story('a new version takes over at the next visit and the files of the old one go', async (open) => {
  const page = await open({ worker: true })
  await signIn(page, 'nhap.52')
  const script = await page.context().request.get('/sw.js')
  assert.match(script.headers()['content-type'], /^text\/javascript/)
  assert.equal(script.headers()['cache-control'], 'no-cache')
  const caches = () => page.evaluate(() => caches.keys())
  await page.goto('/')
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => null))
  const [before, ...others] = await until('the files', caches, (names) => names.length === 1)
  assert.deepEqual(others, [])
  // As if an older version had been there.
  await page.evaluate(async (name) => {
    const old = await caches.open('quantrac-older')
    for (const request of await (await caches.open(name)).keys()) await old.put(request, await caches.match(request))
    await caches.delete(name)
    await (await navigator.serviceWorker.ready).unregister()
  }, before)
  await page.goto('/nhap-lieu')
  await until('the files of this version only', caches, (names) => names.length === 1 && names[0] === before)
})
