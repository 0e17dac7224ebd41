// What can be asked of /api/v1, by method and path, as the server describes it: a path that it does not have, a parameter
// that it does not know or a body without what it needs is a type error.

import type { paths } from './schema'

type Method = 'get' | 'post' | 'put' | 'patch' | 'delete'
type Operation<M extends Method, P extends keyof paths> = NonNullable<paths[P][M]>

/** The paths that a method works on: `/units/{code}`. */
export type PathOf<M extends Method> = { [P in keyof paths]: [Operation<M, P>] extends [never] ? never : P }[keyof paths]

/** A path as it is sent: `/units/52`. */
export type Sent<P extends string> = Filled<P> | `${Filled<P>}?${string}`
type Filled<P extends string> = P extends `${infer Before}{${string}}${infer After}` ? `${Before}${string}${Filled<After>}` : P

type Described<Responses> = [keyof Responses & (200 | 201)] extends [never]
  ? void
  : Responses[keyof Responses & (200 | 201)] extends { content: { 'application/json': infer Body } }
    ? Body
    : unknown

/** What is answered. */
export type AnswerOf<M extends Method, P extends keyof paths> = Operation<M, P> extends { responses: infer Responses } ? Described<Responses> : never

/** What can be asked along with it; what is null or empty is left out. */
export type QueryOf<P extends PathOf<'get'>> = {
  [K in keyof NonNullable<Operation<'get', P>['parameters']['query']>]?: string | number | boolean | null
}

type Content<M extends Method, P extends keyof paths> = Operation<M, P> extends { requestBody?: infer Body } ? NonNullable<Body> : never

/** What is sent along: JSON as described, or a file. */
export type BodyOf<M extends Method, P extends keyof paths> = [Content<M, P>] extends [never]
  ? Record<string, never>
  : Content<M, P> extends { content: { 'application/json': infer Body } }
    ? Body
    : Blob

/** A body may be left out where nothing in it is needed. */
export type Along<M extends Method, P extends keyof paths> = Record<never, never> extends BodyOf<M, P> ? [body?: BodyOf<M, P>, key?: string] : [body: BodyOf<M, P>, key?: string]
