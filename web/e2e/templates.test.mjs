// Making a form in the browser: from an empty page to the officer who fills it, and what keeps a number from being asked twice.

import assert from 'node:assert/strict'
import { ask, DESK, isAccessible, isUsable, openAs, PHONE, picture, settled, story, tell, until } from './browser.mjs'
import { zip } from './zip.mjs'

const LETTERS = { code: 'BC.THUTHU', name_vi: 'Số thư thu gom qua bưu cục', name_en: 'Letters collected at post offices' }

/** An indicator that no form of the demonstration asks for. */
async function define(admin, { code, name_vi, name_en } = LETTERS) {
  const indicator = { code, name_vi, name_en, unit_vi: 'thư', unit_en: 'letters', scale: 0, over_units: 'sum', over_time: 'sum', good: 'up', applies_to: ['province'], frequency: 'month', definition_vi: 'Số thư thu gom.' }
  await tell(admin, 'POST', '/indicators', indicator)
}

/** What a report regime has to name, filled in. */
async function fillGeneral(page, name) {
  await page.getByLabel('Tên báo cáo', { exact: true }).fill(name)
  await page.getByLabel('Nội dung báo cáo').fill('Sản lượng bưu chính của tỉnh trong kỳ.')
  await page.getByLabel('Căn cứ pháp lý').fill('Thông tư 02/2023/TT-BTTTT')
  await page.getByLabel('Áp dụng từ ngày').fill('2024-07-01')
  await page.getByRole('button', { name: 'Giao thêm' }).click()
}

async function begin(page, code) {
  await page.goto('/quan-tri/bieu-mau')
  await page.getByRole('button', { name: 'Tạo biểu mẫu' }).first().click()
  const dialog = page.getByRole('dialog', { name: 'Tạo biểu mẫu' })
  await dialog.getByLabel('Mã biểu mẫu').fill(code)
  await dialog.getByRole('button', { name: 'Bắt đầu soạn' }).click()
  await page.waitForURL((url) => url.pathname === `/quan-tri/bieu-mau/${code}`)
  await page.getByRole('heading', { name: 'Thông tin chung' }).waitFor()
}

/** Goes on with Tab until the focus is on what is called so, as a person does who has no mouse. */
async function tabTo(page, named, most = 60) {
  const focused = () =>
    page.evaluate(() => {
      const at = document.activeElement
      const label = at?.getAttribute('aria-label') ?? at?.labels?.[0]?.innerText ?? at?.innerText ?? ''
      return label.trim()
    })
  const seen = []
  for (let presses = 0; presses < most; presses++) {
    const label = await focused()
    if (label.startsWith(named)) return
    seen.push(label)
    await page.keyboard.press('Tab')
  }
  assert.fail(`no way to “${named}” by Tab: ${seen.join(' | ')}`)
}

const saved = (page) => page.getByRole('status').filter({ hasText: 'đã lưu' }).waitFor()
const found = (page) => page.locator('.check .found')

