// Every page with its address: the one list from which links, navigation and titles follow.
// Pages are loaded when they are opened, so that the first page stays small on a slow line.

import type { PlaceCode } from './api/types'
import type { Component } from 'svelte'
import type { Key } from './i18n/index.svelte'

export interface Route {
  name: string
  path: string
  title: Key
  /** Which of the person's places this page is under, for the side bar. */
  place?: PlaceCode
  /** Where it stands in the side bar, when that is not its place. */
  under?: string
  open?: 'signed_out'
  load: () => Promise<{ default: Component }>
}

export const routes = [
  { name: 'work', path: '/', title: 'shell.work', place: 'work', load: () => import('./pages/work/index.svelte') },
  { name: 'entry-list', path: '/nhap-lieu', title: 'shell.entry', place: 'entry', load: () => import('./pages/entry/list.svelte') },
  { name: 'entry', path: '/nhap-lieu/:id', title: 'shell.entry', place: 'entry', load: () => import('./pages/entry/index.svelte') },
  { name: 'sent', path: '/nhap-lieu/:id/da-gui', title: 'sent.title', place: 'entry', load: () => import('./pages/entry/sent.svelte') },
  { name: 'waiting', path: '/cho-gui', title: 'shell.waiting', place: 'entry', under: 'entry', load: () => import('./pages/waiting/index.svelte') },
  { name: 'review-list', path: '/duyet', title: 'shell.review', place: 'review', load: () => import('./pages/review/list.svelte') },
  { name: 'sent-review', path: '/duyet/:id/van-ban', title: 'sent.title', place: 'review', load: () => import('./pages/entry/sent.svelte') },
  { name: 'review', path: '/duyet/:id', title: 'shell.review', place: 'review', load: () => import('./pages/review/index.svelte') },
  { name: 'board', path: '/bang-dieu-hanh', title: 'shell.board', place: 'board', load: () => import('./pages/board/index.svelte') },
  { name: 'figure', path: '/so-lieu', title: 'shell.figure', place: 'board', load: () => import('./pages/figure/index.svelte') },
  { name: 'reports', path: '/bao-cao', title: 'shell.reports', place: 'reports', load: () => import('./pages/reports/index.svelte') },
  { name: 'report', path: '/bao-cao/:id', title: 'shell.reports', place: 'reports', load: () => import('./pages/reports/report.svelte') },
  { name: 'reconcile', path: '/doi-chieu', title: 'shell.reconciliation', place: 'measure', load: () => import('./pages/reconcile/index.svelte') },
  { name: 'measure', path: '/do-luong', title: 'shell.measure', place: 'measure', load: () => import('./pages/reconcile/index.svelte') },
  { name: 'reconcile-unit', path: '/doi-chieu/don-vi/:unit', title: 'shell.reconciliation', place: 'measure', load: () => import('./pages/reconcile/unit.svelte') },
  { name: 'explanation', path: '/doi-chieu/giai-trinh/:id', title: 'shell.reconciliation', place: 'measure', load: () => import('./pages/reconcile/thread.svelte') },
  { name: 'plans', path: '/ke-hoach', title: 'plans.place', place: 'plans', load: () => import('./pages/plans/index.svelte') },
  { name: 'contradictions', path: '/mau-thuan', title: 'shell.contradictions', place: 'board', under: 'contradictions', load: () => import('./pages/contradictions/index.svelte') },
  { name: 'calendar', path: '/lich', title: 'shell.calendar', place: 'work', load: () => import('./pages/calendar/index.svelte') },
  { name: 'burden', path: '/ganh-nang', title: 'shell.burden', place: 'board', under: 'work', load: () => import('./pages/burden/index.svelte') },
  { name: 'burden-body', path: '/ganh-nang/:body', title: 'shell.burden', place: 'board', under: 'work', load: () => import('./pages/burden/body.svelte') },
  { name: 'follows', path: '/do-luong/ket-qua', title: 'registers.follows', place: 'measure', load: () => import('./pages/measure/follows.svelte') },
  { name: 'portals', path: '/do-luong/cong', title: 'registers.portals', place: 'measure', load: () => import('./pages/measure/portals.svelte') },
  { name: 'services', path: '/do-luong/dich-vu', title: 'registers.services', place: 'measure', load: () => import('./pages/measure/services.svelte') },
  { name: 'systems', path: '/do-luong/he-thong', title: 'registers.systems', place: 'measure', load: () => import('./pages/measure/systems.svelte') },
  { name: 'exchanges', path: '/do-luong/nen-tang-chia-se', title: 'registers.exchanges', place: 'measure', load: () => import('./pages/measure/exchanges.svelte') },
  { name: 'platforms', path: '/do-luong/nen-tang', title: 'registers.platforms', place: 'measure', load: () => import('./pages/measure/platforms.svelte') },
  { name: 'connectors', path: '/do-luong/ket-noi', title: 'connectors.title', place: 'measure', load: () => import('./pages/measure/connectors.svelte') },
  { name: 'connector-new', path: '/do-luong/ket-noi-moi', title: 'connectors.new_title', place: 'measure', load: () => import('./pages/measure/connector-new.svelte') },
  { name: 'connector', path: '/do-luong/ket-noi/:code', title: 'connectors.title', place: 'measure', load: () => import('./pages/measure/connector.svelte') },
  { name: 'accounts', path: '/quan-tri/tai-khoan', title: 'shell.accounts', place: 'admin', load: () => import('./pages/admin/accounts.svelte') },
  { name: 'units', path: '/quan-tri/don-vi', title: 'shell.units', place: 'admin', load: () => import('./pages/admin/units.svelte') },
  { name: 'indicators', path: '/quan-tri/chi-tieu', title: 'shell.indicators', place: 'admin', load: () => import('./pages/admin/indicators.svelte') },
  { name: 'templates', path: '/quan-tri/bieu-mau', title: 'shell.templates', place: 'admin', load: () => import('./pages/admin/templates.svelte') },
  { name: 'template', path: '/quan-tri/bieu-mau/:code', title: 'shell.templates', place: 'admin', load: () => import('./pages/admin/template.svelte') },
  { name: 'inventory', path: '/quan-tri/danh-muc-bao-cao', title: 'shell.inventory', place: 'admin', load: () => import('./pages/admin/inventory.svelte') },
  { name: 'status', path: '/quan-tri/tinh-trang', title: 'shell.status', place: 'admin', load: () => import('./pages/admin/status.svelte') },
  { name: 'beacon', path: '/do-luong/cong/:code', title: 'beacon.title', place: 'measure', load: () => import('./pages/measure/beacon.svelte') },
  { name: 'audit', path: '/nhat-ky', title: 'shell.audit', place: 'audit', load: () => import('./pages/audit/index.svelte') },
  { name: 'profile', path: '/toi', title: 'shell.profile', load: () => import('./pages/profile/index.svelte') },
  { name: 'sign-in', path: '/dang-nhap', title: 'shell.sign_in', open: 'signed_out', load: () => import('./pages/session/sign-in.svelte') },
  { name: 'password', path: '/dat-mat-khau', title: 'shell.set_password', open: 'signed_out', load: () => import('./pages/session/password.svelte') },
  { name: 'help', path: '/cung-cap-so-lieu/:link', title: 'help.page_title', open: 'signed_out', load: () => import('./pages/help/index.svelte') },
] as const satisfies readonly Route[]
