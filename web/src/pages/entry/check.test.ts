import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import type { Follows, FormCheck, Indicator, Row, SectionDefinition } from '../../api/types'
import { fill, type Key, type Lang, type Values } from '../../i18n/index.svelte'
import en from '../../i18n/en'
import vi from '../../i18n/vi'
import { check, computed, type Checked, type Known } from './check'
import type { Content } from './form.svelte'

const cases = (of: string) => readFileSync(new URL(`../../../../crates/workflow/src/${of}/cases.txt`, import.meta.url), 'utf8').split('\n')

test('a form is checked as the server checks it', () => {
  const lines = cases('check')
  const indicators = new Map(lines.filter((line) => line.startsWith('[')).map((head) => [described(head).code, described(head)]))
  let rows = 0
  for (const [at, line] of lines.entries()) {
    if (line === '' || /^[#[ ]/.test(line)) continue
    const [given = '', expected = ''] = line.split(' =>')
    const [asked = '', typed = '', previous = '', last_year = ''] = given.split('|').map((part) => part.trim())
    const form = filled(asked, typed, indicators, { previous: previous || null, last_year: last_year || null, earlier_this_year: [], plan: null })
    const found = (lang: Lang) => check(form, { lang, t: (key, values) => text(lang, key, values) })
    expect(found('vi').map(({ cell, severity, code }) => `${cell.replace('BC/', '')} ${severity} ${code}`).join('; '), line).toBe(expected.trim())
    const end = lines.findIndex((next, after) => after > at && !next.startsWith('  '))
    const sentences = lines.slice(at + 1, end).map((sentence) => sentence.trim())
    if (sentences.length > 0) expect(found('vi').flatMap((finding, number) => [`vi ${finding.text}`, `en ${found('en')[number]?.text}`]), line).toEqual(sentences)
    rows += 1
  }
  expect(rows).toBeGreaterThan(40)
})

test('a form is held to its own checks as the server holds it', () => {
  const lines = cases('form_check')
  const indicators = new Map(['A', 'B', 'C'].map((code) => [code, described(`[${code}, tỷ đồng, 1]`)]))
  let rows = 0
  for (const [at, line] of lines.entries()) {
    if (line === '' || /^[# ]/.test(line)) continue
    const [given = '', expected = ''] = line.split(' =>')
    const [rule = '', typed = '', previous = '', last_year = ''] = given.split('|').map((part) => part.trim())
    const form = filled('A B C', typed, indicators, { previous: previous || null, last_year: last_year || null, earlier_this_year: [], plan: null })
    form.checks = [ruled(rule)]
    const found = (lang: Lang) => check(form, { lang, t: (key, values) => text(lang, key, values) }).filter(({ code }) => code.startsWith('check_'))
    expect(found('vi').map(({ cell, severity, code }) => `${cell.replace('BC/', '')} ${severity} ${code}`).join('; '), line).toBe(expected.trim())
    const end = lines.findIndex((next, after) => after > at && !next.startsWith('  '))
    for (const sentence of lines.slice(at + 1, end).map((one) => one.trim())) {
      const lang = sentence.slice(0, 2) as Lang
      expect(`${lang} ${found(lang)[0]?.text}`, line).toBe(sentence)
    }
    rows += 1
  }
  expect(rows).toBeGreaterThan(15)
})

test('the columns that nobody types are as the server works them out', () => {
  let rows = 0
  for (const line of cases('computed')) {
    if (line === '' || line.startsWith('#')) continue
    const [given = '', expected] = line.split(' => ')
    const [of = '', typed = '', previous = '', last_year = '', earlier = '', plan = ''] = given.split('|').map((part) => part.trim())
    const [over_time, unit] = of.split(', ')
    const indicator = { ...described(`[DT, ${unit}, 2]`), over_time: over_time as Indicator['over_time'] }
    const form = filled('DT', typed, new Map([['DT', indicator]]), {
      previous: previous || null,
      last_year: last_year || null,
      earlier_this_year: earlier.split(' ').filter(Boolean).map((number) => (number === '-' ? null : number)),
      plan: plan || null,
    })
    const all = computed(form, 'BC', form.sections[0]!.rows[0]!, indicator)
    const columns = [all.previous, all.ytd, all.change_on_period, all.change_on_year, all.points_on_period, all.points_on_year, all.share_of_plan]
    expect(columns.map(({ value, absent }: Follows) => value ?? absent).join(', '), line).toBe(expected)
    rows += 1
  }
  expect(rows).toBeGreaterThan(10)
})

test('a comment explains a warning and never an error, and what cannot be read is no empty cell', () => {
  const limits = { min: null, max: null, growth_percent: '30' }
  const indicators = new Map([['DT', { ...described('[DT, tỷ đồng, 1]'), limits }]])
  const known = { previous: '100', last_year: null, earlier_this_year: [], plan: null }
  const found = (content: Partial<Content>) => {
    const form = filled('DT', '', indicators, known)
    const nothing = form.content('')
    form.content = (cell) => (cell === 'BC/DT/this' ? { ...nothing, ...content } : nothing)
    return check(form, { lang: 'vi', t: (key, values) => text('vi', key, values) }).map(({ code, explained }) => `${code} ${explained}`)
  }
  expect(found({ value: '150', comment: 'Mới' })).toEqual(['growth_on_period true'])
  expect(found({ value: '150', comment: '12 !' })).toEqual(['growth_on_period false'])
  expect(found({ value: '-1', comment: 'Doanh nghiệp nộp bù' })).toContain('negative false')
  expect(found({ typed: '1.5' })).toEqual([])
  expect(found({ typed: ' ' })).toEqual(['required false'])
})

/** `[DT, tỷ đồng, 1, growth 30]`. */
function described(head: string): Indicator {
  const [code = '', unit = '', scale = '', limit = ''] = head.slice(1, -1).split(', ')
  const [kind, value = ''] = limit.split(' ')
  const [numerator = '', denominator = ''] = value.split('/')
  const plain = {
    code,
    name_vi: `Chỉ tiêu ${code}`,
    name_en: `Indicator ${code}`,
    unit_vi: unit,
    unit_en: `${unit} (en)`,
    scale: Number(scale),
    over_time: 'sum',
    part_of: kind === 'part_of' ? value : null,
    ratio: kind === 'share' ? { numerator, denominator, factor: '100' } : null,
    limits: { min: kind === 'min' ? value : null, max: kind === 'max' ? value : null, growth_percent: kind === 'growth' ? value : null },
  }
  return plain as unknown as Indicator
}

/** `must A <= B`, `explain A = B+C`, `must A within 20 of last_year`. */
function ruled(text: string): FormCheck {
  const [severity = '', row = '', sign = '', of = '', , on = ''] = text.split(' ')
  const kind = ({ '<=': 'at_most', '=': 'sum', within: 'change' } as const)[sign]!
  const others = kind === 'change' ? [] : of.split('+').map((code) => `BC/${code}`)
  const change = kind === 'change' ? { on: on as FormCheck['on'], percent: of } : { on: null, percent: null }
  return { kind, row: `BC/${row}`, others, ...change, severity: severity === 'must' ? 'error' : 'warning', message_vi: '', message_en: '' }
}

/** A form of these rows, with what is written into it: `DT/this=12.5 LD[SEX=F]/this=missing`. */
function filled(asked: string, typed: string, indicators: Map<string, Indicator>, known: Known): Checked {
  const cells = new Map(
    typed.split(' ').filter(Boolean).map((pair) => {
      const at = pair.lastIndexOf('=')
      const value = pair.slice(at + 1)
      return [`BC/${pair.slice(0, at)}`, value === 'none_occurred' ? '0' : value]
    }),
  )
  const rows = asked.split(' ').map((code) => {
    const [indicator, breakdown] = code.split(/[[\]]/)
    return { indicator, breakdown: breakdown ?? null, name_vi: indicators.get(indicator!)?.name_vi, name_en: indicators.get(indicator!)?.name_en, required: true, settle_previous: true } as unknown as Row
  })
  return {
    sections: [{ id: 'BC', rows, texts: [] } as unknown as SectionDefinition],
    checks: [],
    indicators,
    known: () => known,
    content: (cell) => {
      const value = cells.get(cell) ?? null
      const isNumber = value !== null && /\d/.test(value)
      return { typed: null, value: isNumber ? value : null, absent: isNumber ? null : (value as Content['absent']), text: null, comment: null }
    },
  }
}

function text(lang: Lang, key: Key, values: Values = {}): string {
  const [area = '', name = ''] = key.split('.')
  const all = { vi, en }[lang] as Record<string, Record<string, string>>
  return fill(all[area]?.[name] ?? key, values)
}
