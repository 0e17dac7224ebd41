// The grid as a spreadsheet: cells chosen together, copied, cleared, filled, pasted over under one number format, undone, and found.

import assert from 'node:assert/strict'
import { ask, formOf, isUsable, openAs, picture, story, tell, until } from './browser.mjs'

/** The form of a body on a page of its officer, at one section. */
async function entry(open, body, section, lang = 'vi') {
  const page = await openAs(open, `nhap.${body}`)
  const { id } = await formOf(page, body)
  await tell(page, 'PATCH', '/session', { lang })
  await page.goto(`/nhap-lieu/${id}?phan=${section}`)
  await page.locator(`input[data-cell^="${section}/"]`).first().waitFor()
  return { page, id }
}

const input = (page, cell) => page.locator(`input[data-cell="${cell}"]`)
const focused = (page) => page.evaluate(() => document.activeElement.dataset.cell)
const shows = (page, values) => until('the cells on the page', () => page.evaluate((cells) => cells.map((cell) => document.querySelector(`input[data-cell="${cell}"]`)?.value), Object.keys(values)), (now) => String(now) === String(Object.values(values)))

/** What the server holds of some cells: a number, an absence, or null. */
function holds(page, id, values) {
  const now = async () => {
    const { cells } = await ask(page, `/submissions/${id}`)
    const held = new Map(cells.map(({ cell, value, absent }) => [cell, value ?? absent]))
    return Object.fromEntries(Object.keys(values).map((cell) => [cell, held.get(cell) ?? null]))
  }
  return until('the cells of the server', now, (held) => JSON.stringify(held) === JSON.stringify(values))
}

const said = (page, text) => page.getByRole('status').filter({ hasText: text }).first().waitFor({ state: 'attached' })

/** A real clipboard, as a spreadsheet leaves it. */
async function paste(page, text, html) {
  await page.evaluate(
    ({ text, html }) =>
      html === undefined
        ? navigator.clipboard.writeText(text)
        : navigator.clipboard.write([new ClipboardItem({ 'text/plain': new Blob([text], { type: 'text/plain' }), 'text/html': new Blob([html], { type: 'text/html' }) })]),
    { text, html },
  )
  await page.keyboard.press('Control+v')
}

story('cells are chosen, copied, cleared, filled and undone by keyboard alone', async (open) => {
  const { page, id } = await entry(open, '52', 'TN')
  const [revenue, profit, budget, workers, women] = ['DOANHTHU', 'LOINHUAN', 'NSNN', 'LAODONG', 'LAODONG[SEX=F]'].map((code) => `TN/TN.${code}/this`)
  await page.keyboard.press('Control+ArrowDown')
  assert.equal(await focused(page), revenue)
  for (const number of ['2.230,5', '136,2', '74,9']) {
    await page.keyboard.type(number)
    await page.keyboard.press('Enter')
  }
  await holds(page, id, { [revenue]: '2230.5', [profit]: '136.2', [budget]: '74.9' })

  await page.keyboard.press('ArrowUp')
  await page.keyboard.press('Shift+ArrowUp')
  await page.keyboard.press('Shift+ArrowUp')
  await said(page, 'Đã chọn 3 ô: 3 dòng, 1 cột.')
  assert.equal(await focused(page), budget, 'typing still goes where choosing began')
  await isUsable(page, 'a form with chosen cells')
  await page.keyboard.press('Control+c')
  await said(page, 'Đã chép 3 ô.')
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), '2.230,5\n136,2\n74,9')

  await page.keyboard.press('Delete')
  await said(page, 'Đã xóa 3 ô.')
  await holds(page, id, { [revenue]: null, [profit]: null, [budget]: null })
  await page.keyboard.press('Control+z')
  await said(page, 'Đã hoàn tác 3 ô.')
  await holds(page, id, { [revenue]: '2230.5', [profit]: '136.2', [budget]: '74.9' })
  await page.keyboard.press('Control+y')
  await holds(page, id, { [revenue]: null, [profit]: null, [budget]: null })
  await page.keyboard.press('Control+z')
  await shows(page, { [revenue]: '2.230,5', [profit]: '136,2', [budget]: '74,9' })

  // Filled from the first of the chosen cells, and with one cell from the one above it.
  await input(page, workers).focus()
  await page.keyboard.type('1200')
  await page.keyboard.press('Enter')
  await page.keyboard.press('ArrowUp')
  await page.keyboard.press('Shift+ArrowDown')
  await page.keyboard.press('Control+d')
  await holds(page, id, { [workers]: '1200', [women]: '1200' })
  await page.keyboard.press('Control+z')
  await holds(page, id, { [workers]: '1200', [women]: null })
  await input(page, women).focus()
  await page.keyboard.press('Control+d')
  await holds(page, id, { [women]: '1200' })
  // Right: what was settled of the month before, taken over.
  await input(page, 'TN/TN.DOANHTHU/previous').focus()
  await page.keyboard.type('2.111,1')
  await page.keyboard.press('Enter')
  await input(page, revenue).focus()
  await page.keyboard.press('Control+r')
  await holds(page, id, { 'TN/TN.DOANHTHU/previous': '2111.1', [revenue]: '2111.1' })

  // All of them, and none; the buttons do what the keys do.
  await page.keyboard.press('Control+a')
  await page.locator('td.chosen').nth(15).waitFor()
  await said(page, 'Đã chọn 16 ô: 8 dòng, 2 cột.')
  assert.equal(await focused(page), revenue)
  await page.keyboard.press('Escape')
  assert.equal(await page.locator('td.chosen').count(), 0)
  await page.getByTitle('Hoàn tác (Ctrl+Z)').click()
  await holds(page, id, { [revenue]: '2230.5' })
  await page.getByTitle('Làm lại (Ctrl+Y)').click()
  await holds(page, id, { [revenue]: '2111.1' })
})

