// One entry, every report: July 2024 of Bình Định, from the empty form to the closed section, as the board and the record see it.

import assert from 'node:assert/strict'
import { ask, isUsable, openAs, picture, settled, story, tell, until, vietnamese } from './browser.mjs'

const REVENUE = 'BC/BC.DOANHTHU/this'
const FIRST = '63.4'
const CORRECTED = '61.9'
const REASON = 'Doanh thu bưu chính cao hơn số của doanh nghiệp gửi Bộ. Đề nghị đối chiếu lại.'

story('a month goes from the empty form to the closed section, and the board changes as it does', async (open) => {
  const officer = await openAs(open, 'nhap.52')
  const head = await openAs(open, 'ky.52')
  const reviewer = await openAs(open, 'bo.duyet')
  const minister = await openAs(open, 'bo.lanhdao')
  const board = () => onBoard(minister)
  const recorded = async () => (await ask(reviewer, '/values?indicator=BC.DOANHTHU&unit=52&period=2024-07')).values[0]

  assert.equal(await board(), null, 'nothing of July before anybody signed')

  // The officer begins from what is to be done.
  await officer.goto('/')
  await officer.getByRole('link', { name: /Báo cáo thống kê tháng của Sở, tháng 7\/2024/ }).first().click()
  await officer.waitForURL('**/nhap-lieu/*')
  const form = officer.url().split('/').at(-1).split('?')[0]
  const cell = (key) => officer.locator(`[data-cell="${key}"]`)
  await cell('TN/TN.DOANHTHU/this').waitFor()
  await isUsable(officer, 'the empty form')
  await picture(officer, 'entry-empty')

  // 1.5 is two numbers in Vietnamese; the officer is asked, and nothing is kept until the answer.
  await cell('TN/TN.DOANHTHU/this').click()
  await officer.keyboard.type('1.5')
  await officer.keyboard.press('Enter')
  assert.ok(await cell('TN/TN.LOINHUAN/this').evaluate((element) => element === document.activeElement), 'Enter goes down')
  await officer.keyboard.press('ArrowUp')
  const question = officer.getByRole('alert')
  await question.getByText('Số 1.5 có thể là 1,5 hoặc 15').waitFor()
  assert.deepEqual(await question.getByRole('button').allInnerTexts(), ['1,5', '15'])
  await picture(officer, 'entry-ambiguous')
  await question.getByRole('button', { name: '1,5', exact: true }).click()
  await officer.getByText(/✓ đã lưu/).waitFor()
  assert.equal(await kept(officer, form, 'TN/TN.DOANHTHU/this'), '1.5')

  // Typing replaces, Tab and Enter move, what follows from a number is there at once.
  await officer.keyboard.type('2.230,5')
  await officer.keyboard.press('Enter')
  await officer.keyboard.type('136,2')
  await officer.keyboard.press('Enter')
  await officer.keyboard.type('74,9')
  await officer.keyboard.press('Enter')
  await until('three cells typed', () => kept(officer, form, 'TN/TN.NSNN/this'), (value) => value === '74.9')
  assert.equal(await kept(officer, form, 'TN/TN.DOANHTHU/this'), '2230.5')
  await officer.getByText(/✓ đã lưu/).waitFor()
  const row = officer.getByRole('row', { name: /Doanh thu toàn ngành TT&TT/ })
  await row.getByText('11,4%').first().waitFor() // 2.230,5 against 2.002,1

  // The section of post comes from a spreadsheet.
  await officer.getByRole('tab', { name: /^Bưu chính/ }).click()
  const { template_def, computed } = await ask(officer, `/submissions/${form}`)
  const before = new Map(computed.map(({ row, previous }) => [row, previous.value]))
  const post = template_def.sections.find(({ id }) => id === 'BC')
  const column = post.rows.map(({ indicator }) => vietnamese(indicator === 'BC.DOANHTHU' ? FIRST : before.get(`BC/${indicator}`)))
  await officer.evaluate((text) => navigator.clipboard.writeText(text), column.join('\n'))
  await cell(`BC/${post.rows[0].indicator}/this`).click()
  await officer.keyboard.press('Control+v')
  const paste = officer.getByRole('dialog', { name: `Dán ${column.length} ô` })
  await paste.getByRole('button', { name: `Nhập ${column.length} ô` }).click()
  await until('the pasted section', () => kept(officer, form, REVENUE), (value) => value === FIRST)
  await officer.getByRole('tab', { name: `Bưu chính ${post.rows.length}/${post.rows.length}` }).waitFor()
  await picture(officer, 'entry-pasted')

  // The rest as last month, to come to the point.
  const rest = template_def.sections
    .filter(({ id, kind }) => kind === 'figures' && id !== 'BC')
    .flatMap(({ id, rows }) => rows.map((one) => `${id}/${one.indicator}${one.breakdown ? `[${one.breakdown}]` : ''}`))
    .filter((key) => !['TN/TN.DOANHTHU', 'TN/TN.LOINHUAN', 'TN/TN.NSNN'].includes(key))
    .map((key) => ({ cell: `${key}/this`, value: before.get(key), version: 0 }))
  const answer = await tell(officer, 'PATCH', `/submissions/${form}/cells`, { cells: rest })
  assert.deepEqual(answer.findings.filter(({ severity }) => severity === 'error'), [], 'no errors left')
  await officer.getByRole('tab', { name: /^Đánh giá chung/ }).click()
  await officer.getByLabel('Kết quả', { exact: false }).first().fill('Doanh thu tăng nhờ dịch vụ chuyển phát.')
  await until('the words', async () => (await ask(officer, `/submissions/${form}`)).cells.find(({ cell }) => cell === 'LOI/KETQUA/text')?.text, (text) => text?.startsWith('Doanh thu tăng'))
  assert.equal(await board(), null, 'a draft is nobody else’s')

  await send(officer, 'Trình ký')
  await said(officer, 'Đã trình ký.')
  assert.equal(await board(), null, 'what waits for a signature is nobody else’s')

  // The head signs.
  await head.goto('/')
  await head.getByRole('link', { name: /tháng 7\/2024/ }).first().click()
  await head.getByRole('button', { name: 'Ký và gửi' }).waitFor()
  await isUsable(head, 'a form to sign')
  await picture(head, 'entry-to-sign')
  await send(head, 'Ký và gửi')
  await said(head, 'Đã ký và gửi Bộ.')
  assert.equal(await board(), vietnamese(FIRST), 'what is signed is on the board')
  await picture(minister, 'board-signed')

  // The ministry returns one section with a reason.
  await reviewer.goto(`/duyet/${form}?phan=BC`)
  await reviewer.getByRole('checkbox', { name: /Doanh thu bưu chính/ }).check()
  await isUsable(reviewer, 'a form under review')
  await picture(reviewer, 'review-form')
  await reviewer.getByRole('button', { name: 'Trả lại', exact: true }).click()
  const why = reviewer.getByRole('dialog', { name: 'Trả lại: Bưu chính' })
  await why.getByRole('button', { name: 'Trả lại' }).click()
  await why.getByText('Cần ghi lý do.').waitFor()
  await why.getByLabel('Lý do', { exact: true }).fill(REASON)
  await picture(reviewer, 'review-return')
  await why.getByRole('button', { name: 'Trả lại' }).click()
  await said(reviewer, 'Đã trả lại phần Bưu chính.')
  assert.equal(await board(), null, 'what was returned is withdrawn from the board')
  const withdrawn = await recorded()
  assert.deepEqual([withdrawn.value, withdrawn.absent], [null, 'withdrawn'])
  assert.notEqual((await ask(reviewer, '/values?indicator=VT.DOANHTHU&unit=52&period=2024-07')).values[0].value, null, 'the rest stands')

  // The officer sees it among what is to be done, with the reason, and puts it right.
  await officer.goto('/')
  await settled(officer)
  await picture(officer, 'work-returned')
  await officer.getByRole('listitem').filter({ hasText: 'tháng 7/2024' }).getByRole('link', { name: /^Sửa và gửi lại/ }).click()
  await officer.waitForURL(`**/nhap-lieu/${form}*`)
  await officer.getByText(REASON).first().waitFor()
  await officer.getByRole('tab', { name: /^Bưu chính/ }).click()
  await cell(REVENUE).waitFor()
  await picture(officer, 'entry-returned')
  await cell(REVENUE).click()
  await officer.keyboard.type(vietnamese(CORRECTED))
  await officer.keyboard.press('Enter')
  await until('the corrected cell', () => kept(officer, form, REVENUE), (value) => value === CORRECTED)
  await officer.getByRole('tab', { name: /^Viễn thông/ }).click()
  await officer.locator('[data-cell="VT/VT.DOANHTHU/this"]').waitFor()
  assert.equal(await officer.locator('input[data-cell^="VT/"]').count(), 0, 'what was not returned stays locked')
  await send(officer, 'Trình ký')
  await said(officer, 'Đã trình ký.')

  await head.goto(`/nhap-lieu/${form}`)
  await send(head, 'Ký và gửi')
  await said(head, 'Đã ký và gửi Bộ.')
  assert.equal(await board(), vietnamese(CORRECTED), 'the corrected figure is on the board')

  // Received, then closed.
  await reviewer.goto('/')
  await settled(reviewer)
  await picture(reviewer, 'work-reviewer')
  await reviewer.goto(`/duyet/${form}?phan=BC`)
  await reviewer.getByRole('button', { name: 'Tiếp nhận', exact: true }).click()
  await said(reviewer, 'Đã tiếp nhận phần Bưu chính.')
  await reviewer.getByRole('button', { name: 'Chốt số liệu', exact: true }).click()
  await said(reviewer, 'Đã chốt số liệu phần Bưu chính.')
  assert.equal(await board(), vietnamese(CORRECTED))
  await picture(minister, 'board-closed')

  // All of it is told, latest first, and the figure remembers each time it was said.
  const moves = reviewer.getByRole('complementary', { name: 'Quá trình' }).getByRole('listitem')
  const told = await moves.evaluateAll((items) => items.map((item) => item.querySelector('strong').textContent))
  assert.deepEqual(told, ['Chốt số liệu', 'Tiếp nhận', 'Ký và gửi', 'Trình ký', 'Trả lại', 'Ký và gửi', 'Trình ký'])
  assert.match(await moves.filter({ hasText: REASON }).innerText(), /Bưu chính/)
  await picture(reviewer, 'review-closed')

  await reviewer.goto('/so-lieu?indicator=BC.DOANHTHU&unit=52&period=2024-07')
  await reviewer.getByRole('heading', { name: 'Quá trình ghi nhận' }).waitFor()
  const history = reviewer.getByRole('region', { name: 'Quá trình ghi nhận' })
  for (const said of [CORRECTED, FIRST]) await history.getByRole('cell', { name: vietnamese(said) }).waitFor()
  await history.getByText('Đã rút lại').first().waitFor()
  await history.getByText(REASON).first().waitFor()
  await isUsable(reviewer, 'the page of the figure')
  await picture(reviewer, 'figure-history')

  // What is closed is locked, and says why.
  await officer.goto(`/nhap-lieu/${form}?phan=BC`)
  await officer.locator(`[data-cell="${REVENUE}"]`).waitFor()
  assert.equal(await officer.locator('input[data-cell^="BC/"]').count(), 0, 'a closed section takes no entry')
})

/** What was done is said, and goes away again. */
async function said(page, text) {
  await page.locator('.toast').getByText(text, { exact: true }).waitFor()
}

/** What the record holds in a cell of the form. */
async function kept(page, form, key) {
  const { cells } = await ask(page, `/submissions/${form}`)
  return cells.find(({ cell }) => cell === key)?.value ?? null
}

/** Sends the form on, through the question that comes before. */
async function send(page, verb) {
  await page.getByRole('button', { name: verb, exact: true }).click()
  await page.getByRole('dialog', { name: verb }).getByRole('button', { name: verb, exact: true }).click()
}

/** What the minister's board says of post's revenue in Bình Định in July: the number as printed, or null. */
async function onBoard(page) {
  await page.goto('/bang-dieu-hanh?unit=52&period=2024-07&sector=BC&xem=table')
  await settled(page)
  const level = page.getByRole('row', { name: /^Doanh thu bưu chính/ }).locator('td.level')
  if ((await level.count()) === 0) return null
  return (await level.innerText()).match(/[\d.,]+/)?.[0] ?? null
}