story('a form is made from an empty page by keyboard alone, published, and filled by an officer', async (open) => {
  const admin = await openAs(open, 'bo.quantri')
  await define(admin)
  await admin.goto('/quan-tri/bieu-mau')
  await admin.getByRole('link', { name: 'Báo cáo thống kê tháng của Sở' }).waitFor()
  await isUsable(admin, 'templates')
  await picture(admin, 'templates')

  const keys = admin.keyboard
  await tabTo(admin, 'Tạo biểu mẫu')
  await keys.press('Enter')
  await admin.getByRole('dialog', { name: 'Tạo biểu mẫu' }).waitFor()
  await tabTo(admin, 'Mã biểu mẫu')
  await keys.type('so-thu')
  await keys.press('Enter')
  await admin.waitForURL((url) => url.pathname === '/quan-tri/bieu-mau/SO-THU')
  await admin.getByText('Biểu chưa có phần nào.', { exact: false }).first().waitFor()
  await isUsable(admin, 'an empty form')
  await picture(admin, 'template-empty')

  await tabTo(admin, 'Tên báo cáo')
  await keys.type('Báo cáo thu gom thư')
  await tabTo(admin, 'Nội dung báo cáo')
  await keys.type('Số thư thu gom trên địa bàn.')
  await tabTo(admin, 'Căn cứ pháp lý')
  await keys.type('Thông tư 02/2023/TT-BTTTT')
  await tabTo(admin, 'Áp dụng từ ngày')
  await keys.type('07/01/2024')
  await tabTo(admin, 'Giao thêm')
  await keys.press('Enter')
  await tabTo(admin, 'Thêm phần số liệu')
  await keys.press('Enter')
  // The search has the focus; without marks, and Enter adds what it finds.
  await tabTo(admin, 'Thêm chỉ tiêu vào phần Bưu chính')
  await keys.type('thu gom qua buu cuc')
  await admin.getByRole('option', { name: /^Số thư thu gom/ }).waitFor()
  await picture(admin, 'template-search')
  await keys.press('Enter')
  await keys.type('doanh thu buu chinh')
  await admin.getByRole('option', { name: /^Doanh thu bưu chính/ }).first().waitFor()
  await keys.press('Enter')
  const rows = admin.locator('[data-row]')
  const order = async () => (await rows.evaluateAll((all) => all.map((row) => row.dataset.row))).join(' ')
  await until('the rows', order, (now) => now === 'BC/BC.THUTHU BC/BC.DOANHTHU')

  // Rows move by keys and by buttons, and every step is undone.
  await tabTo(admin, 'Ghi chú cho Số thư', 80)
  await keys.press('Alt+ArrowDown')
  await until('moved down', order, (now) => now === 'BC/BC.DOANHTHU BC/BC.THUTHU')
  await keys.press('Alt+ArrowUp')
  await until('moved up', order, (now) => now === 'BC/BC.THUTHU BC/BC.DOANHTHU')
  await keys.type('Không tính bưu phẩm')
  // The check has found where the second number is; it is taken out again.
  await found(admin).filter({ hasText: 'SO-THANG' }).waitFor()
  await picture(admin, 'template-found')
  await isUsable(admin, 'a form with findings')
  await tabTo(admin, 'Xóa Doanh thu bưu chính', 80)
  await keys.press('Enter')
  await until('removed', order, (now) => now === 'BC/BC.THUTHU')
  await keys.press('Control+z')
  await until('undone', order, (now) => now === 'BC/BC.THUTHU BC/BC.DOANHTHU')
  await keys.press('Control+y')
  await until('done again', order, (now) => now === 'BC/BC.THUTHU')
  await admin.getByText('Biểu mẫu sẵn sàng để ban hành.').waitFor()
  await saved(admin)

  // As the officer will see it, and as a spreadsheet.
  await tabTo(admin, 'Xem thử', 120)
  await keys.press('Enter')
  await admin.getByText('Biểu như', { exact: false }).waitFor()
  await admin.getByRole('rowheader', { name: /^Số thư thu gom/ }).waitFor()
  await isAccessible(admin, 'a preview')
  await picture(admin, 'template-preview')
  const download = admin.waitForEvent('download')
  await admin.getByRole('button', { name: 'Tải bản Excel' }).click()
  assert.match((await download).suggestedFilename(), /^SO-THU_.+_2024-0\d\.xlsx$/)
  await admin.getByRole('button', { name: 'Soạn tiếp' }).click()

  await tabTo(admin, 'Ban hành', 120)
  await keys.press('Enter')
  const dialog = admin.getByRole('dialog', { name: /^Ban hành phiên bản 1/ })
  await dialog.getByText('63 đơn vị sẽ điền biểu này', { exact: false }).waitFor()
  await isAccessible(admin, 'publishing')
  await picture(admin, 'template-publish')
  await tabTo(admin, 'Ban hành')
  await keys.press('Enter')
  await admin.waitForURL((url) => url.pathname === '/quan-tri/bieu-mau')
  await admin.getByText('Đã ban hành phiên bản 1 của SO-THU.').waitFor()
  await admin.getByRole('listitem').filter({ hasText: 'SO-THU ·' }).getByRole('link', { name: 'Phiên bản 1' }).click()
  await admin.getByText('Phiên bản 1 của SO-THU', { exact: true }).waitFor()

  // The form is open for the month that has ended, and shows what was made.
  const officer = await openAs(open, 'nhap.52')
  await officer.goto('/nhap-lieu')
  const { submissions } = await ask(officer, '/submissions?template=SO-THU')
  assert.equal(submissions.length, 1, 'one form was opened')
  await officer.goto(`/nhap-lieu/${submissions[0].id}`)
  await officer.getByRole('heading', { name: /^Báo cáo thu gom thư, tháng 7\/2024/ }).waitFor()
  await officer.getByRole('rowheader', { name: /^Số thư thu gom/ }).waitFor()
  await settled(officer)
  await picture(officer, 'template-filled')
})