story('cells are chosen with the mouse', async (open) => {
  const { page } = await entry(open, '48', 'TN')
  const box = async (cell) => input(page, `TN/TN.${cell}/this`).boundingBox()
  const [from, to] = [await box('DOANHTHU'), await box('LAODONG')]
  await page.mouse.move(from.x + 20, from.y + 10)
  await page.mouse.down()
  await page.mouse.move(to.x + 30, to.y + 10, { steps: 8 })
  await page.mouse.up()
  assert.equal(await page.locator('td.chosen').count(), 4)
  await input(page, 'TN/TN.DN/this').click({ modifiers: ['Shift'] })
  assert.equal(await page.locator('td.chosen').count(), 6, 'Shift moves the other corner')
  await input(page, 'TN/TN.LOINHUAN/this').click()
  assert.equal(await page.locator('td.chosen').count(), 0)
  assert.equal(await focused(page), 'TN/TN.LOINHUAN/this')
  await page.keyboard.press('Control+a')
  await picture(page, 'grid-range')
})

// Each block is pasted at one of two rows, under the format that it shows or that is chosen; undo takes all of it back.
const BLOCKS = [
  { lang: 'vi', at: 'DOANHTHU', text: '2.067,5\r\n1.100,2\r\n', format: '1.234,5', chosen: null, read: ['2067.5', '1100.2'], shown: ['2.067,5', '1.100,2'] },
  { lang: 'vi', at: 'DOANHTHU', text: '2,067.5\t\n1100', format: '1,234.5', chosen: null, read: ['2067.5', '1100'], shown: ['2.067,5', '1.100'] },
  { lang: 'vi', at: 'DOANHTHU', text: '1.5\n2.5', format: null, chosen: '1,234.5', read: ['1.5', '2.5'], shown: ['1,5', '2,5'] },
  { lang: 'vi', at: 'BUUGUI', text: '1,234\n2,345', format: null, chosen: '1.234,5', read: ['1.234', '2.345'], shown: ['1,234', '2,345'] },
  { lang: 'vi', at: 'BUUGUI', text: '1,234\n2,345', format: null, chosen: '1,234.5', read: ['1234', '2345'], shown: ['1.234', '2.345'] },
  { lang: 'vi', at: 'DOANHTHU', text: '12\n-', format: undefined, chosen: null, read: ['12', '0'], shown: ['12', '0'] },
  { lang: 'en', at: 'DOANHTHU', text: '2.067.389,5\n12', format: '1.234,5', chosen: null, read: ['2067389.5', '12'], shown: ['2,067,389.5', '12'] },
  { lang: 'en', at: 'DOANHTHU', text: '1,5\n12', format: null, chosen: '1.234,5', read: ['1.5', '12'], shown: ['1.5', '12'] },
]
const NEXT = { DOANHTHU: 'GOIKIEN_DOANHTHU', BUUGUI: 'GOIKIEN' }
const WORDS = {
  vi: { title: 'Dán 2 ô', enter: 'Nhập 2 ô', done: 'Đã nhập 2 ô.' },
  en: { title: 'Paste 2 cells', enter: 'Enter 2 cells', done: '2 cells entered.' },
}

