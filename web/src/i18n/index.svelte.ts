// Every text the person sees, in one of two languages. Vietnamese comes with the application; English is fetched when chosen.
// Each area of the product has its own file per language, so that two people never edit the same one.

import vi from './vi'

export type Lang = 'vi' | 'en'
type Texts = typeof vi
export type Area = keyof Texts
/** `area.key`, checked by the compiler. */
export type Key = { [A in Area]: `${A}.${keyof Texts[A] & string}` }[Area]
export type Values = Record<string, string | number>

type Dictionary = Record<string, Record<string, string>>

const KEPT = 'quantrac.lang'

class Language {
  lang = $state<Lang>('vi')
  texts = $state.raw<Dictionary>(vi)
}

const language = new Language()

export function lang(): Lang {
  return language.lang
}

export async function setLang(next: Lang): Promise<void> {
  const texts: Dictionary = next === 'vi' ? vi : (await import('./en')).default
  language.texts = texts
  language.lang = next
  document.documentElement.lang = next
  localStorage.setItem(KEPT, next)
}

/** The language chosen here before, if any. */
export function keptLang(): Lang | null {
  const kept = localStorage.getItem(KEPT)
  return kept === 'vi' || kept === 'en' ? kept : null
}

/** The text of a key. `{name}` is replaced; `{n|one|many}` takes its form from the number `n`. */
export function t(key: Key, values: Values = {}): string {
  const at = key.indexOf('.')
  const area = key.slice(0, at)
  const name = key.slice(at + 1)
  const text = language.texts[area]?.[name] ?? (vi as Dictionary)[area]?.[name] ?? key
  return fill(text, values)
}

export function fill(text: string, values: Values): string {
  return text.replace(/\{(\w+)(?:\|([^|}]*)\|([^}]*))?\}/g, (whole, name: string, one?: string, many?: string) => {
    const value = values[name]
    if (value === undefined) return whole
    if (one !== undefined && many !== undefined) return Number(value) === 1 ? one : many
    return String(value)
  })
}

/** A name the server gives in both languages: `name(unit)`, `name(template, 'template_name')`. */
export function name(thing: object, field = 'name'): string {
  const both = thing as Record<string, string | null | undefined>
  return both[`${field}_${language.lang}`] || both[`${field}_vi`] || both[`${field}_en`] || ''
}
