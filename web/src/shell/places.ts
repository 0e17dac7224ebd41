// The places of the side bar, by what people do. A person sees only those the server says they use.

import type { Key } from '../i18n/index.svelte'
import type { IconName } from '../ui/icons'

export interface Place {
  place: string
  title: Key
  href: string
  icon: IconName
  within?: { title: Key; href: string }[]
}

export const places: Place[] = [
  { place: 'work', title: 'shell.work', href: '/', icon: 'work' },
  { place: 'entry', title: 'shell.entry', href: '/nhap-lieu', icon: 'entry' },
  { place: 'review', title: 'shell.review', href: '/duyet', icon: 'review' },
  { place: 'board', title: 'shell.board', href: '/bang-dieu-hanh', icon: 'board' },
  { place: 'reports', title: 'shell.reports', href: '/bao-cao', icon: 'reports' },
  { place: 'contradictions', title: 'shell.contradictions', href: '/mau-thuan', icon: 'contradictions' },
  {
    place: 'admin',
    title: 'shell.admin',
    href: '/quan-tri/tai-khoan',
    icon: 'admin',
    within: [
      { title: 'shell.accounts', href: '/quan-tri/tai-khoan' },
      { title: 'shell.units', href: '/quan-tri/don-vi' },
      { title: 'shell.indicators', href: '/quan-tri/chi-tieu' },
    ],
  },
  { place: 'audit', title: 'shell.audit', href: '/nhat-ky', icon: 'audit' },
]