story('a number that the ministry has is refused with its place, and a reason for asking again is in the log', async (open) => {
  const admin = await openAs(open, 'bo.quantri')
  await begin(admin, 'SO-TRUNG')
  await fillGeneral(admin, 'Báo cáo quý về bưu chính')
  await admin.getByLabel('Tần suất').selectOption('quarter')
  assert.equal(await admin.getByLabel('Thời gian chốt số liệu', { exact: true }).inputValue(), 'ngày cuối cùng của quý')
  await admin.getByRole('button', { name: 'Thêm phần số liệu' }).click()
  await admin.getByRole('combobox', { name: 'Thêm chỉ tiêu vào phần Bưu chính' }).fill('doanh thu buu chinh')
  await admin.getByRole('option', { name: /^Doanh thu bưu chính/ }).first().click()
  await found(admin).filter({ hasText: 'SO-THANG' }).waitFor()
  await saved(admin)

  await admin.getByRole('button', { name: 'Ban hành', exact: true }).click()
  const dialog = admin.getByRole('dialog', { name: /^Ban hành phiên bản 1/ })
  await dialog.getByText('Biểu hỏi 1 số liệu mà Bộ đã có:').waitFor()
  await dialog.getByText('phần “Bưu chính”, dòng “Doanh thu bưu chính”, cột kỳ này, hằng tháng theo tháng dương lịch', { exact: false }).waitFor()
  await dialog.getByText('và 58 đơn vị khác', { exact: false }).waitFor()
  await isAccessible(admin, 'a refusal')
  await picture(admin, 'template-refused')
  // Where it is can be opened, with the row in view.
  const link = dialog.getByRole('link', { name: 'Xem ở SO-THANG: Bưu chính' })
  const there = await openAs(open, 'bo.quantri')
  await there.goto(await link.getAttribute('href'))
  await there.locator('li[aria-current="true"]', { hasText: 'BC.DOANHTHU' }).waitFor()
  await isUsable(there, 'a published form')
  await picture(there, 'template-place')

  await dialog.getByRole('button', { name: 'Ban hành kèm lý do' }).click()
  await dialog.getByText('Cần ghi lý do.').waitFor()
  await dialog.getByLabel('Lý do vẫn phải hỏi').fill('Đối chiếu số quý với số tháng theo yêu cầu kiểm toán')
  await dialog.getByRole('button', { name: 'Ban hành kèm lý do' }).click()
  await admin.getByText('Đã ban hành phiên bản 1 của SO-TRUNG.').waitFor()

  // Whoever fills and receives a form by the quarter is shown quarters.
  const officer = await openAs(open, 'nhap.52')
  await officer.goto('/nhap-lieu')
  await officer.getByRole('button', { name: 'Mở biểu mới' }).click()
  const opening = officer.getByRole('dialog', { name: 'Mở biểu mới' })
  await opening.getByLabel('Biểu mẫu').selectOption('SO-TRUNG')
  await opening.getByLabel('Kỳ báo cáo').selectOption({ label: 'quý III/2024' })
  await opening.getByRole('button', { name: 'Bắt đầu nhập' }).click()
  await officer.getByRole('columnheader', { name: 'Thực hiện kỳ trước quý II/2024' }).waitFor()
  await officer.getByRole('columnheader', { name: 'Cùng kỳ năm trước quý III/2023' }).waitFor()
  await officer.locator('.ghosts', { hasText: 'II/24' }).waitFor()
  await picture(officer, 'template-quarter')
  const reviewer = await openAs(open, 'bo.duyet')
  await reviewer.goto('/duyet?template=SO-TRUNG')
  await reviewer.getByLabel('Kỳ báo cáo').selectOption({ label: 'quý III/2024' })
  await reviewer.getByRole('link', { name: 'Sở Thông tin và Truyền thông Bình Định' }).waitFor()

  // A number that two forms have already stands on the burden page once for each, with the form's name.
  const { saves, template } = await tell(admin, 'POST', '/template-drafts', { code: 'SO-TRUNG-2', copy_of: 'SO-TRUNG' })
  const half = await tell(admin, 'PUT', '/template-drafts/SO-TRUNG-2', { saves, template: { ...template, frequency: 'half' } })
  await tell(admin, 'POST', '/template-drafts/SO-TRUNG-2/publish', { saves: half.saves, reason: 'Thử' })
  await admin.goto('/ganh-nang')
  const twice = admin.locator('.overrides li', { hasText: 'SO-TRUNG-2, phiên bản 1' }).first()
  await twice.getByText('cộng được từ số đã hỏi ở biểu “Báo cáo thống kê tháng của Sở” (SO-THANG, phiên bản 1)', { exact: false }).waitFor()
  await twice.getByText('cộng được từ số đã hỏi ở biểu “Báo cáo quý về bưu chính” (SO-TRUNG, phiên bản 1)', { exact: false }).waitFor()

  const auditor = await openAs(open, 'kiemtoan')
  await auditor.goto('/nhat-ky')
  await auditor.getByText('Đối chiếu số quý với số tháng theo yêu cầu kiểm toán', { exact: false }).first().waitFor()
  await auditor.getByText('Ban hành biểu mẫu', { exact: false }).first().waitFor()
  await picture(auditor, 'template-audit')
})

