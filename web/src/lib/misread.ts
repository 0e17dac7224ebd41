// Why a text is no number of a cell, in the sentences of the server (crates/workflow/src/entry.rs).

import { name, t } from '../i18n/index.svelte'
import type { Of, Read } from './number'

export function misread(read: Extract<Read, { kind: 'ambiguous' | 'refused' }>, typed: string, of?: Of): string {
  const shown = typed.length > 40 ? `${typed.slice(0, 40)}…` : typed
  if (read.kind === 'ambiguous') {
    const [one = '', other] = read.suggestions
    return other === undefined ? t('entry.ambiguous_one', { typed: shown, one }) : t('entry.ambiguous', { typed: shown, one, other })
  }
  switch (read.why) {
    case 'not_a_number':
      return t('entry.not_a_number', { typed: shown })
    case 'groups_of_three':
      return t('entry.groups_of_three', { typed: shown })
    case 'several_numbers':
      return t('entry.several_numbers', { typed: shown })
    case 'unit_written':
      return t('entry.unit_written', { unit: of ? name(of, 'unit') : '' })
    case 'too_many_decimals':
      return of?.scale ? t('entry.too_many_decimals', { n: of.scale }) : t('entry.whole_only')
    case 'number_too_long':
      return t('entry.number_too_long')
  }
}
