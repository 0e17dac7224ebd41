// What somebody put into a cell, in words.

import { lang, t } from '../../i18n/index.svelte'
import { formatNumber } from '../../lib/number'
import type { Content } from './form.svelte'

export function told(content: Pick<Content, 'value' | 'absent' | 'text'>): string {
  if (content.absent) return t(`common.absent_${content.absent}`)
  if (content.value !== null) return formatNumber(content.value, lang())
  return content.text ?? t('entry.empty_cell')
}
