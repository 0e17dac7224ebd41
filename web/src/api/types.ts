// The shapes of /api/v1, under the names that pages use. They come from the server's own description of the interface
// (`npm run api` writes schema.d.ts from openapi.json), so that a field or a code renamed there is a type error here.
// Every number of the record is a decimal string with a dot; times are RFC 3339.

import type { components } from './schema'

type Schemas = components['schemas']

export type Role = Schemas['RoleCode']
export type SectorCode = Schemas['SectorCode']
export type PlaceCode = Schemas['PlaceCode']
export type UnitKind = Schemas['UnitKind']
export type Absence = Schemas['StatedAbsence']

export type Person = Schemas['Person']
export type Clock = Schemas['Clock']
export type Session = Schemas['Session']
export type Sector = Schemas['Sector']
export type Unit = Schemas['Unit']
export type Indicator = Schemas['Indicator']
export type Value = Schemas['FigureValue']
export type Contradiction = Schemas['Contradiction']
export type Template = Schemas['TemplateSummary']

/** A form as its makers see it, with its versions and what is under way. */
export type TemplateMade = Schemas['TemplateMade']
/** A draft of a form, with everything that is wrong with it. */
export type TemplateDraft = Schemas['TemplateDraftBody']
export type TemplateContent = Schemas['TemplateContent']
export type TemplateFinding = Schemas['TemplateFinding']
/** What the lines of a spreadsheet seem to ask for. */
export type ProposedRows = Schemas['ProposedRows']
/** A published form, whole. */
export type PublishedTemplate = Schemas['Template']

/** Of a section or of a whole submission. */
export type SectionState = Schemas['SectionState'] | Schemas['SubmissionState']
export type SectionSummary = Schemas['SectionSummary']
export type Summary = Schemas['Summary']
export type Row = Schemas['RowBody']
/** A check that a form brings itself. */
export type FormCheck = Schemas['CheckContent']
export type SectionDefinition = Schemas['SectionBody']
export type Cell = Schemas['CellBody']
/** What is sent for one cell. `text` is as typed and read by the server in the person's language. */
export type CellEdit = Schemas['CellEdit'] & { version: number }
/** A number that follows from others, or why it does not. */
export type Follows = Schemas['Follows']
/** The columns of a row that nobody types; `points_…` are differences in the indicator's own unit, for rates. */
export type Computed = Schemas['ComputedBody']
/** Something found in a file or a form. */
export type Finding = Schemas['FindingBody']
/** Of a form, where the cell is always known. */
export type FormFinding = Schemas['FindingShown']
export type Move = Schemas['MoveBody']
/** `cells` is the list here, and `counted` the number of a summary. */
export type Submission = Schemas['SubmissionBody']
export type Standing = Schemas['StandingBody']
/** What follows when a form has been sent: its paper, where its figures are used, its place among its peers. */
export type AfterSending = Schemas['AfterSending']
/** The plan of a year, as it was issued and as it is under way. */
export type YearPlan = Schemas['YearPlan']
export type CellsSince = Schemas['CellsSince']
export type CellsSaved = Schemas['Saved']
/** What a form that was filled in as a spreadsheet changes. */
export type FilledForm = Schemas['FilledForm']
export type Difference = Schemas['Difference']

export type CalendarEntry = Schemas['CalendarEntry']
export type Delegation = Schemas['DelegationBody']
/** How a cell stands to the measured number of its unit and period. */
export type MeasuredBeside = Schemas['MeasuredBeside']
export type BodyBurden = Schemas['BodyBurden']
export type BurdenLoad = Schemas['LoadBody']
export type BurdenCase = Schemas['CaseBody']
export type BurdenOverride = Schemas['OverrideBody']
export type InventoryAbout = Schemas['InventoryAbout']
/** What an import of the inventory did, or would do. */
export type InventoryRead = Schemas['InventoryDryRun']
/** What other offices were asked for of a form. */
export type HelpList = Schemas['HelpList']
export type Help = Schemas['HelpBody']
/** What is behind a link: cells that an office is asked for. */
export type HelpPage = Schemas['HelpPage']
export type HelpCellAsked = Schemas['HelpCellAsked']

/** What a report that an office wrote itself seems to say of a form. */
export type OwnReport = Schemas['OwnReport']

/** What the forms of several bodies in one file change, body by body. */
export type FilledForms = Schemas['FilledForms']

/** Two numbers beside one another, and what may be said of them. */
export type Reconciled = Schemas['ReconciliationRow']
export type Agreement = Schemas['AgreementBody']
export type Verdict = Schemas['Verdict']
export type Explanation = Schemas['ExplanationBody']
/** What a portal tells of itself. */
export type BeaconOfPortal = Schemas['BeaconOfPortal']
export type FunnelStep = Schemas['FunnelStep']
export type CountOfSpan = Schemas['CountOfSpan']

export type WorkItem = Schemas['WorkItem']
export type CompletenessRow = Schemas['CompletenessRow']
export type ReceivedClean = Schemas['ReceivedClean']
export type ReturnReason = Schemas['ReturnReason']
export type Notice = Schemas['NoticeBody']
export type Account = Schemas['Account']
export type Token = Schemas['Token']

/** A refusal (RFC 9457), with the members that only some of them have. */
export type Problem = Schemas['ProblemBody'] & Partial<Pick<Schemas['StaleVersion'], 'yours' | 'theirs'> & Pick<Schemas['SignedOut'], 'demonstration'>>

/** A connected system in the list, and as it is set up. */
export type ConnectorLine = Schemas['ConnectorLine']
export type ConnectorContent = Schemas['ConnectorContent']
export type ConnectorBody = Schemas['ConnectorBody']
export type ConnectorRun = Schemas['RunBody']
/** What came of trying one. */
export type LookedAt = Schemas['LookedAt']
export type TestedConnector = Schemas['Tested']
