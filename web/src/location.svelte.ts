// Where the person is: the address bar as state. All context lives in the address, so reload, back and a copied link work.

import { href, match, type Params, type Query } from './router'
import { routes, type Route } from './routes'

class Here {
  path = $state(location.pathname)
  search = $state(location.search)
  hash = $state(location.hash)
  query = $derived(new URLSearchParams(this.search))
  found = $derived(match(routes, this.path))
  route: Route | null = $derived(routes.find((route) => route.name === this.found?.name) ?? null)
  params: Params = $derived(this.found?.params ?? {})

  /** One value of the query, or what stands when it is not given. */
  get(key: string, otherwise = ''): string {
    return this.query.get(key) ?? otherwise
  }
}

export const here = new Here()

type Guard = () => boolean
const guards = new Set<Guard>()

/** Asks before the page is left; answer false to stay. Returns how to take the guard away. */
export function guard(ask: Guard): () => void {
  guards.add(ask)
  return () => guards.delete(ask)
}

export function go(to: string, how: { replace?: boolean; keepScroll?: boolean } = {}): void {
  const target = new URL(to, location.href)
  const leaving = target.pathname !== here.path
  if (leaving && ![...guards].every((ask) => ask())) return
  history[how.replace ? 'replaceState' : 'pushState']({}, '', target)
  read()
  if (leaving && !how.keepScroll) scrollTo(0, 0)
}

/** Changes part of the query of this page: the rest of the address stays. */
export function setQuery(change: Query, how: { replace?: boolean } = { replace: true }): void {
  const all: Query = { ...Object.fromEntries(here.query), ...change }
  go(href(here.path, all) + here.hash, { ...how, keepScroll: true })
}

function read(): void {
  here.path = location.pathname
  here.search = location.search
  here.hash = location.hash
}

addEventListener('popstate', read)

/** Plain links stay plain links: a click on one of ours changes the page without loading it anew. */
document.addEventListener('click', (event) => {
  if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return
  const link = (event.target as Element | null)?.closest?.('a[href]') as HTMLAnchorElement | null
  if (!link || link.target || link.hasAttribute('download') || link.origin !== location.origin) return
  if (!match(routes, link.pathname)) return
  if (link.hash && link.pathname === location.pathname && link.search === location.search) return
  event.preventDefault()
  go(link.pathname + link.search + link.hash)
})
