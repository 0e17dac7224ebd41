// What is typed is written down once the frame that shows it is drawn: several hundred cells of a pasted block take the
// browser longer to write than to show.

import { afterFrame } from '../lib/frame'
import type { Edit } from '../pages/entry/form.svelte'
import { keepEdits } from './store'

const waiting = new Map<string, Map<string, Edit | null>>()
let isAsked = false

/** Keeps what changed of a form; null is what waits no longer. */
export function keepSoon(form: string, changed: Iterable<[string, Edit | null]>): void {
  const of = waiting.get(form) ?? new Map<string, Edit | null>()
  for (const [cell, edit] of changed) of.set(cell, edit)
  if (of.size === 0) return
  waiting.set(form, of)
  if (isAsked) return
  isAsked = true
  afterFrame(write)
}

function write(): void {
  isAsked = false
  for (const [form, changed] of waiting) void keepEdits(form, changed)
  waiting.clear()
}

globalThis.addEventListener?.('pagehide', write)
