// One file an area; a new area is one line here and one in the other language.
import common from './common'
import shell from './shell'
import session from './session'
import work from './work'
import entry from './entry'
import help from './help'
import review from './review'
import sent from './sent'
import board from './board'
import figure from './figure'
import reports from './reports'
import plans from './plans'
import contradictions from './contradictions'
import beside from './beside'
import burden from './burden'
import calendar from './calendar'
import delegation from './delegation'
import admin from './admin'
import templates from './templates'
import audit from './audit'
import profile from './profile'
import waiting from './waiting'
import check from './check'
import type vi from '../vi'

type Complete = { [A in keyof typeof vi]: { [K in keyof (typeof vi)[A]]: string } }

export default { common, shell, session, work, entry, help, sent, review, board, figure, reports, plans, contradictions, beside, burden, calendar, delegation, admin, templates, audit, profile, waiting, check } satisfies Complete