story('an existing Excel or Word form becomes rows, each confirmed by its maker', async (open) => {
  const admin = await openAs(open, 'bo.quantri')
  const officer = await openAs(open, 'nhap.52')
  const { submissions } = await ask(officer, '/submissions?template=SO-HC')
  const file = await officer.context().request.get(`/api/v1/submissions/${submissions[0].id}/form.xlsx`)
  await begin(admin, 'SO-CU')
  await admin.getByRole('button', { name: 'Lấy dòng từ biểu Excel' }).click()
  const dialog = admin.getByRole('dialog', { name: 'Lấy dòng từ một biểu Excel hoặc Word có sẵn' })
  await dialog.getByLabel('Tệp Excel').setInputFiles({ name: 'bieu-cu.xlsx', mimeType: 'application/vnd.ms-excel', buffer: Buffer.from('<html>') })
  await dialog.getByRole('alert').waitFor()
  const words = '<w:document><w:body><w:p><w:r><w:t>I. Số văn bản đến</w:t></w:r></w:p></w:body></w:document>'
  await dialog.getByLabel('Tệp Excel').setInputFiles({ name: 'bieu-cu.docx', mimeType: 'application/octet-stream', buffer: zip(new Map([['word/document.xml', words]])) })
  await dialog.getByText('đoạn 1', { exact: true }).waitFor()
  // What the form asks for and the catalogue does not have is named too, and leads to where it is added; a ratio is told.
  const line = (...texts) => `<w:tr>${texts.map((text) => `<w:tc><w:p><w:r><w:t>${text}</w:t></w:r></w:p></w:tc>`).join('')}</w:tr>`
  const lines = [line('TT', 'Chỉ tiêu', 'Đơn vị tính'), line('I', 'BƯU CHÍNH', ''), line('1', 'Số lao động bưu chính', 'người'), line('2', 'Số thư bị khiếu nại', 'vụ'), line('3', 'Tỷ lệ dùng chung vị trí trạm', '%')]
  const stated = ['1. Tên báo cáo: Báo cáo bưu chính.', '7. Tần suất: Hằng quý.'].map((text) => `<w:p><w:r><w:t>${text}</w:t></w:r></w:p>`)
  const table = `<w:document><w:body>${stated.join('')}<w:tbl>${lines.join('')}</w:tbl></w:body></w:document>`
  await dialog.getByLabel('Tệp Excel').setInputFiles({ name: 'bieu-bang.docx', mimeType: 'application/octet-stream', buffer: zip(new Map([['word/document.xml', table]])) })
  await dialog.getByText('1 dòng có đơn vị tính nhưng danh mục chưa có chỉ tiêu.').waitFor()
  assert.equal(await dialog.getByRole('listitem').count(), 3, 'a heading is no row')
  for (const [name, isOpen] of [['Số lao động bưu chính', true], ['Số thư bị khiếu nại', false], ['Tỷ lệ dùng chung vị trí trạm', false]])
    assert.equal(await dialog.getByRole('checkbox', { name: `Hỏi dòng “${name}”` }).isEnabled(), isOpen, name)
  await isAccessible(admin, 'lines that are not in the catalogue')
  await picture(admin, 'template-proposals-unknown')
  const [catalogue] = await Promise.all([admin.context().waitForEvent('page'), dialog.getByRole('link', { name: /^Thêm vào danh mục/ }).click()])
  const define = catalogue.getByRole('dialog')
  await until('its name', () => define.getByLabel('Tên tiếng Việt').inputValue(), (now) => now === 'Số thư bị khiếu nại')
  await catalogue.close()
  await dialog.getByRole('button', { name: 'Đánh dấu 1 dòng trùng tên' }).click()
  // What the form says of itself is taken over once it is ticked.
  await dialog.getByLabel('Tên báo cáo: Báo cáo bưu chính').check()
  await dialog.getByLabel('Tần suất: Hằng quý').check()
  await dialog.getByRole('button', { name: 'Thêm 1 dòng' }).click()
  assert.equal(await admin.getByLabel('Tên báo cáo', { exact: true }).inputValue(), 'Báo cáo bưu chính')
  assert.equal(await admin.getByLabel('Tần suất').inputValue(), 'quarter')
  assert.equal(await admin.getByLabel('Thời gian chốt số liệu', { exact: true }).inputValue(), 'ngày cuối cùng của quý')
  await admin.getByRole('button', { name: 'Lấy dòng từ biểu Excel' }).click()
  await dialog.getByLabel('Tệp Excel').setInputFiles({ name: 'bieu-cu.xlsx', mimeType: 'application/vnd.ms-excel', buffer: await file.body() })
  await dialog.getByText(/^\d+ dòng giống chỉ tiêu/).waitFor()
  await isAccessible(admin, 'proposals')
  const takes = dialog.getByRole('checkbox')
  assert.equal(await dialog.getByRole('checkbox', { checked: true }).count(), 0, 'nothing is taken for granted')
  assert.match(await dialog.getByRole('listitem').first().innerText(), /Số văn bản đến[^]*trùng tên/)
  await takes.nth(0).check()
  await takes.nth(2).check()
  await picture(admin, 'template-proposals')
  await dialog.getByRole('button', { name: 'Thêm 2 dòng' }).click()
  await until('two rows more', () => admin.locator('[data-row]').count(), (now) => now === 3)
  await saved(admin)
})

