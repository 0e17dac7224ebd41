// Every page that each role can reach: at the desk and on a phone, in Vietnamese and in English, in light and in dark.

import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { ask, DESK, fits, formOf, isAccessible, openAs, PHONE, picture, settled, story, tell } from './browser.mjs'

const form = async (page) => `/nhap-lieu/${(await formOf(page, '52')).id}`
const oneUnderReview = async (page) => {
  const { submissions } = await ask(page, '/submissions?template=SO-THANG&period=2024-07')
  return `/duyet/${submissions.find(({ state }) => state === 'signed').id}`
}
const formToSee = async (page) => `/nhap-lieu/${(await ask(page, '/submissions?body=52')).submissions[0].id}`

const afterSending = async (page) => {
  const { submissions } = await ask(page, '/submissions?body=52')
  return `/nhap-lieu/${submissions.find(({ state }) => ['signed', 'received', 'closed'].includes(state)).id}/da-gui`
}

const EVERYONE = ['/', '/toi', '/lich']
const REGISTERS = ['/do-luong/ket-qua', '/do-luong/ket-qua?don-vi=52&ky=2022-06', '/do-luong/cong', '/do-luong/dich-vu?don-vi=52', '/do-luong/he-thong?don-vi=52', '/do-luong/nen-tang?don-vi=52']
const READERS = ['/ganh-nang', '/bang-dieu-hanh?unit=VN&period=2024-S1', '/so-lieu?indicator=TN.DOANHTHU&unit=VN&period=2024-S1', '/bao-cao', '/bao-cao/2020-Q1', '/doi-chieu', '/do-luong/ket-noi', '/do-luong/cong/52-mau', ...REGISTERS]
const MINISTRY = ['/mau-thuan']
const ADMIN = ['/quan-tri/tai-khoan', '/quan-tri/don-vi', '/quan-tri/chi-tieu?ma=TN.DOANHTHU', '/quan-tri/bieu-mau', '/quan-tri/bieu-mau/SO-THANG', '/quan-tri/danh-muc-bao-cao', '/quan-tri/tinh-trang']

const ROLES = {
  'nhap.52': [...EVERYONE, '/nhap-lieu', form, ...READERS],
  'ky.52': [...EVERYONE, '/nhap-lieu', formToSee, afterSending, ...READERS],
  'bo.duyet': [...EVERYONE, '/duyet', oneUnderReview, ...READERS, ...MINISTRY],
  'bo.phantich': [...EVERYONE, '/ke-hoach?nam=2024', ...READERS, ...MINISTRY],
  'bo.lanhdao': [...EVERYONE, '/bang-dieu-hanh?unit=52&period=2024-06&sector=BC', ...READERS, ...MINISTRY],
  'bo.quantri': [...EVERYONE, '/ke-hoach?nam=2024', ...ADMIN, '/nhat-ky', ...READERS, ...MINISTRY],
  kiemtoan: [...EVERYONE, '/nhat-ky', ...READERS, ...MINISTRY],
}

// The addresses under each place of the side bar.
const PLACES = { '/': 'work', '/ganh-nang': 'board', '/lich': 'work', '/toi': null, '/nhap-lieu': 'entry', '/duyet': 'review', '/bang-dieu-hanh': 'board', '/so-lieu': 'board', '/mau-thuan': 'board', '/bao-cao': 'reports', '/quan-tri': 'admin', '/nhat-ky': 'audit', '/ke-hoach': 'plans', '/doi-chieu': 'measure', '/do-luong': 'measure' }