for (const lang of ['vi', 'en']) {
  story(`a pasted block is read under one number format that is shown and confirmed, in ${lang}`, async (open) => {
    const { page, id } = await entry(open, lang === 'vi' ? '93' : '91', 'BC', lang)
    const words = WORDS[lang]
    for (const { at, text, format, chosen, read, shown } of BLOCKS.filter((block) => block.lang === lang)) {
      const cells = [at, NEXT[at]].map((code) => `BC/BC.${code}/this`)
      await input(page, cells[0]).focus()
      await paste(page, text)
      const dialog = page.getByRole('dialog', { name: words.title })
      await dialog.waitFor()
      const button = dialog.getByRole('button', { name: words.enter })
      const formats = dialog.getByRole('radio')
      if (format === undefined) assert.equal(await formats.count(), 0, `${text}: the same in both`)
      else if (format === null) {
        assert.equal(await dialog.getByRole('radio', { checked: true }).count(), 0, `${text} is asked about`)
        assert.equal(await dialog.getByRole('button').last().isDisabled(), true, `${text}: nothing can be entered before the answer`)
        await isUsable(page, `the question about ${text}`)
      } else assert.ok(await dialog.getByRole('radio', { name: format }).isChecked(), `${text} shows ${format}`)
      if (chosen) await dialog.getByRole('radio', { name: chosen }).check()
      await dialog.getByRole('row').nth(2).waitFor()
      assert.deepEqual(await dialog.locator('tbody tr td:last-child').allInnerTexts(), shown, `${text}: the preview`)
      await holds(page, id, { [cells[0]]: null, [cells[1]]: null })
      if (format === '1,234.5' || lang === 'en') {
        await isUsable(page, `the preview of ${text}`)
      }
      if (chosen) await picture(page, `paste-${lang}-${at}-${chosen}`)
      await button.press('Enter')
      await said(page, words.done)
      await holds(page, id, { [cells[0]]: read[0], [cells[1]]: read[1] })
      // A picture takes the focus away.
      if (chosen) await input(page, cells[0]).focus()
      else assert.equal(await focused(page), cells[0], 'the focus is back where it was')
      await page.keyboard.press('Control+z')
      await holds(page, id, { [cells[0]]: null, [cells[1]]: null })
    }
  })
}