story('two builders of one form see each other, and neither is overwritten unseen', async (open) => {
  const first = await openAs(open, 'bo.quantri')
  await begin(first, 'SO-HAI')
  const second = await openAs(open, 'bo.quantri')
  await second.goto('/quan-tri/bieu-mau/SO-HAI')
  await second.getByLabel('Tên báo cáo', { exact: true }).fill('Tên của người thứ hai')
  await saved(second)
  await first.getByLabel('Tên báo cáo', { exact: true }).fill('Tên của người thứ nhất')
  const told = first.getByRole('alert').filter({ hasText: 'vừa lưu bản soạn này' })
  await told.waitFor()
  await isAccessible(first, 'two builders')
  await picture(first, 'template-conflict')
  const name = async () => (await ask(first, '/template-drafts/SO-HAI')).template.name_vi
  assert.equal(await name(), 'Tên của người thứ hai', 'nothing was written over')
  await first.getByRole('button', { name: 'Xem bản của người kia' }).click()
  await until('theirs is shown', () => first.getByLabel('Tên báo cáo', { exact: true }).inputValue(), (now) => now === 'Tên của người thứ hai')
  // What was mine comes back by undoing, now on top of theirs.
  await first.getByRole('button', { name: 'Hoàn tác' }).click()
  await until('mine is saved', name, (now) => now === 'Tên của người thứ nhất')
  await first.getByRole('button', { name: 'Bỏ bản soạn' }).click()
  await first.getByRole('dialog').getByRole('button', { name: 'Bỏ bản soạn' }).click()
  await first.waitForURL((url) => url.pathname === '/quan-tri/bieu-mau')
  // Who goes on with what was thrown away meanwhile keeps it, as a draft of its own.
  await second.getByLabel('Tên báo cáo', { exact: true }).fill('Tên sau khi bị bỏ')
  await second.getByRole('alert').filter({ hasText: 'đã được ban hành hoặc đã bỏ' }).waitFor()
  await isAccessible(second, 'a draft that is gone')
  await second.getByRole('button', { name: 'Lập bản soạn mới từ thay đổi của tôi' }).click()
  await saved(second)
  assert.equal(await name(), 'Tên sau khi bị bỏ')
})

