// A portal is connected by one line: what people do there is what Quantrac shows, to the unit.

import assert from 'node:assert/strict'
import { address, ask, isUsable, openAs, PHONE, picture, settled, story, tell, until } from './browser.mjs'
import { startPortal } from '../sample/portal.mjs'

const KEY = 'mau52quantracdemo'
const SECRET = 'quantrac-demo-portal'
const PAGE = '/do-luong/cong/52-mau'
const agent = (version) => `Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/${version}.0.0.0 Safari/537.36`

/** Somebody at home, with a browser of their own; what `before` says is true in it before any page is. */
async function visitor(browser, portal, userAgent, before = () => {}, headers = {}) {
  const context = await browser.newContext({ baseURL: portal.address, userAgent, extraHTTPHeaders: headers })
  await context.addInitScript(before)
  const page = await context.newPage()
  const told = []
  page.on('request', (request) => {
    const { pathname } = new URL(request.url())
    if (pathname.startsWith('/api/v1/events')) told.push(`${request.method()} ${pathname} ${request.resourceType()}`)
  })
  return { page, told, close: () => context.close() }
}

/** Through the pages as people read them: a picture that is still on its way is given up when its page is left. */
async function handIn(page, service) {
  const read = () => page.waitForLoadState('networkidle')
  await page.goto('/')
  await read()
  await page.goto(`/thu-tuc/${service}`)
  await read()
  await page.getByRole('link', { name: 'Nộp trực tuyến' }).click()
  await read()
  await page.getByRole('button', { name: 'Nộp hồ sơ' }).click()
  await page.getByRole('heading', { name: 'Đã nộp hồ sơ' }).waitFor()
  await read()
}

const counts = ({ funnel }) => funnel.map(({ step, count, events, bots }) => `${step} ${count} ${events} ${bots}`)
const refusals = (rows) => Object.fromEntries(rows.map(({ reason, events }) => [reason, events]))

story('what people do on a portal is what the funnel says, to the unit', async (open) => {
  const analyst = await openAs(open, 'bo.phantich')
  const browser = analyst.context().browser()
  const portal = await startPortal({ quantrac: address, key: KEY, secret: SECRET, today: '2024-08-05' })
  try {
    assert.equal((await ask(analyst, '/beacon/52-mau')).last_heard, null)
    await analyst.goto(PAGE)
    await analyst.getByText('Chưa nhận được sự kiện nào từ cổng này', { exact: false }).waitFor()

    // Lan hands in and pays, and loads the receipt again.
    const lan = await visitor(browser, portal, agent(131))
    await handIn(lan.page, '1.004206')
    await lan.page.reload()
    await lan.page.getByRole('button', { name: 'Nộp phí' }).click()
    await lan.page.getByRole('heading', { name: 'Đã nộp phí' }).waitFor()
    await lan.page.waitForLoadState('networkidle')
    assert.deepEqual(lan.told, Array(6).fill('POST /api/v1/events ping'))
    assert.deepEqual(await lan.page.context().cookies(), [], 'no cookies')
    assert.equal(await lan.page.evaluate(() => localStorage.length + sessionStorage.length), 0, 'nothing stored')

    // Minh's browser cannot send beacons.
    const minh = await visitor(browser, portal, agent(120), () => delete Navigator.prototype.sendBeacon)
    await handIn(minh.page, '2.001955')
    assert.deepEqual(minh.told, Array(4).fill('GET /api/v1/events.gif image'))

    // Two who ask not to be tracked: their pages tell nothing.
    const dnt = await visitor(browser, portal, agent(119), () => Object.defineProperty(Navigator.prototype, 'doNotTrack', { get: () => '1' }), { DNT: '1' })
    await handIn(dnt.page, '1.004206')
    const gpc = await visitor(browser, portal, agent(118), () => Object.defineProperty(Navigator.prototype, 'globalPrivacyControl', { get: () => true }))
    await handIn(gpc.page, '1.004206')
    await gpc.page.waitForLoadState('networkidle')
    assert.deepEqual([...dnt.told, ...gpc.told], [])
    // One whose browser says it in a header alone is left out by the server.
    const header = await visitor(browser, portal, agent(117), () => {}, { 'Sec-GPC': '1' })
    await header.page.goto('/')
    await header.page.waitForLoadState('networkidle')

    const bot = await visitor(browser, portal, 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)')
    await bot.page.goto('/thu-tuc/1.004206')
    await bot.page.waitForLoadState('networkidle')

    // At the one-stop office: one dossier over the counter, two accepted, one delivered.
    const officer = await visitor(browser, portal, agent(131), () => Object.defineProperty(Navigator.prototype, 'doNotTrack', { get: () => '1' }))
    await officer.page.goto('/can-bo')
    await officer.page.getByRole('button', { name: 'Nhận trực tiếp 1.012345' }).click()
    for (const name of ['Tiếp nhận', 'Tiếp nhận', 'Trả kết quả']) {
      const desks = officer.page.getByRole('button', { name, exact: true })
      await desks.first().click()
      await officer.page.waitForLoadState('networkidle')
    }
    // The portal's server does not know whether its last batch arrived, and sends it again.
    const [first] = [...portal.dossiers.values()]
    const again = { event: 'accepted', service: first.service, dossier: first.hash, channel: first.channel, id: `accepted-${first.hash.slice(0, 40)}` }
    assert.deepEqual(await portal.tell([again]), { taken: 0, repeated: 1, refused: [] })

    // A forged key, a foreign site, tomorrow.
    const forge = (data, headers = {}) => analyst.context().request.post(`${address}/api/v1/events`, { data: JSON.stringify(data), headers: { 'Content-Type': 'text/plain', 'User-Agent': agent(131), ...headers } })
    const view = { key: KEY, event: 'view', id: 'forged-000001' }
    for (const [data, headers, status, code] of [
      [{ ...view, key: 'khongcocongnaocokhoa' }, {}, 403, 'forged'],
      [view, { Origin: 'https://example.org' }, 403, 'forged'],
      [{ ...view, at: '2099-01-01T00:00:00+07:00' }, {}, 422, 'future_dated'],
      [{ ...view, more: 'x'.repeat(2100) }, {}, 413, 'oversized'],
    ]) {
      const answer = await forge(data, headers)
      assert.equal(answer.status(), status, await answer.text())
      const problem = await answer.json()
      assert.equal(problem.code, code)
    }

    const expected = [
      // Lan and Minh looked at two pages each.
      'view 2 4 1',
      'started 2 2 0',
      'submitted 3 3 0',
      'paid 1 1 0',
      'accepted 2 2 0',
      'delivered 1 1 0',
    ]
    const all = { funnel: expected, refused: { declined: 1, forged: 1, future_dated: 1, replayed: 2 }, of_nobody: { forged: 1, oversized: 1 } }
    const told = async () => {
      const one = await ask(analyst, '/beacon/52-mau')
      return { funnel: counts(one), refused: refusals(one.refused), of_nobody: refusals(one.refused_of_nobody) }
    }
    // Counts reach the database once a second.
    const found = await until('the funnel', told, (one) => JSON.stringify(one) === JSON.stringify(all), 20_000)
    assert.deepEqual(found, all)
    const { services } = await ask(analyst, '/beacon/52-mau/services')
    const of = Object.fromEntries(services.map((one) => [one.service, [one.submitted, one.submitted_online]]))
    assert.deepEqual(of, { '1.004206': [1, 1], '1.012345': [1, 0], '2.001955': [1, 1] })
    const daily = await (await fetch(`${portal.address}/so-lieu-ngay?tu=2024-08-01&den=2024-08-31`)).json()
    assert.deepEqual(daily.find((row) => row.thu_tuc === '1.012345'), { ngay: '2024-08-05', thu_tuc: '1.012345', nop_truc_tuyen: 0, nop_truc_tiep: 1 })

    // The page that stood open shows it without being asked again.
    const submitted = analyst.locator('dl dt', { hasText: 'Nộp hồ sơ' }).locator('+ dd strong')
    await until('the funnel on the page', () => submitted.textContent(), (text) => text === '3')
    await analyst.getByText('Nhận sự kiện gần nhất lúc', { exact: false }).waitFor()
    await analyst.locator('summary').press('Enter')
    await analyst.getByRole('row', { name: '5/8/2024 3' }).waitFor()
    // Of the days before, nobody knows: that is no zero.
    await analyst.getByRole('row', { name: '4/8/2024 không nhận được sự kiện' }).waitFor()
    await isUsable(analyst, 'the portal')
    await picture(analyst, 'beacon')
    assert.equal(await analyst.getByRole('button', { name: 'Cấp khóa mới' }).count(), 0, 'an analyst gives no keys')
    for (const one of [lan, minh, dnt, gpc, header, bot, officer]) await one.close()
  } finally {
    await portal.stop()
  }
})

