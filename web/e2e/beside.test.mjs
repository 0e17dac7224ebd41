// A measured number beside a cell: typed blind and then seen; or confirmed, or explained by cause and comment.

import assert from 'node:assert/strict'
import { ask, formOf, isUsable, openAs, PHONE, picture, settled, story, tell, vietnamese } from './browser.mjs'

/** The first department in official order whose form is empty, apart from the one whose story is played. */
async function measuredBody(open) {
  const page = await openAs(open, 'bo.duyet')
  const { rows } = await ask(page, '/completeness?template=SO-THANG&period=2024-07')
  return rows.filter(({ state, body }) => state === 'not_started' && body !== '52').map(({ body }) => body).sort()[0]
}

const cellOf = (page, cell) => page.locator(`input[data-cell="${cell}"]`)

story('what is measured too little is typed blind; what is measured enough is confirmed or explained', async (open) => {
  const body = await measuredBody(open)
  const page = await openAs(open, `nhap.${body}`)
  const form = await formOf(page, body)
  const sent = []
  page.on('response', async (answer) => {
    if (answer.url().includes('/api/v1/submissions/')) sent.push(await answer.text().catch(() => ''))
  })
  await page.goto(`/nhap-lieu/${form.id}?phan=CDS`)
  await settled(page)
  const at = (cell) => form.measured.find((one) => one.cell === cell)
  const enough = at('CDS/CDS.HOSO/this')
  assert.deepEqual([enough.standing, at('CDS/CDS.HOSO_TT/this').standing, at('CDS/CDS.HOSO_TT/this').value], ['to_confirm', 'hidden', null])

  await type(page, 'CDS/CDS.HOSO_TT/this', null)
  await page.getByText('Chỉ tiêu này có số đo trực tuyến').waitFor()
  await isUsable(page, 'a number to be typed blind')
  await picture(page, 'beside-blind')
  const before = sent.join('')
  await type(page, 'CDS/CDS.HOSO_TT/this', '12345')
  await page.getByText(/^Số đo trực tuyến: /).waitFor()
  const saved = await ask(page, `/submissions/${form.id}`)
  const little = saved.measured.find((one) => one.cell === 'CDS/CDS.HOSO_TT/this')
  assert.deepEqual([little.standing, little.typed_blind], ['shown', '12345'])
  assert.ok(!before.includes(little.value), 'the number did not reach the page before')
  await page.getByText('Số nhập trước khi xem số đo: 12.345').waitFor()
  await picture(page, 'beside-shown')

  await type(page, 'CDS/CDS.HOSO/this', '99999')
  await page.getByText('Số đã nhập khác số đo.', { exact: false }).waitFor()
  await page.getByLabel('Nguyên nhân chênh lệch').selectOption('missing_system')
  await page.getByText('Ghi thêm giải trình vào ô bên dưới.').waitFor()
  await page.locator('textarea[id$="-comment"]').first().fill('Cổng cũ chưa kết nối')
  await page.locator('textarea[id$="-comment"]').first().blur()
  await page.getByText('✓ Đã giải trình.').waitFor()
  await isUsable(page, 'a difference that is explained')
  await picture(page, 'beside-explained')
  await page.getByRole('button', { name: /^Xác nhận/ }).waitFor({ state: 'detached' })

  await type(page, 'CDS/CDS.HOSO/this', '')
  await page.getByRole('button', { name: `Xác nhận ${vietnamese(enough.value)}`, exact: false }).press('Enter')
  await page.getByText('✓ Đã xác nhận số đo.').waitFor()
  await picture(page, 'beside-confirmed')
  assert.equal((await ask(page, `/submissions/${form.id}`)).cells.find(({ cell }) => cell === 'CDS/CDS.HOSO/this').value, enough.value)

  await page.getByText('Số này còn được hỏi, được dùng ở đâu?').click()
  await page.getByText('Không biểu nào khác hỏi đơn vị số này.').waitFor()
  await isUsable(page, 'who else asks for a number')
  await picture(page, 'beside-elsewhere')

  await tell(page, 'PATCH', '/session', { lang: 'en' })
  await page.setViewportSize(PHONE)
  await page.reload()
  await settled(page)
  await isUsable(page, 'the form on a phone in English')
})

story('without a line the machine does not hold a blind number, and it is compared once the line is back', async (open) => {
  const body = await measuredBody(open)
  const page = await openAs(open, `nhap.${body}`)
  const form = await formOf(page, body)
  await page.goto(`/nhap-lieu/${form.id}?phan=CDS`)
  await settled(page)
  await type(page, 'CDS/CDS.HOSO_TT/this', null)
  await page.getByText('hãy nhập số của đơn vị trước', { exact: false }).waitFor()
  await page.context().setOffline(true)
  await type(page, 'CDS/CDS.HOSO_TT/this', '12345')
  await page.getByText('Đã nhập. Số này sẽ được so với số đo khi có mạng.').waitFor()
  await isUsable(page, 'a number typed blind without a line')
  await picture(page, 'beside-offline')
  // What suffices was loaded, and is confirmed or told apart without a line.
  await type(page, 'CDS/CDS.HOSO/this', '99999')
  await page.getByText('Số đã nhập khác số đo.', { exact: false }).waitFor()
  await page.getByText('Nguyên nhân chọn được khi có mạng.', { exact: false }).waitFor()
  await page.getByRole('button', { name: /^Xác nhận / }).press('Enter')
  await page.getByText('✓ Đã xác nhận số đo.').waitFor()

  const kept = await page.evaluate(async () => {
    const [{ name }] = await indexedDB.databases()
    const db = await new Promise((ready) => (indexedDB.open(name).onsuccess = ({ target }) => ready(target.result)))
    const all = [...db.objectStoreNames].map((store) => new Promise((ready) => (db.transaction(store).objectStore(store).getAll().onsuccess = ({ target }) => ready(target.result))))
    return JSON.stringify(await Promise.all(all)) + JSON.stringify(localStorage)
  })
  await page.context().setOffline(false)
  await page.evaluate(() => dispatchEvent(new Event('online')))
  await cellOf(page, 'CDS/CDS.HOSO_TT/this').click()
  await page.getByText('Số nhập trước khi xem số đo: 12.345').waitFor()
  const { value } = (await ask(page, `/submissions/${form.id}`)).measured.find((one) => one.cell === 'CDS/CDS.HOSO_TT/this')
  assert.ok(value && kept.includes('12345') && !kept.includes(value), 'what was kept on the machine had the typed number, not the measured one')
})

/** Comes to a cell and types into it; only comes to it with null. */
async function type(page, cell, text) {
  await cellOf(page, cell).scrollIntoViewIfNeeded()
  await cellOf(page, cell).click()
  if (text === null) return
  if (text === '') await page.keyboard.press('Delete')
  else {
    await page.keyboard.type(text)
    await page.keyboard.press('Enter')
    await cellOf(page, cell).click()
  }
}