story('what a block cannot enter is said with the reason, and the rest is entered', async (open) => {
  const { page, id } = await entry(open, '56', 'BC')
  const cell = (code) => `BC/BC.${code}/this`
  await input(page, cell('BUUGUI')).focus()
  await page.keyboard.type('3,25')
  await page.keyboard.press('Enter')
  await holds(page, id, { [cell('BUUGUI')]: '3.25' })

  // From the third row: words, a digit too many, an emoji, an empty cell, a number, an absence in decomposed letters, and beyond the end.
  await input(page, cell('GOIKIEN_DOANHTHU')).focus()
  await paste(page, 'Doanh thu\n1.234,56\n\n4.100,5 😀\n1.700,5\nkho\u0302ng a\u0301p du\u0323ng\n700–800\n=A1+B1\n12\t13\n14')
  const dialog = page.getByRole('dialog')
  const refused = dialog.getByRole('listitem')
  await refused.first().waitFor()
  const reasons = [/không đọc được thành số/, /tối đa 1 chữ số thập phân/, /không đọc được thành số/, /có nhiều số/, /không đọc được thành số/]
  const told = await refused.allInnerTexts()
  assert.equal(told.length, reasons.length, told.join('\n'))
  reasons.forEach((reason, at) => assert.match(told[at], reason))
  await dialog.getByText('1 ô trống trong khối dán được bỏ qua', { exact: false }).waitFor()
  await dialog.getByText('3 ô nằm ngoài biểu', { exact: false }).waitFor()
  await isUsable(page, 'a block with refusals')
  await picture(page, 'paste-refused')
  await dialog.getByRole('button', { name: 'Nhập 2 ô' }).click()
  await holds(page, id, { [cell('BUUGUI')]: '3.25', [cell('THU')]: '1700.5', [cell('HOSO_TTHC')]: 'not_applicable', [cell('LAODONG')]: null })
  await page.keyboard.press('Control+z')
  await holds(page, id, { [cell('THU')]: null, [cell('HOSO_TTHC')]: null, [cell('BUUGUI')]: '3.25' })

  // A number over chosen cells is meant for each of them; what is replaced is said.
  await input(page, cell('BUUGUI')).focus()
  await page.keyboard.press('Shift+ArrowDown')
  await paste(page, '7')
  await dialog.getByText('1 ô đang có số liệu sẽ được thay.').waitFor()
  await dialog.getByRole('button', { name: 'Nhập 2 ô' }).click()
  await holds(page, id, { [cell('BUUGUI')]: '7', [cell('GOIKIEN')]: '7' })

  // A million cells are answered, not read.
  await page.evaluate(() => navigator.clipboard.writeText(Array.from({ length: 100_000 }, () => '1\t2\t3\t4\t5\t6\t7\t8\t9\t10').join('\n')))
  await page.keyboard.press('Control+v')
  await page.getByRole('dialog', { name: 'Khối dán quá lớn' }).getByText('Khối dán có 100.000 dòng, 10 cột', { exact: false }).waitFor()
  await isUsable(page, 'a block that is too large')
  await page.keyboard.press('Escape')
  await dialog.waitFor({ state: 'detached' }).catch(() => {})

  // A table that comes as a page only.
  await input(page, cell('DIEM')).focus()
  await paste(page, '185 470', '<table><tr><td>185</td></tr><tr><td>470</td></tr></table>')
  await page.getByRole('dialog', { name: 'Dán 2 ô' }).getByRole('button', { name: 'Nhập 2 ô' }).click()
  await holds(page, id, { [cell('DIEM')]: '185', [cell('LAODONG')]: '470' })
})

story('undo does not write over what somebody else wrote since', async (open) => {
  const { page, id } = await entry(open, '49', 'BC')
  const [kept, back] = ['BC/BC.DOANHTHU/this', 'BC/BC.GOIKIEN_DOANHTHU/this']
  await input(page, kept).focus()
  await paste(page, '61\n42')
  await page.getByRole('dialog').getByRole('button', { name: 'Nhập 2 ô' }).click()
  await holds(page, id, { [kept]: '61', [back]: '42' })

  const other = await openAs(open, 'nhap.49')
  const { version } = (await ask(other, `/submissions/${id}`)).cells.find(({ cell }) => cell === kept)
  await tell(other, 'PATCH', `/submissions/${id}/cells`, { cells: [{ cell: kept, value: '63.5', version }] })
  await shows(page, { [kept]: '63,5' })
  await input(page, back).focus()
  await page.keyboard.press('Control+z')
  const left = page.getByRole('alert').filter({ hasText: '1 ô được giữ nguyên vì đã có người sửa sau đó' })
  await left.getByRole('button', { name: /^Doanh thu bưu chính/ }).waitFor()
  await holds(page, id, { [kept]: '63.5', [back]: null })
  await isUsable(page, 'an undo that left a cell alone')
  await picture(page, 'undo-left-alone')
  await left.getByRole('button', { name: /^Doanh thu bưu chính/ }).click()
  assert.equal(await focused(page), kept)
})

story('a row is found by its number, its code, or its name without marks', async (open) => {
  const { page } = await entry(open, '75', 'BC')
  await input(page, 'BC/BC.DN/this').focus()
  await page.keyboard.press('Control+f')
  const box = page.getByRole('searchbox', { name: /^Tìm dòng/ })
  await box.waitFor()
  assert.ok(await box.evaluate((element) => element === document.activeElement), 'Ctrl+F goes to the box')
  await page.keyboard.type('goi kien')
  await said(page, '1/2: Doanh thu chuyển phát gói, kiện')
  await page.keyboard.press('ArrowDown')
  await said(page, '2/2: Sản lượng gói, kiện')
  await page.keyboard.press('ArrowDown')
  await said(page, '1/2')
  await isUsable(page, 'the form while something is looked for')
  await picture(page, 'find')
  await page.keyboard.press('Enter')
  assert.equal(await focused(page), 'BC/BC.GOIKIEN_DOANHTHU/this')

  const finds = async (asked, cell) => {
    await page.keyboard.press('Control+f')
    await page.keyboard.type(asked)
    await page.keyboard.press('Enter')
    await until(`what ${asked} finds`, () => focused(page), (now) => now === cell)
  }
  await finds('3', 'BC/BC.GOIKIEN_DOANHTHU/this')
  await finds('bc.diem', 'BC/BC.DIEM/this')
  await finds('tram bts', 'VT/VT.BTS/this')
  await page.keyboard.press('Control+f')
  await page.keyboard.type('không có dòng nào như thế')
  await said(page, 'không có')
  await page.keyboard.press('Escape')
  assert.equal(await focused(page), 'VT/VT.BTS/this', 'Esc goes back')
})

