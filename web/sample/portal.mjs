// A sample public-service portal, for the demonstration and the tests: a list of procedures, a form, handing in, paying,
// and an officer who accepts and delivers. It keeps its dossiers in memory and tells Quantrac of them in both ways: the
// visitors' steps by count.v1.js in its pages, the officer's by batches from its own server.
//
//   node web/sample/portal.mjs --port 8099 --quantrac http://127.0.0.1:8080 --key mau52quantracdemo --secret quantrac-demo-portal

import { createHash, randomUUID } from 'node:crypto'
import { createServer } from 'node:http'
import { argv } from 'node:process'
import { pathToFileURL } from 'node:url'

/** Procedures by code. */
export const SERVICES = {
  '1.004206': 'Đăng ký khai sinh (mẫu)',
  '2.001955': 'Cấp phiếu lý lịch tư pháp (mẫu)',
  '1.012345': 'Cấp giấy phép xây dựng nhà ở (mẫu)',
}

/** Starts the portal; answers its address, its dossiers, and how to end it. `today` is the day its dossiers are of. */
export async function startPortal({ quantrac, key, secret, port = 0, today }) {
  const dossiers = new Map()
  const salt = randomUUID()
  const day = () => today ?? new Date(Date.now() + 7 * 3600_000).toISOString().slice(0, 10)

  const server = createServer((request, response) => {
    answer(request)
      .catch((error) => ({ status: 500, text: page('Trục trặc', `<p>${escape(error.message)}</p>`) }))
      .then(({ status = 200, headers = {}, text = '' }) => {
        response.writeHead(status, { 'Content-Type': 'text/html; charset=utf-8', ...headers })
        response.end(text)
      })
  })

  async function answer(request) {
    const { pathname, searchParams } = new URL(request.url, 'http://portal')
    const parts = pathname.split('/').filter(Boolean).map(decodeURIComponent)
    const told = `${request.method} /${parts[0] ?? ''}${parts[2] ? `/${parts[2]}` : ''}`
    const service = SERVICES[parts[1]] ? parts[1] : null
    const dossier = dossiers.get(parts[1])
    switch (told) {
      case 'GET /':
        return { text: page('Cổng dịch vụ công mẫu', list()) }
      case 'GET /thu-tuc':
        if (service) return { text: page(SERVICES[service], `<a href="/thu-tuc/${service}/khai">Nộp trực tuyến</a>`, service) }
        break
      case 'GET /thu-tuc/khai':
        if (service) return { text: form(service) }
        break
      case 'POST /thu-tuc/nop':
        if (service) return to(`/ho-so/${handIn(service, 'online')}/da-nop`)
        break
      case 'GET /ho-so/da-nop':
        // The page can be loaded again: the event has the name of the dossier, so it counts once.
        if (dossier) return { text: page('Đã nộp hồ sơ', pay(dossier), null, step('submitted', dossier)) }
        break
      case 'POST /ho-so/nop-phi':
        if (dossier) {
          dossier.paid = true
          return to(`/ho-so/${dossier.hash}/da-nop-phi`)
        }
        break
      case 'GET /ho-so/da-nop-phi':
        if (dossier) return { text: page('Đã nộp phí', '<a href="/">Về trang đầu</a>', null, step('paid', dossier)) }
        break
      case 'GET /can-bo':
        return { text: page('Cán bộ một cửa', desk()) }
      case 'POST /can-bo/nop-truc-tiep':
        if (service) {
          const hash = handIn(service, 'counter')
          await tell([{ ...of(dossiers.get(hash), 'submitted') }])
          return to('/can-bo')
        }
        break
      case 'POST /can-bo/tiep-nhan':
      case 'POST /can-bo/tra-ket-qua':
        if (dossier) {
          const event = parts[2] === 'tiep-nhan' ? 'accepted' : 'delivered'
          dossier[event] = true
          await tell([of(dossier, event)])
          return to('/can-bo')
        }
        break
      case 'GET /so-lieu-ngay':
        return { headers: { 'Content-Type': 'application/json' }, text: JSON.stringify(daily(searchParams)) }
    }
    return { status: 404, text: page('Không có trang này', '<a href="/">Về trang đầu</a>') }
  }

  function handIn(service, channel) {
    const hash = createHash('sha256').update(`${salt}/${dossiers.size}`).digest('hex')
    dossiers.set(hash, { hash, service, channel, day: day() })
    return hash
  }

  const of = ({ hash, service, channel }, event) => ({ event, service, dossier: hash, channel, id: `${event}-${hash.slice(0, 40)}` })
  const step = (event, dossier) => {
    const { event: _, ...rest } = of(dossier, event)
    return `quantrac('${event}', ${JSON.stringify(rest)})`
  }

  /** From server to server, under the secret. What could not be told is told again: it counts once. */
  async function tell(events) {
    for (let attempt = 1; ; attempt++) {
      const answered = await fetch(`${quantrac}/api/v1/events/batch`, {
        method: 'POST',
        headers: { Authorization: `Bearer ${secret}`, 'Content-Type': 'application/json' },
        body: JSON.stringify(events),
      })
      if (answered.ok) return answered.json()
      if (attempt === 5 || ![429, 503].includes(answered.status)) throw new Error(`${answered.status} ${await answered.text()}`)
      await new Promise((resolve) => setTimeout(resolve, 1000 * (Number(answered.headers.get('Retry-After')) || 1)))
    }
  }

  /** What a connector reads: the dossiers of each day by procedure and channel. */
  function daily(asked) {
    const [from, until] = [asked.get('tu') ?? '', asked.get('den') ?? '9999']
    const rows = new Map()
    for (const { day, service, channel } of dossiers.values()) {
      if (day < from || day > until) continue
      const row = rows.get(`${day} ${service}`) ?? { ngay: day, thu_tuc: service, nop_truc_tuyen: 0, nop_truc_tiep: 0 }
      row[channel === 'online' ? 'nop_truc_tuyen' : 'nop_truc_tiep']++
      rows.set(`${day} ${service}`, row)
    }
    return [...rows.values()]
  }

  function page(title, content, service = null, then = '') {
    const script = `<script src="${quantrac}/count.v1.js" data-key="${key}" data-respect="dnt gpc"${service ? ` data-service="${service}"` : ''}${then ? ' data-view="off"' : ''}></script>`
    return `<!doctype html><html lang="vi"><head><meta charset="utf-8"><title>${escape(title)}</title>
<meta name="viewport" content="width=device-width"><link rel="icon" href="data:,">${script}</head>
<body><p><em>Trang mẫu để dùng thử Quantrac, không phải cổng thật.</em></p><h1>${escape(title)}</h1>${content}${then ? `<script>${then}</script>` : ''}</body></html>`
  }

  const list = () =>
    `<ul>${Object.entries(SERVICES).map(([code, name]) => `<li><a href="/thu-tuc/${code}">${escape(name)}</a></li>`).join('')}</ul>`
  const form = (service) =>
    page(
      `Khai hồ sơ: ${SERVICES[service]}`,
      `<form method="post" action="/thu-tuc/${service}/nop"><label>Nội dung <input name="noi-dung" value="(mẫu)"></label> <button>Nộp hồ sơ</button></form>`,
      null,
      `quantrac('started', {service: '${service}'})`,
    )
  const pay = ({ hash }) => `<form method="post" action="/ho-so/${hash}/nop-phi"><button>Nộp phí</button></form>`
  const desk = () => {
    const button = (path, text) => `<form method="post" action="${path}"><button>${text}</button></form>`
    const counter = Object.keys(SERVICES).map((code) => button(`/can-bo/${code}/nop-truc-tiep`, `Nhận trực tiếp ${code}`))
    const rows = [...dossiers.values()].map(({ hash, service, accepted, delivered }) => {
      const next = !accepted ? button(`/can-bo/${hash}/tiep-nhan`, 'Tiếp nhận') : !delivered ? button(`/can-bo/${hash}/tra-ket-qua`, 'Trả kết quả') : 'Xong'
      return `<tr><td>${hash.slice(0, 8)}</td><td>${service}</td><td>${next}</td></tr>`
    })
    return `${counter.join('')}<table>${rows.join('')}</table>`
  }
  const to = (path) => ({ status: 303, headers: { Location: path } })

  await new Promise((resolve, reject) => server.once('error', reject).listen(port, '127.0.0.1', resolve))
  const address = `http://127.0.0.1:${server.address().port}`
  const stop = () =>
    new Promise((resolve) => {
      server.close(resolve)
      server.closeAllConnections()
    })
  return { address, dossiers, tell, stop }
}

function escape(text) {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')
}

if (import.meta.url === pathToFileURL(argv[1] ?? '').href) {
  const given = Object.fromEntries(argv.slice(2).flatMap((word, at, all) => (word.startsWith('--') ? [[word.slice(2), all[at + 1]]] : [])))
  const { address } = await startPortal({
    quantrac: given.quantrac ?? 'http://127.0.0.1:8080',
    key: given.key ?? 'mau52quantracdemo',
    secret: given.secret ?? 'quantrac-demo-portal',
    port: Number(given.port ?? 8099),
    today: given.today,
  })
  console.log(`ready ${address}`)
}
