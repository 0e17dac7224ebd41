// The shapes of /api/v1, under the names that pages use. They come from the server's own description of the interface
// (`npm run api` writes schema.d.ts from openapi.json), so that a field renamed there is a type error here; what is added
// is which codes a string can be. Every number of the record is a decimal string with a dot; times are RFC 3339.

import type { components } from './schema'

type Schemas = components['schemas']

type Flat<T> = { [K in keyof T]: T[K] }

/** The server writes null rather than leaving a field out, which its description does not say. */
export type Told<T> = T extends readonly (infer Item)[]
  ? Told<Item>[]
  : T extends object
    ? Flat<
        { [K in keyof T as null extends T[K] ? K : never]-?: Told<Exclude<T[K], undefined>> } & {
          [K in keyof T as null extends T[K] ? never : K]: Told<T[K]>
        }
      >
    : T

/** `Shape` where some fields are known to be narrower; a field that it does not have, or that is something else, is an error. */
export type Refine<Shape, Narrower extends { [K in keyof Narrower]: K extends keyof Shape ? Shape[K] : never }> = Flat<Omit<Shape, keyof Narrower> & Narrower>

type Shape<
  Name extends keyof Schemas,
  Narrower extends { [K in keyof Narrower]: K extends keyof Schemas[Name] ? Schemas[Name][K] : never } = Record<never, never>,
> = Told<Refine<Schemas[Name], Narrower>>

export type Role = 'enterer' | 'head' | 'reviewer' | 'analyst' | 'minister' | 'admin' | 'auditor'

type Grant = Shape<'Role', { role: Role }>

export type Person = Shape<'Person', { lang: 'vi' | 'en'; roles: Grant[] }>
export type Clock = Shape<'Clock'>
export type Session = Shape<'Session', { person: Person }>
export type Sector = Shape<'Sector'>

export type UnitKind = 'country' | 'region' | 'province' | 'district' | 'commune' | 'ministry' | 'agency' | 'firm' | 'newsroom' | 'portal' | 'group'

/** Only a group has `members`. */
export type Unit = Shape<'Unit', { kind: UnitKind; members?: string[] }>

export type Indicator = Shape<
  'Indicator',
  {
    over_units: 'sum' | 'ratio' | 'weighted_mean' | 'max' | 'none'
    over_time: 'sum' | 'last' | 'max' | 'none' | 'ratio'
    good: 'up' | 'down' | 'none'
  }
>

export type Basis = 'stated' | 'rolled_up' | 'computed'
export type Status = 'estimated' | 'provisional' | 'final'
export type SourceName = 'reported' | 'measured' | 'published' | 'imported'

export type Coverage = Shape<'Coverage'>
export type Value = Shape<'FigureValue', { basis: Basis; status: Status | null; source: SourceName | null }>
export type Values = Shape<'Values', { values: Value[] }>

export type FigureHistory = Shape<
  'Statement',
  { status: Status; source: SourceName; origin: Shape<'Origin', { kind: 'submission' | 'release' | 'import' | 'plan' | 'demonstration' }> }
>

export type FigurePage = Shape<
  'Figure',
  {
    value: Value
    indicator: Indicator
    unit: Unit
    candidates: Value[]
    history: FigureHistory[]
    made_of: Value[]
    made_by: 'units' | 'periods' | 'ratio' | 'none'
  }
>

export type Contradiction = Shape<'Contradiction', { values: Value[] }>

export type Template = Shape<'TemplateSummary', { calendar: 'statistical' | 'administrative' }>

export type SectionState = 'not_started' | 'draft' | 'awaiting_signature' | 'signed' | 'returned' | 'received' | 'closed' | 'reopened'

export type SectionSummary = Shape<'SectionSummary', { state: SectionState }>
export type Summary = Shape<'Summary', { state: SectionState; sections: SectionSummary[] }>

export type Row = Shape<'RowBody'>
export type SectionDefinition = Shape<'SectionBody', { kind: 'figures' | 'text'; rows: Row[] }>

export type Absence = 'missing' | 'not_applicable' | 'confidential' | 'not_collected'

export type Cell = Shape<'CellBody', { absent: Absence | null }>

