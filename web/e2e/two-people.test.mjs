// Two people in one form: each sees the other's cells, and neither loses a number.

import assert from 'node:assert/strict'
import { ask, formOf, isUsable, openAs, picture, signIn, story, tell, until } from './browser.mjs'

const PLAIN = 'BC/BC.THU/this'
const CONTESTED = 'BC/BC.DOANHTHU/this'
const SECOND = 'nhap2.52'

const held = async (page, form, key) => (await ask(page, `/submissions/${form}`)).cells.find(({ cell }) => cell === key)?.value ?? null

/** A colleague in the same department, and the form open on both desks. */
async function two(open) {
  const admin = await openAs(open, 'bo.quantri')
  const known = (await ask(admin, '/accounts')).accounts.some(({ user }) => user === SECOND)
  if (!known) {
    const { reset_link } = await tell(admin, 'POST', '/accounts', { user: SECOND, name: 'Chuyên viên thứ hai, Sở TT&TT Bình Định', email: null, role: 'enterer', body: '52', sectors: [] })
    await tell(admin, 'POST', '/password', { token: new URL(reset_link, 'http://localhost').searchParams.get('token'), password: 'hai người một biểu' })
  }
  const one = await openAs(open, 'nhap.52')
  const other = await open()
  await signIn(other, SECOND, 'hai người một biểu')
  const { id } = await formOf(one, '52')
  for (const page of [one, other]) {
    await page.goto(`/nhap-lieu/${id}?phan=BC`)
    await page.locator(`input[data-cell="${PLAIN}"]`).waitFor()
  }
  return { one, other, id }
}

async function type(page, cell, text) {
  await page.locator(`input[data-cell="${cell}"]`).click()
  await page.keyboard.type(text)
}

const shows = (page, cell, text) => page.waitForFunction(({ cell, text }) => document.querySelector(`input[data-cell="${cell}"]`)?.value === text, { cell, text }, { timeout: 20_000 })

story('two people in one form see each other’s cells', async (open) => {
  const { one, other, id } = await two(open)
  await type(one, PLAIN, '141,5')
  await one.keyboard.press('Enter')
  await shows(other, PLAIN, '141,5')
  await type(other, 'BC/BC.DIEM/this', '185')
  await other.keyboard.press('Enter')
  await shows(one, 'BC/BC.DIEM/this', '185')
  assert.deepEqual([await held(one, id, PLAIN), await held(one, id, 'BC/BC.DIEM/this')], ['141.5', '185'])
})

for (const [verb, expected, shown] of [['Giữ số của tôi', '61.5', '61,5'], ['Lấy số của người kia', '62.5', '62,5']]) {
  story(`a cell that two people wrote asks which number stands: ${verb}`, async (open) => {
    const { one, other, id } = await two(open)
    const before = await held(one, id, CONTESTED)
    // One is still typing when the other's number arrives.
    await type(one, CONTESTED, '61,5')
    await type(other, CONTESTED, '62,5')
    await other.keyboard.press('Enter')
    await until('the other’s number', () => held(other, id, CONTESTED), (value) => value === '62.5' && value !== before)
    await one.keyboard.press('Enter')
    await one.keyboard.press('ArrowUp')

    const question = one.getByRole('alert').filter({ hasText: 'Có người vừa sửa ô này trước bạn.' })
    await question.waitFor()
    const said = await question.innerText()
    for (const part of ['61,5', '62,5', 'Chuyên viên thứ hai']) assert.ok(said.includes(part), `the question shows ${part}: ${said}`)
    await isUsable(one, 'a conflict')
    await picture(one, `conflict-${verb}`)
    assert.equal(await held(one, id, CONTESTED), '62.5', 'nothing is overwritten before the answer')
    await question.getByRole('button', { name: verb }).click()
    await question.waitFor({ state: 'detached' })
    await until('the chosen number', () => held(one, id, CONTESTED), (value) => value === expected)
    for (const page of [one, other]) await shows(page, CONTESTED, shown)
    // As it was, for the next.
    const { version } = (await ask(one, `/submissions/${id}`)).cells.find(({ cell }) => cell === CONTESTED)
    await tell(one, 'PATCH', `/submissions/${id}/cells`, { cells: [{ cell: CONTESTED, text: '', version }] })
  })
}