story('an administrator changes the key, by keyboard; a phone and English show the same', async (open) => {
  const page = await openAs(open, 'bo.quantri')
  await page.goto(PAGE)
  await page.getByRole('button', { name: 'Cấp khóa mới' }).press('Enter')
  const keys = page.locator('ul.keys li')
  await until('the keys', () => keys.count(), (count) => count === 2)
  const { keys: given } = await ask(page, '/beacon/52-mau')
  const send = async (key, id) =>
    (await page.context().request.post(`${address}/api/v1/events`, { data: JSON.stringify({ key, event: 'view', id }), headers: { 'Content-Type': 'text/plain', 'User-Agent': agent(131) } })).status()
  assert.deepEqual([await send(given[0].key, 'key-event-1'), await send(given[1].key, 'key-event-2')], [204, 204])
  await page.getByRole('button', { name: `Kết thúc khóa ${given[0].key}` }).press('Enter')
  const dialog = page.getByRole('dialog')
  await dialog.getByText(`sự kiện gửi bằng khóa ${given[0].key} sẽ bị từ chối`, { exact: false }).waitFor()
  await isUsable(page, 'ending a key')
  await dialog.getByRole('button', { name: 'Kết thúc khóa' }).press('Enter')
  await keys.first().getByText('kết thúc lúc', { exact: false }).waitFor()
  assert.deepEqual([await send(given[0].key, 'key-event-3'), await send(given[1].key, 'key-event-4')], [403, 204])
  await page.getByText(`data-key="${given[1].key}"`, { exact: false }).waitFor()
  await picture(page, 'beacon-keys')

  const phone = await openAs(open, 'bo.lanhdao', { size: PHONE })
  await phone.goto(`${PAGE}?buoc=view`)
  await phone.getByRole('heading', { name: 'Từ lượt xem đến trả kết quả' }).waitFor()
  await isUsable(phone, 'the portal on a phone')
  await picture(phone, 'beacon-phone')
  await tell(phone, 'PATCH', '/session', { lang: 'en' })
  await phone.reload()
  await phone.getByRole('heading', { name: 'From a view to the result' }).waitFor()
  await isUsable(phone, 'the portal on a phone in English')
  await settled(phone)
  await picture(phone, 'beacon-phone-en')

  await page.goto('/do-luong/cong/khong-co')
  await page.getByText('not_found').waitFor()
  await isUsable(page, 'a portal that does not exist')
})