/** What is sent for one cell. `text` is as typed and read by the server in the person's language. */
export type CellEdit = Refine<Schemas['CellEdit'], { absent?: Absence | 'none_occurred' | null; version: number }>

/** A number that follows from others, or why it does not. */
export type Follows = Shape<'Follows'>
/** The columns of a row that nobody types; `points_…` are differences in the indicator's own unit, for rates. */
export type Computed = Shape<'ComputedBody'>

type Severity = 'error' | 'warning'

/** Something found in a file or a form. */
export type Finding = Shape<'FindingBody', { severity: Severity }>
/** Of a form, where the cell is always known. */
export type FormFinding = Shape<'FindingShown', { severity: Severity }>

export type Move = Shape<'MoveBody'>

/** `cells` is the list here, and `counted` the number of a summary. */
export type Submission = Shape<
  'SubmissionBody',
  {
    state: SectionState
    sections: SectionSummary[]
    template_def: Shape<'TemplateBody', { sections: SectionDefinition[] }>
    cells: Cell[]
    findings: FormFinding[]
  }
>

export type CellsSince = Shape<'CellsSince', { cells: Cell[]; state: SectionState }>
export type CellsSaved = Shape<'Saved', { cells: Cell[]; findings: FormFinding[] }>

export type WorkItem = Shape<'WorkItem', { kind: 'enter' | 'sign' | 'returned' | 'receive' | 'late' | 'remind' | 'read' }>
export type Work = Shape<'Work', { items: WorkItem[] }>

export type CompletenessRow = Shape<'CompletenessRow', { state: SectionState }>
export type Completeness = Shape<'Completeness', { rows: CompletenessRow[] }>

export type ReceivedClean = Shape<'ReceivedClean'>
export type ReturnReason = Shape<'ReturnReason'>
export type Notice = Shape<'NoticeBody'>
export type ReportSummary = Shape<'ReportSummary'>
export type Report = Shape<'Report'>

export type Account = Shape<'Account', { roles: Grant[] }>
export type Token = Shape<'Token'>
export type AuditEntry = Shape<'AuditEntry'>

/** A refusal (RFC 9457). By hand: the description names statuses and not this body. */
export interface Problem {
  type: string
  title: string
  status: number
  detail: string
  code: string
  at?: { row?: string | number; column?: string; cell?: string }
  findings?: Finding[]
  suggestions?: string[]
  yours?: Partial<Cell>
  theirs?: Cell
  /** On the refusal of somebody who is not signed in: whether this is a demonstration. */
  demonstration?: boolean
}

/** The answers with codes in them, narrowed. Every other answer is as it is described. */
export interface Narrowed {
  'get /accounts': Shape<'Accounts', { accounts: Account[] }>
  'post /accounts': Shape<'AccountAndLink', { account: Account }>
  'post /accounts/import': Shape<'ImportedAccounts', { accounts: Shape<'AccountAndLink', { account: Account }>[]; findings: Finding[] }>
  'get /completeness': Completeness
  'get /contradictions': Shape<'Contradictions', { contradictions: Contradiction[] }>
  'get /figure': FigurePage
  'get /indicators': Shape<'IndicatorList', { indicators: Indicator[] }>
  'get /session': Session
  'post /session': Session
  'get /submissions': Shape<'Summaries', { submissions: Summary[] }>
  'post /submissions': Submission
  'get /submissions/{id}': Submission
  'get /submissions/{id}/cells': CellsSince
  'patch /submissions/{id}/cells': CellsSaved
  'post /submissions/{id}/return': Submission
  'post /submissions/{id}/sections/{section}/close': Submission
  'post /submissions/{id}/sections/{section}/correct': Submission
  'post /submissions/{id}/sections/{section}/receive': Submission
  'post /submissions/{id}/sections/{section}/reopen': Submission
  'post /submissions/{id}/sections/{section}/return': Submission
  'post /submissions/{id}/sign': Submission
  'post /submissions/{id}/submit': Submission
  'get /templates': Shape<'TemplateList', { templates: Template[] }>
  'get /units': Shape<'UnitList', { units: Unit[] }>
  'get /units/{code}': Unit
  'get /values': Values
  'get /work': Work
}