story('a matrix of parts, words and a list of bodies are made in English and on a phone', async (open) => {
  const admin = await openAs(open, 'bo.quantri', { size: PHONE, locale: 'en-GB' })
  await define(admin, { code: 'BC.THUEN', name_vi: 'Số thư quốc tế', name_en: 'Letters abroad' })
  await tell(admin, 'POST', '/template-drafts', { code: 'SO-MATRAN' })
  await admin.goto('/quan-tri/bieu-mau/SO-MATRAN')
  await admin.evaluate(() => localStorage.setItem('quantrac.lang', 'en'))
  await admin.reload()
  await admin.getByRole('heading', { name: 'General' }).waitFor()
  await isUsable(admin, 'an empty form on a phone')
  await picture(admin, 'template-phone-en')
  await admin.getByRole('button', { name: 'Give it to more' }).click()
  await admin.getByLabel('Given to').selectOption('units')
  await admin.getByText('Bodies: 0 chosen').waitFor()
  await admin.getByLabel('Find a body').fill('binh dinh')
  await admin.getByLabel(/^Bình Định/).check()
  await admin.getByText('Bodies: 1 chosen').waitFor()
  await admin.getByText('1 body in the first period.').waitFor()
  await admin.getByRole('button', { name: 'Add a section of figures' }).click()
  await admin.getByRole('combobox', { name: /^Add an indicator/ }).fill('letters abroad')
  await admin.getByRole('option', { name: /^Letters abroad/ }).click()
  await admin.getByRole('button', { name: 'Break Letters abroad down' }).click()
  const dialog = admin.getByRole('dialog', { name: 'Break Letters abroad down' })
  for (const part of ['women', 'men', 'aged 15–24', 'aged 25–54']) await dialog.getByLabel(part, { exact: true }).check()
  await isUsable(admin, 'a breakdown on a phone')
  await picture(admin, 'template-split')
  await dialog.getByRole('button', { name: 'Add 4 rows' }).click()
  const rows = admin.locator('[data-row]')
  await until('the matrix', () => rows.count(), (now) => now === 5)
  // A column is asked for in every row at once.
  await admin.getByLabel('Actual of the period before, in every row').uncheck()
  await admin.getByRole('button', { name: 'Add a section of text' }).click()
  await admin.getByLabel('Question', { exact: true }).fill('Difficulties met')
  await admin.getByRole('status').filter({ hasText: 'saved' }).waitFor()
  const { template } = await ask(admin, '/template-drafts/SO-MATRAN')
  assert.deepEqual(
    template.sections[0].rows.map((row) => row.breakdown),
    [null, 'AGE=Y15T24,SEX=F', 'AGE=Y25T54,SEX=F', 'AGE=Y15T24,SEX=M', 'AGE=Y25T54,SEX=M'],
  )
  assert.deepEqual(template.sections[0].rows.map((row) => row.settle_previous), [false, false, false, false, false])
  await isUsable(admin, 'a form on a phone')
  await picture(admin, 'template-phone')
  await admin.getByRole('button', { name: 'Preview' }).click()
  await admin.getByRole('heading', { name: /^Letters abroad \(aged 15–24, women\)/ }).waitFor()
  await isUsable(admin, 'a preview on a phone')
  await picture(admin, 'template-phone-preview')
  await admin.setViewportSize(DESK)
})