const areas = readdirSync('src/i18n/vi').map((file) => file.replace('.ts', '')).filter((area) => area !== 'index')
const untranslated = new RegExp(String.raw`(?<![\w./-])(?:${areas.join('|')})\.[a-z][a-z_]{2,}(?![\w.@])`, 'u')
/** The fixed texts of the application in Vietnamese: none of them may stand on an English page. */
const vietnameseTexts = new Set(
  areas.flatMap((area) => [...readFileSync(`src/i18n/vi/${area}.ts`, 'utf8').matchAll(/^\s+\w+: '((?:[^'\\]|\\.)+)',$/gmu)].map(([, text]) => text)).filter((text) => /[À-ỹ]/u.test(text) && !text.includes('{')),
)

/** What an English page still says in Vietnamese, and any key that has no text. */
async function saysRight(page, lang, where, person) {
  const { html, texts } = await page.evaluate(() => {
    const texts = []
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
    for (let node = walker.nextNode(); node; node = walker.nextNode()) if (!node.parentElement.closest('script, style, body [lang="vi"]')) texts.push(node.textContent.trim())
    for (const element of document.querySelectorAll('[aria-label], [title], [placeholder]')) for (const name of ['aria-label', 'title', 'placeholder']) texts.push((element.getAttribute(name) ?? '').trim())
    return { html: document.documentElement.lang, texts: texts.filter(Boolean) }
  })
  assert.equal(html, lang, `${where}: the language of the document`)
  assert.deepEqual(texts.filter((text) => untranslated.test(text)), [], `${where}: keys without a text`)
  if (lang === 'en') assert.deepEqual(texts.filter((text) => vietnameseTexts.has(text) && text !== person.name), [], `${where}: Vietnamese on an English page`)
}

const name = (path) => path.replace(/\?.*/, '').replaceAll('/', '-').replace(/-\d+$/, '-1') || '-'

// A page that is the same for every reader is gone through in full once; for the next reader it is enough that it opens.
const READ = new Set()
const SEEN = new Set()

for (const [user, pages] of Object.entries(ROLES)) {
  story(`every page of ${user} is usable on a desk and a phone, in both languages`, async (open) => {
    const page = await openAs(open, user)
    const { person } = await ask(page, '/session')
    const reached = new Set(pages.map((path) => (typeof path === 'function' ? (user.startsWith('bo.') ? 'review' : 'entry') : PLACES[Object.keys(PLACES).findLast((start) => path.startsWith(start))])))
    assert.deepEqual(person.places.filter((place) => !reached.has(place)), [], `${user}: places that nobody looked at`)
    const paths = []
    for (const path of pages) paths.push(typeof path === 'string' ? path : await path(page))

    for (const lang of ['vi', 'en']) {
      await tell(page, 'PATCH', '/session', { lang })
      for (const path of paths) {
        const shared = READERS.includes(path) || MINISTRY.includes(path)
        const seen = shared && SEEN.has(lang + path)
        if (seen && lang === 'en') continue
        SEEN.add(lang + path)
        await page.setViewportSize(DESK)
        await page.goto(path)
        await page.waitForFunction((lang) => document.documentElement.lang === lang, lang)
        for (const [device, size] of seen ? [['desk', DESK]] : [['desk', DESK], ['phone', PHONE]]) {
          const where = `${path} for ${user} on a ${device} in ${lang}`
          await page.setViewportSize(size)
          await settled(page)
          assert.equal(await page.locator('main [role="alert"]').count(), 0, `${where}: an error`)
          await saysRight(page, lang, where, person)
          await fits(page, where)
          // The rules ask nothing of the words: the desk is judged in one language, the phone in the other.
          const judged = `${device}${path}${shared ? '' : user}`
          if ((device === 'desk') === (lang === 'vi') && !READ.has(judged)) {
            READ.add(judged)
            await isAccessible(page, where)
          }
          await picture(page, `${user}${name(path)}-${device}-${lang}`)
        }
      }
    }
  })
}

story('both themes are readable', async (open) => {
  for (const [user, path] of [['bo.lanhdao', '/bang-dieu-hanh?unit=VN&period=2024-S1'], ['nhap.52', null]]) {
    const page = await openAs(open, user, { colours: 'dark' })
    const address = path ?? (await form(page))
    await page.goto(address)
    await settled(page)
    const [red, green, blue] = (await page.evaluate(() => getComputedStyle(document.body).backgroundColor)).match(/\d+/g).map(Number)
    assert.ok(red + green + blue < 200, `${address} is dark: ${red} ${green} ${blue}`)
    await isAccessible(page, `${address} in the dark`)
    await picture(page, `${user}${name(address)}-dark`)
  }
})