story('an empty cell shows what it held before, and that is never sent', async (open) => {
  const { page, id } = await entry(open, '36', 'BC')
  const cell = 'BC/BC.DOANHTHU/this'
  const ghosts = page.locator('.cell', { has: input(page, cell) }).locator('.ghosts')
  await ghosts.getByText('6/24').waitFor()
  await ghosts.getByText('7/23').waitFor()
  assert.equal(await input(page, cell).inputValue(), '')
  const note = await input(page, cell).evaluate((element) => document.getElementById(element.getAttribute('aria-describedby')).textContent)
  assert.match(note, /tháng 6\/2024: [\d.,]+/, 'a screen reader hears when it was')
  await input(page, cell).focus()
  await page.keyboard.press('Enter')
  await page.keyboard.press('ArrowUp')
  await page.keyboard.type('60')
  assert.equal(await ghosts.count(), 0, 'typing takes its place')
  await page.keyboard.press('Escape')
  await ghosts.waitFor()
  await page.keyboard.press('Control+a')
  await page.keyboard.press('Control+c')
  await page.keyboard.press('Delete')
  assert.deepEqual((await ask(page, `/submissions/${id}`)).cells.filter((one) => one.cell === cell && one.value !== null), [])
})

story('a long section is drawn where one looks, and every row can be gone to', async (open) => {
  const rows = 200
  const page = await openAs(open, 'nhap.20')
  const { id } = await formOf(page, '20')
  // No form of the demonstration is that long: a section is made longer on its way to the page.
  await page.route(`**/api/v1/submissions/${id}`, async (route) => {
    const answer = await route.fetch()
    const form = await answer.json()
    const [section] = form.template_def.sections
    section.rows = Array.from({ length: rows }, (_, at) => ({ ...section.rows[0], indicator: `TN.D${at + 1}`, name_vi: `Doanh thu, dòng ${at + 1}` }))
    await route.fulfill({ response: answer, json: form })
  })
  await page.goto(`/nhap-lieu/${id}?phan=TN`)
  const cell = (row) => `TN/TN.D${row}/this`
  await input(page, cell(1)).focus()
  const drawn = () => page.locator('table.grid tr[aria-rowindex]').count()
  assert.ok((await drawn()) < rows / 2, `${await drawn()} rows are drawn`)
  assert.equal(await page.getByRole('table').getAttribute('aria-rowcount'), String(rows + 1))
  await isUsable(page, 'a long section')

  const reaches = (key, row) => until(`where ${key} leads`, () => focused(page), (now) => now === cell(row))
  await page.keyboard.press('Control+End')
  await reaches('Ctrl+End', rows)
  assert.equal(await page.locator('tr.here').getAttribute('aria-rowindex'), String(rows + 1))
  await page.keyboard.press('PageUp')
  await reaches('PageUp', rows - 10)
  await page.keyboard.press('Control+f')
  await page.keyboard.type('77')
  await page.keyboard.press('Enter')
  await reaches('row 77', 77)
  await picture(page, 'grid-long')
  await input(page, cell(77)).focus()
  await page.keyboard.press('Control+Shift+Home')
  await said(page, 'Đã chọn 154 ô: 77 dòng, 2 cột.')
  await input(page, cell(1)).waitFor()
  assert.equal(await focused(page), cell(77), 'the cell in focus stays, however far away')

  await page.evaluate(() => dispatchEvent(new Event('beforeprint')))
  assert.equal(await page.locator('table.grid tbody tr').count(), rows, 'on paper all of it')
  await page.evaluate(() => dispatchEvent(new Event('afterprint')))
})
