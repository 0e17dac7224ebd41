// Addresses of the application, as pure functions: which page an address names, and back again.
// Apart from the browser's history so that they can be tested without one.

export type Params = Record<string, string>

export interface Pattern<Name extends string = string> {
  name: Name
  path: string
}

export interface Match<Name extends string = string> {
  name: Name
  params: Params
}

/** The first pattern whose segments fit; `:x` takes one segment. */
export function match<Name extends string>(patterns: readonly Pattern<Name>[], path: string): Match<Name> | null {
  const asked = segments(path)
  for (const pattern of patterns) {
    const params = fit(segments(pattern.path), asked)
    if (params) return { name: pattern.name, params }
  }
  return null
}

function segments(path: string): string[] {
  return path.split('/').filter((part) => part !== '')
}

function fit(wanted: string[], asked: string[]): Params | null {
  if (wanted.length !== asked.length) return null
  const params: Params = {}
  for (const [index, part] of wanted.entries()) {
    const given = asked[index] ?? ''
    if (part.startsWith(':')) {
      try {
        params[part.slice(1)] = decodeURIComponent(given)
      } catch {
        return null
      }
    } else if (part !== given) return null
  }
  return params
}

export type Query = Record<string, string | number | boolean | null | undefined>

/** A path with its query; empty values leave no trace in the address. */
export function href(path: string, query: Query = {}): string {
  const search = new URLSearchParams()
  for (const [key, value] of Object.entries(query)) {
    if (value !== null && value !== undefined && value !== '' && value !== false) search.set(key, String(value))
  }
  const text = search.toString().replaceAll('%2C', ',').replaceAll('%3A', ':').replaceAll('%2F', '/')
  return text ? `${path}?${text}` : path
}

/** Where to go after signing in: only ever an address of this application. */
export function safeReturn(asked: string | null): string {
  if (!asked || !asked.startsWith('/') || asked.startsWith('//') || asked.includes('\\')) return '/'
  return asked.startsWith('/dang-nhap') ? '/' : asked
}
