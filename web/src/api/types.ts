// The shapes of /api/v1. Every number of the record is a decimal string with a dot; times are RFC 3339.

export type Role = 'enterer' | 'head' | 'reviewer' | 'analyst' | 'minister' | 'admin' | 'auditor'

export interface Person {
  id: string
  user: string
  name: string
  lang: 'vi' | 'en'
  roles: { role: Role; body: string | null; sectors: string[] }[]
  body: { code: string; name_vi: string; name_en: string } | null
  places: string[]
}

export interface Clock {
  now: string
  demonstration: boolean
  offset_seconds: number
}

export interface Session {
  person: Person
  clock: Clock
}

export interface Sector {
  code: string
  name_vi: string
  name_en: string
}

export type UnitKind = 'country' | 'region' | 'province' | 'district' | 'commune' | 'ministry' | 'agency' | 'group'

export interface Unit {
  code: string
  kind: UnitKind
  name_vi: string
  name_en: string
  full_name_vi: string
  valid_from: string | null
  valid_to: string | null
  parent: string | null
  map_path: string | null
  members?: string[]
}

export interface Indicator {
  code: string
  sector: string
  name_vi: string
  name_en: string
  unit_vi: string
  unit_en: string
  scale: number
  over_units: 'sum' | 'ratio' | 'weighted_mean' | 'max' | 'none'
  weight?: string | null
  over_time: 'sum' | 'last' | 'max' | 'none' | 'ratio'
  good: 'up' | 'down' | 'none'
  applies_to: string[]
  ratio: { numerator: string; denominator: string; factor: string } | null
  part_of?: string | null
  version?: number
  definition_vi: string
  definition_en: string
  legal_basis: string | null
  frequency: string
  limits: { min: string | null; max: string | null; growth_percent: string | null }
}

export type Basis = 'stated' | 'rolled_up' | 'computed'
export type Status = 'estimated' | 'provisional' | 'final'
export type SourceName = 'reported' | 'measured' | 'published' | 'imported'

export interface Coverage {
  present: number
  expected: number
}

export interface Value {
  indicator: string
  unit: string
  period: string
  breakdown: string | null
  measure: string
  value: string | null
  upper: string | null
  of: number | string | null
  absent: string | null
  basis: Basis
  computed: string | null
  status: Status | null
  qualifier: string | null
  source: SourceName | null
  publisher: string | null
  coverage: Coverage | null
  seq: number | null
  recorded_at: string | null
  synthetic: boolean
}

export interface Values {
  seq: number
  values: Value[]
}

export interface FigureHistory {
  seq: number
  ordinal: number
  recorded_at: string
  actor: string
  value: string | null
  upper: string | null
  absent: string | null
  status: Status | null
  qualifier: string | null
  source: SourceName
  publisher: string | null
  origin: {
    kind: 'submission' | 'release' | 'import' | 'plan' | 'demonstration'
    label_vi: string
    label_en: string
    submission: string | null
    section: string | null
    words: string | null
  }
  reason: string | null
  synthetic: boolean
}

export interface FigurePage {
  value: Value
  indicator: Indicator
  unit: Unit
  period: { code: string; label_vi: string; label_en: string; start: string; end: string }
  sentence_vi: string
  sentence_en: string
  candidates: Value[]
  history: FigureHistory[]
  made_of: Value[]
  made_by: 'units' | 'periods' | 'ratio' | 'none'
}

export interface Contradiction {
  indicator: string
  unit: string
  period: string
  measure: string
  values: Value[]
  note_vi: string
  note_en: string
}

export interface Template {
  code: string
  version: number
  name_vi: string
  name_en: string
  calendar: 'statistical' | 'administrative'
  frequency: string
}

export type SectionState = 'not_started' | 'draft' | 'awaiting_signature' | 'signed' | 'returned' | 'received' | 'closed' | 'reopened'

export interface SectionSummary {
  id: string
  name_vi: string
  name_en: string
  sector: string | null
  state: SectionState
}

export interface Summary {
  id: string
  template: string
  template_name_vi: string
  template_name_en: string
  body: string
  body_name_vi: string
  body_name_en: string
  period: string
  state: SectionState
  due: string
  late: boolean
  filled: number
  cells: number
  sections: SectionSummary[]
  updated_at: string | null
}

