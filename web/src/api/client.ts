// Speaks to /api/v1: one function per method, the server's refusals as values with a code,
// every write under an idempotency key so that a repeated request is done once, and reads no older than the last write.

import { t } from '../i18n/index.svelte'
import { href } from '../router'
import type { Along, AnswerOf, PathOf, QueryOf, Sent } from './calls'
import type { Problem } from './types'

const BASE = '/api/v1'

/** A refusal or a failure, with the sentence for the person and a code to quote. */
export class ApiError extends Error {
  readonly problem: Problem
  constructor(problem: Problem) {
    super(problem.detail || problem.title)
    this.problem = problem
  }
  get status(): number {
    return this.problem.status
  }
  get code(): string {
    return this.problem.code
  }
}

let seen = 0
let language: () => string = () => 'vi'
let ownLanguage: () => string | null = () => null
let signedOut: () => void = () => {}
let tellLine: (up: boolean) => void = () => {}

/** What the client must know of the application, told once at the start. */
export function connect(app: { lang: () => string; ownLang: () => string | null; signedOut: () => void; tellLine: (up: boolean) => void }): void {
  language = app.lang
  ownLanguage = app.ownLang
  signedOut = app.signedOut
  tellLine = app.tellLine
}

/** A key for one intention: give the same key again to repeat a write that may have been lost on the way. */
export function newKey(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}

/** The most MiB of a file that an address takes; the server has the same (`add_large`). */
function mostMib(path: string): number {
  if (path.includes('/scans')) return 10
  return /^\/(registers|portals)\//.test(path) ? 16 : 8
}

/** Refuses a file that the server would not take for its size, before anything of it is read or sent. */
export function checkSize(path: string, file: Blob): void {
  const most = mostMib(path)
  if (file.size <= most << 20) return
  throw new ApiError({ type: 'about:blank', title: 'too large', status: 413, detail: t('common.file_too_large', { n: most }), code: 'too_large' })
}

async function send<T>(method: string, path: string, body: unknown, how: { key?: string; signal?: AbortSignal } = {}): Promise<T> {
  const response = await answer(method, path, body, how)
  return (response.status === 204 ? undefined : await response.json()) as T
}

async function answer(method: string, path: string, body: unknown, how: { key?: string; signal?: AbortSignal }): Promise<Response> {
  const headers: Record<string, string> = { Accept: 'application/json', 'Accept-Language': language() }
  let content: BodyInit | undefined
  if (body instanceof Blob) {
    checkSize(path, body)
    content = body
    if (body.type) headers['Content-Type'] = body.type
  } else if (body !== undefined) {
    content = JSON.stringify(body)
    headers['Content-Type'] = 'application/json'
  }
  if (method !== 'GET') headers['Idempotency-Key'] = how.key ?? newKey()

  let response: Response
  try {
    response = await fetch(BASE + inLanguage(path), { method, headers, body: content, credentials: 'same-origin', signal: how.signal })
  } catch (failure) {
    if (failure instanceof DOMException && failure.name === 'AbortError') throw failure
    tellLine(false)
    throw new ApiError({ type: 'about:blank', title: 'offline', status: 0, detail: '', code: 'offline' })
  }
  tellLine(true)
  const seq = Number(response.headers.get('Quantrac-Seq'))
  if (method !== 'GET' && seq > seen) seen = seq
  if (response.ok) return response
  const problem = await readProblem(response)
  if (problem.status === 401 && path !== '/session') signedOut()
  throw new ApiError(problem)
}

/** The account's language is the server's default; what is typed and told here follows the screen. */
function inLanguage(path: string): string {
  const own = ownLanguage()
  if (own === null || own === language()) return path
  return `${path}${path.includes('?') ? '&' : '?'}lang=${language()}`
}

async function readProblem(response: Response): Promise<Problem> {
  const unknown: Problem = { type: 'about:blank', title: response.statusText, status: response.status, detail: '', code: `http_${response.status}` }
  try {
    return { ...unknown, ...((await response.json()) as Problem), status: response.status }
  } catch {
    return unknown
  }
}

export const api = {
  get<P extends PathOf<'get'>>(path: P | Sent<P>, query: QueryOf<P> = {}, signal?: AbortSignal): Promise<AnswerOf<'get', P>> {
    return send('GET', href(path, seen ? { ...query, min_seq: seen } : query), undefined, { signal })
  },
  /** A file, under the name that the server gave it. */
  async file<P extends PathOf<'get'>>(path: P | Sent<P>, query: QueryOf<P> = {}): Promise<File> {
    const response = await answer('GET', href(path, seen ? { ...query, min_seq: seen } : query), undefined, {})
    const name = /filename="([^"]+)"/.exec(response.headers.get('Content-Disposition') ?? '')?.[1] ?? 'quantrac'
    return new File([await response.blob()], name)
  },
  post<P extends PathOf<'post'>>(path: P | Sent<P>, ...[body, key]: Along<'post', P>): Promise<AnswerOf<'post', P>> {
    return send('POST', path, body ?? {}, { key })
  },
  patch<P extends PathOf<'patch'>>(path: P | Sent<P>, ...[body, key]: Along<'patch', P>): Promise<AnswerOf<'patch', P>> {
    return send('PATCH', path, body, { key })
  },
  put<P extends PathOf<'put'>>(path: P | Sent<P>, ...[body, key]: Along<'put', P>): Promise<AnswerOf<'put', P>> {
    return send('PUT', path, body, { key })
  },
  delete<P extends PathOf<'delete'>>(path: P | Sent<P>): Promise<AnswerOf<'delete', P>> {
    return send('DELETE', path, undefined)
  },
}
