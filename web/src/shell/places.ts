// The places of the side bar, by what people do. A person sees only those the server says they use.

import type { Person, PlaceCode } from '../api/types'
import type { Key } from '../i18n/index.svelte'
import type { IconName } from '../ui/icons'

export interface Place {
  key: string
  /** The place among the person's that opens it. */
  place: PlaceCode
  /** Only for people of the ministry, who compare what others report. */
  ministry?: boolean
  title: Key
  href: string
  icon: IconName
  within?: { title: Key; href: string }[]
}

export const places: Place[] = [
  {
    key: 'work',
    place: 'work',
    title: 'shell.work',
    href: '/',
    icon: 'work',
    within: [
      { title: 'shell.calendar', href: '/lich' },
      { title: 'shell.burden', href: '/ganh-nang' },
    ],
  },
  { key: 'entry', place: 'entry', title: 'shell.entry', href: '/nhap-lieu', icon: 'entry' },
  { key: 'review', place: 'review', title: 'shell.review', href: '/duyet', icon: 'review' },
  { key: 'board', place: 'board', title: 'shell.board', href: '/bang-dieu-hanh', icon: 'board' },
  { key: 'reports', place: 'reports', title: 'shell.reports', href: '/bao-cao', icon: 'reports' },
  {
    key: 'measure',
    place: 'measure',
    title: 'shell.measure',
    href: '/doi-chieu',
    icon: 'measure',
    within: [
      { title: 'shell.reconciliation', href: '/doi-chieu' },
      { title: 'registers.follows', href: '/do-luong/ket-qua' },
      { title: 'registers.portals', href: '/do-luong/cong' },
      { title: 'registers.services', href: '/do-luong/dich-vu' },
      { title: 'registers.systems', href: '/do-luong/he-thong' },
      { title: 'registers.exchanges', href: '/do-luong/nen-tang-chia-se' },
      { title: 'registers.platforms', href: '/do-luong/nen-tang' },
      { title: 'connectors.title', href: '/do-luong/ket-noi' },
    ],
  },
  { key: 'plans', place: 'plans', title: 'plans.place', href: '/ke-hoach', icon: 'plans' },
  { key: 'contradictions', place: 'board', ministry: true, title: 'shell.contradictions', href: '/mau-thuan', icon: 'contradictions' },
  {
    key: 'admin',
    place: 'admin',
    title: 'shell.admin',
    href: '/quan-tri/tai-khoan',
    icon: 'admin',
    within: [
      { title: 'shell.accounts', href: '/quan-tri/tai-khoan' },
      { title: 'shell.units', href: '/quan-tri/don-vi' },
      { title: 'shell.indicators', href: '/quan-tri/chi-tieu' },
      { title: 'shell.templates', href: '/quan-tri/bieu-mau' },
      { title: 'shell.inventory', href: '/quan-tri/danh-muc-bao-cao' },
      { title: 'shell.status', href: '/quan-tri/tinh-trang' },
    ],
  },
  { key: 'audit', place: 'audit', title: 'shell.audit', href: '/nhat-ky', icon: 'audit' },
]

/** The places of one person, in order. */
export function placesOf(person: Person | null): Place[] {
  if (!person) return []
  return places.filter(({ place, ministry }) => person.places.includes(place) && !(ministry && person.body))
}