export interface Row {
  indicator: string
  breakdown: string | null
  name_vi: string
  name_en: string
  unit_vi: string
  unit_en: string
  scale: number
  required: boolean
  /** Whether the actual of the period before is asked for too. */
  settle_previous: boolean
  note: string | null
}

export interface SectionDefinition {
  id: string
  sector: string | null
  name_vi: string
  name_en: string
  kind: 'figures' | 'text'
  owner: string | null
  rows: Row[]
  texts: { id: string; name_vi: string; name_en: string }[]
}

export type Absence = 'missing' | 'not_applicable' | 'confidential' | 'not_collected'

export interface Cell {
  cell: string
  value: string | null
  absent: Absence | null
  text: string | null
  comment: string | null
  version: number
  by: string | null
  at: string | null
}

/** What is sent for one cell. `text` is as typed and read by the server in the person's language. */
export interface CellEdit {
  cell: string
  text?: string | null
  value?: string | null
  absent?: Absence | 'none_occurred' | null
  comment?: string | null
  version: number
}

/** A number that follows from others, or why it does not. */
export interface Follows {
  value: string | null
  absent: string | null
}

export interface Computed {
  row: string
  previous: Follows
  last_year: Follows
  ytd: Follows
  change_on_period: Follows
  change_on_year: Follows
  /** Differences in the indicator's own unit, for rates. */
  points_on_period: Follows
  points_on_year: Follows
  share_of_plan: Follows
}

export interface Finding {
  cell: string | null
  row: string | null
  column: string | null
  severity: 'error' | 'warning'
  code: string
  text: string
  explained: boolean
}

export interface Move {
  at: string
  by: string
  move: string
  section: string | null
  reason: string | null
}

/** `cells` is the list here, and `counted` the number of a summary. */
export interface Submission extends Omit<Summary, 'cells'> {
  counted: number
  template_def: { sections: SectionDefinition[] }
  cells: Cell[]
  computed: Computed[]
  findings: Finding[]
  can: {
    edit: boolean
    /** The sections whose cells may be written. */
    edit_sections: string[]
    submit: boolean
    sign: boolean
    return_to_drafter: boolean
    receive: string[]
    return: string[]
    close: string[]
    reopen: string[]
    correct: string[]
  }
  locked_reason: string | null
  moves: Move[]
  cursor: number
}

export interface CellsSince {
  cells: Cell[]
  cursor: number
  state: SectionState
}

export interface CellsSaved {
  cells: Cell[]
  computed: Computed[]
  findings: Finding[]
  filled: number
  cursor: number
}

export interface WorkItem {
  kind: 'enter' | 'sign' | 'returned' | 'receive' | 'late' | 'remind' | 'read'
  title_vi: string
  title_en: string
  detail_vi: string
  detail_en: string
  due: string | null
  href: string
  count: number | null
}

export interface Work {
  items: WorkItem[]
  progress: { template: string; period: string; have: number; expected: number } | null
}

export interface CompletenessRow {
  body: string
  name_vi: string
  name_en: string
  region: string | null
  state: SectionState
  filled: number
  cells: number
  due: string
  signed_at: string | null
  late: boolean
  submission: string | null
}

export interface Completeness {
  rows: CompletenessRow[]
  /** Bodies that have something in the form. */
  have: number
  /** Bodies that have sent all of it. */
  sent: number
  expected: number
}

export interface ReceivedClean {
  received: { submission: string; section: string }[]
  skipped: { submission: string; section: string; reason: string }[]
}

export interface ReturnReason {
  id: string
  text: string
}

export interface Notice {
  id: string
  at: string
  text_vi: string
  text_en: string
  href: string | null
  read: boolean
}

export interface ReportSummary {
  id: string
  title_vi: string
  title_en: string
  signed: string | null
}

export interface Report {
  id: string
  title_vi: string
  title_en: string
  html: string
}

export interface Account {
  id: string
  user: string
  name: string
  email: string | null
  roles: { role: Role; body: string | null; sectors: string[] }[]
  disabled: boolean
}

export interface Token {
  id: string
  name: string
  created_at: string
  last_used_at: string | null
}

export interface AuditEntry {
  seq: number
  ordinal: number
  at: string
  actor: string
  actor_name: string
  kind: string
  body: string | null
  indicator: string | null
  period: string | null
  text_vi: string
  text_en: string
}

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
