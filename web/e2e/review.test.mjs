// The half-year review of 2024: every figure as it was published, live, and one step from where it came.

import assert from 'node:assert/strict'
import { ask, DESK, isUsable, openAs, PHONE, picture, settled, story } from './browser.mjs'

const REVIEW = '/bao-cao/2024-S1'

// As the review says them, by indicator and measure: what is printed, wherever it is printed first.
const PUBLISHED = [
  ['TN.DOANHTHU', 'level', '2.067.389 tỷ đồng'],
  ['TN.DOANHTHU', 'change_on_year', 'tăng 27%'],
  ['TN.DOANHTHU', 'share_of_plan', '50%'],
  ['TN.NSNN', 'level', '59.847 tỷ đồng'],
  ['TN.NSNN', 'change_on_year', 'tăng 25,8%'],
  ['TN.NSNN', 'share_of_plan', '61%'],
  ['TN.GDP', 'level', '476.933 tỷ đồng'],
  ['TN.GDP', 'change_on_year', 'tăng 22,5%'],
  ['TN.GDP', 'share_of_plan', '49%'],
  ['TN.LAODONG', 'level', '1.530.528 lao động'],
  ['TN.LAODONG', 'change_on_year', 'tăng 1,3%'],
]

const figure = (page, indicator, measure) => page.locator(`button.figure[data-indicator="${indicator}"][data-measure="${measure}"]`).first()

story('the review says what was published', async (open) => {
  const page = await openAs(open, 'bo.phantich')
  await page.goto('/bao-cao')
  await page.getByRole('link', { name: /Sơ kết công tác 6 tháng đầu năm 2024/ }).click()
  await page.waitForURL(`**${REVIEW}`)
  await figure(page, 'TN.DOANHTHU', 'level').waitFor()
  for (const [indicator, measure, printed] of PUBLISHED) {
    const said = await figure(page, indicator, measure).innerText()
    assert.ok(said.replaceAll(/\s/g, ' ').endsWith(printed), `${indicator} ${measure}: ${said}, published as ${printed}`)
  }
  // What was reported and what was measured of the same thing stand beside each other.
  const services = page.locator('p, li').filter({ hasText: 'toàn trình' }).filter({ hasText: '30%' })
  assert.match((await services.first().innerText()).replaceAll(/\s/g, ' '), /trên 30%.*17%/s)
  await picture(page, 'review')
})

story('a figure tells where it came from, gives a finished sentence, and opens to its history', async (open) => {
  const page = await openAs(open, 'bo.phantich')
  await page.goto(REVIEW)
  const change = figure(page, 'TN.DOANHTHU', 'change_on_year')
  await change.focus()
  const tip = page.locator('#figure-tip')
  await tip.getByText('28,07%').waitFor()
  const { indicator } = await ask(page, '/figure?indicator=TN.DOANHTHU&unit=VN&period=2024-S1&measure=change_on_year')
  const about = await tip.innerText()
  for (const part of [indicator.definition_vi, 'Nguồn', 'Trạng thái', 'Số ước tính', 'Ghi nhận', 'Số tính được', '27%']) assert.ok(about.includes(part), `the card says ${part}: ${about}`)
  await picture(page, 'review-tip')
  await page.keyboard.press('Escape')
  await tip.waitFor({ state: 'detached' })

  const revenue = figure(page, 'TN.DOANHTHU', 'level')
  await revenue.hover()
  await tip.getByRole('button', { name: 'Sao chép câu' }).click()
  await tip.getByText('Đã sao chép').waitFor()
  const sentence = await page.evaluate(() => navigator.clipboard.readText())
  assert.match(sentence, /^6 tháng đầu năm 2024, .*[Dd]oanh thu toàn ngành TT&TT .*2\.067\.389 tỷ đồng.*\.$/s)
  assert.doesNotMatch(sentence, /undefined|null|\{|NaN/)

  await revenue.click()
  await page.waitForURL('**/so-lieu?indicator=TN.DOANHTHU*')
  const history = page.getByRole('region', { name: 'Quá trình ghi nhận' })
  await history.getByRole('cell', { name: /2\.067\.389/ }).first().waitFor()
  await page.getByRole('region', { name: 'Định nghĩa' }).getByText(indicator.definition_vi).waitFor()
  await isUsable(page, 'the page of a figure')
  await picture(page, 'figure')
})

story('what was reported is beside what was measured', async (open) => {
  const page = await openAs(open, 'bo.phantich')
  await page.goto(REVIEW)
  const reported = page.locator('button.figure').filter({ hasText: /^trên 30%$/ }).first()
  await reported.click()
  await page.waitForURL('**/so-lieu?*')
  const sources = page.getByRole('region', { name: 'Theo nguồn' })
  await sources.getByText('Số báo cáo', { exact: false }).first().waitFor()
  await sources.getByText('Số đo trực tuyến', { exact: false }).first().waitFor()
  await sources.getByText('17%').first().waitFor()
  await sources.getByText('Số báo cáo cao hơn số đo trực tuyến.').waitFor()
  await picture(page, 'figure-two-sources')
})

for (const id of ['2024-S1', '2020-S1', '2020-Q1']) {
  story(`the review ${id} is readable on a desk and a phone, and prints on A4`, async (open) => {
    const page = await openAs(open, 'bo.phantich', { size: DESK })
    await page.goto(`/bao-cao/${id}`)
    await page.locator('button.figure').first().waitFor()
    assert.ok((await page.locator('button.figure').count()) > 10, 'its figures are live')
    await isUsable(page, id)
    await picture(page, `review-${id}`)
    await page.setViewportSize(PHONE)
    await isUsable(page, `${id} on a phone`)
    await picture(page, `review-${id}-phone`)

    const opened = page.context().waitForEvent('page')
    await page.setViewportSize(DESK)
    await page.getByRole('link', { name: 'Bản in A4' }).click()
    const print = await opened
    await settled(print)
    const pdf = (await print.pdf({ preferCSSPageSize: true })).toString('latin1')
    const [, width, height] = /\/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]/.exec(pdf).map(Number)
    assert.ok(Math.abs(width - 595.3) < 1.5 && Math.abs(height - 841.9) < 1.5, `A4 and not ${width} × ${height} pt`)
    assert.ok(pdf.length > 50_000, 'there is something on it')
    assert.match(await print.locator('body').innerText(), /\d/)
    await picture(print, `review-${id}-print`)
  })
}
