// One file an area; a new area is one line here and one in the other language.
import common from './common'
import shell from './shell'
import session from './session'
import work from './work'
import entry from './entry'
import review from './review'
import board from './board'
import figure from './figure'
import reports from './reports'
import contradictions from './contradictions'
import admin from './admin'
import templates from './templates'
import audit from './audit'
import profile from './profile'
import waiting from './waiting'
import check from './check'

export default { common, shell, session, work, entry, review, board, figure, reports, contradictions, admin, templates, audit, profile, waiting, check }
