// How a cell stands to its measured number without a line: the rule of crates/workflow/src/beside.rs over what was loaded.
// A number that is still to be typed blind is not on this machine, so it cannot be looked up; the two are compared once
// the line is back.

import type { MeasuredBeside } from '../../api/types'
import { exact, minus, written } from '../../lib/exact'
import { sameNumber } from '../../lib/number'
import type { Content } from './form.svelte'

/** As `Filled::is_explained` has it. */
const FEWEST_LETTERS = 3

export interface BesideHere extends MeasuredBeside {
  /** A number was typed and the measured one is not here. */
  waits: boolean
}

export function besideHere(of: MeasuredBeside, { value, absent, comment }: Pick<Content, 'value' | 'absent' | 'comment'>): BesideHere {
  const apart = value !== null && of.value !== null ? minus(exact(value), exact(of.value)) : null
  const difference = apart && written(apart)
  const here = (standing: MeasuredBeside['standing'], more: Partial<BesideHere> = {}): BesideHere => ({ ...of, standing, difference: null, waits: false, ...more })
  if (of.standing === 'hidden' || of.standing === 'shown') {
    // What was seen once is hidden again with the number that showed it.
    if (value === null) return here('hidden', { value: null, share: null, typed_blind: null })
    return of.value === null ? here('hidden', { waits: true }) : here('shown', { difference })
  }
  if (value === null && absent === null) return here('to_confirm')
  if (value !== null && sameNumber(value, of.value)) return here('confirmed')
  const isExplained = of.cause !== null && (comment?.match(/\p{Alphabetic}/gu)?.length ?? 0) >= FEWEST_LETTERS
  return here(isExplained ? 'explained' : 'to_explain', { difference })
}
