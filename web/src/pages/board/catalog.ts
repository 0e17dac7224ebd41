// What the pages of figures need to name things: indicators, sectors and the units of a day, asked for once and kept.

import { api } from '../../api/client'
import type { Indicator, Sector, Unit, UnitKind } from '../../api/types'

const kept = new Map<string, Promise<unknown>>()

function once<T>(key: string, ask: () => Promise<T>): Promise<T> {
  const found = kept.get(key) as Promise<T> | undefined
  if (found) return found
  const asked = ask()
  kept.set(key, asked)
  asked.catch(() => kept.delete(key))
  return asked
}

/** After an administrator changed something: ask anew. */
export function forget(): void {
  kept.clear()
}

export function sectors(): Promise<Sector[]> {
  return once('sectors', async () => (await api.get('/sectors')).sectors)
}

export type Indicators = Map<string, Indicator>
export function indicators(): Promise<Indicators> {
  return once('indicators', async () => new Map((await api.get('/indicators')).indicators.map((one) => [one.code, one])))
}

export type Units = Map<string, Unit>

function ofKind(kind: UnitKind, at: string): Promise<Unit[]> {
  return once(`units ${kind} ${at}`, async () => (await api.get('/units', { kind, at, limit: 500 })).units)
}

/** The country, its regions and provinces as they were on a day. */
export async function places(at: string): Promise<Units> {
  const all = await Promise.all((['country', 'region', 'province'] as const).map((kind) => ofKind(kind, at)))
  return byCode(all.flat())
}

/** Ministries, agencies and groups besides. */
export async function bodies(at: string): Promise<Units> {
  const all = await Promise.all((['group', 'ministry', 'agency'] as const).map((kind) => ofKind(kind, at)))
  return byCode(all.flat())
}

export function unit(code: string, at: string): Promise<Unit> {
  return once(`unit ${code} ${at}`, () => api.get<'/units/{code}'>(`/units/${encodeURIComponent(code)}`, { at }))
}

/** Names for these units, however deep they lie. */
export async function unitsNamed(codes: string[], at: string): Promise<Units> {
  const known = new Map(await places(at))
  const missing = [...new Set(codes)].filter((code) => !known.has(code))
  if (missing.length > 0) for (const [code, one] of await bodies(at)) known.set(code, one)
  const deep = missing.filter((code) => !known.has(code))
  if (deep.length > 0 && deep.length <= 12) {
    for (const one of await Promise.all(deep.map((code) => unit(code, at).catch(() => null)))) if (one) known.set(one.code, one)
  } else if (deep.length > 12) {
    // Districts of one province or communes of one district: one question for all of them.
    const parent = (await unit(deep[0] ?? '', at).catch(() => null))?.parent
    if (parent) for (const one of (await api.get('/units', { parent, at, limit: 1000 })).units) known.set(one.code, one)
  }
  return known
}

/** From the country down to this unit. */
export async function chain(code: string, at: string): Promise<Unit[]> {
  const known = await places(at)
  const line: Unit[] = []
  let next: string | null = code
  while (next && line.length < 8) {
    const one: Unit = known.get(next) ?? (await unit(next, at))
    line.unshift(one)
    next = one.parent
  }
  if (line[0] && line[0].kind !== 'country' && line[0].kind !== 'group') {
    const country = [...known.values()].find((one) => one.kind === 'country')
    if (country && !line.includes(country)) line.unshift(country)
  }
  return line
}

function byCode(units: Unit[]): Units {
  return new Map(units.map((one) => [one.code, one]))
}
