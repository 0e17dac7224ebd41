// The service worker: opens the application where there is no line. It keeps the files of one version of it and nothing
// that anybody was answered, which the pages keep per account; so it has nothing to show to the wrong person.

/** The addresses of the version's files, written in when the bundle is made (vite.config.ts). */
declare const __FILES__: string[]
declare const __VERSION__: string

/** What TypeScript knows of a service worker is in a library that does not go with a page's. */
interface Lasting extends Event {
  waitUntil(work: Promise<unknown>): void
}
interface Asked extends Lasting {
  readonly request: Request
  respondWith(answer: Promise<Response>): void
}
interface Worker {
  addEventListener(type: 'install' | 'activate', listener: (event: Lasting) => void): void
  addEventListener(type: 'fetch', listener: (event: Asked) => void): void
  addEventListener(type: 'message', listener: (event: MessageEvent<{ page?: string }>) => void): void
  skipWaiting(): Promise<void>
  clients: { claim(): Promise<void> }
}
const worker = self as unknown as Worker

const FILES = new Set(__FILES__)
const PREFIX = 'quantrac-'
const CACHE = PREFIX + __VERSION__
/** The first page, under which every address of the application is opened. */
const PAGE = '/'
/** A line that does not answer for so long is as good as none. */
const PATIENCE_MS = 3000

worker.addEventListener('install', (event) => event.waitUntil(keepFiles()))
worker.addEventListener('activate', (event) => event.waitUntil(dropOthers().then(() => worker.clients.claim())))
// A page of this very version is open: it is time. Pages of the version before stay with theirs as long as only they are.
worker.addEventListener('message', ({ data }) => {
  if (data.page !== undefined && FILES.has(data.page)) void worker.skipWaiting()
})
worker.addEventListener('fetch', (event) => {
  const { request } = event
  const url = new URL(request.url)
  if (request.method !== 'GET' || url.origin !== location.origin) return
  if (request.mode === 'navigate' && !url.pathname.startsWith('/api/')) event.respondWith(page(request))
  else if (FILES.has(url.pathname)) event.respondWith(file(request))
})

/** One after another: on a slow line the page that is open goes first. */
async function keepFiles(): Promise<void> {
  const cache = await caches.open(CACHE)
  const index = await fetch(PAGE, { cache: 'no-cache' })
  const named = [...(await index.clone().text()).matchAll(/"(\/assets\/[^"]+)"/g)].map(([, name]) => name ?? '')
  if (!index.ok || !named.every((name) => FILES.has(name))) throw new Error('another version is being installed')
  for (const name of FILES) {
    // A name with a hash in it means the same in every version.
    const known = name.startsWith('/assets/') ? await caches.match(name) : undefined
    const kept = known ?? (await fetch(name, { cache: 'no-cache' }))
    if (!kept.ok) throw new Error(`${name}: ${kept.status}`)
    await cache.put(name, kept)
  }
  await cache.put(PAGE, index)
}

async function dropOthers(): Promise<void> {
  const others = (await caches.keys()).filter((name) => name.startsWith(PREFIX) && name !== CACHE)
  await Promise.all(others.map((name) => caches.delete(name)))
}

/** The page of the server's version where there is a line, and of this one where there is none. */
async function page(request: Request): Promise<Response> {
  const kept = await caches.match(PAGE, { cacheName: CACHE })
  if (!kept) return fetch(request)
  const late = new Promise<Response>((resolve) => setTimeout(() => resolve(kept), PATIENCE_MS))
  const asked = fetch(request).then((answer) => (answer.status >= 502 ? kept : answer))
  return Promise.race([asked.catch(() => kept), late])
}

async function file(request: Request): Promise<Response> {
  return (await caches.match(new URL(request.url).pathname, { cacheName: CACHE })) ?? fetch(request)
}
