// What is typed is written down once the frame that shows it is drawn: several hundred cells of a pasted block take the
// browser longer to write than to show.

import type { Edit } from '../pages/entry/form.svelte'
import { keepEdits } from './store'

/** A page in the background draws no frames. */
const LATEST_MS = 100

const waiting = new Map<string, Map<string, Edit | null>>()
let timer: ReturnType<typeof setTimeout> | undefined

/** Keeps what changed of a form; null is what waits no longer. */
export function keepSoon(form: string, changed: Iterable<[string, Edit | null]>): void {
  const of = waiting.get(form) ?? new Map<string, Edit | null>()
  for (const [cell, edit] of changed) of.set(cell, edit)
  if (of.size === 0) return
  waiting.set(form, of)
  if (timer !== undefined) return
  timer = setTimeout(write, LATEST_MS)
  requestAnimationFrame(() => {
    const { port1, port2 } = new MessageChannel()
    port1.onmessage = write
    port2.postMessage(null)
  })
}

function write(): void {
  clearTimeout(timer)
  timer = undefined
  for (const [form, changed] of waiting) void keepEdits(form, changed)
  waiting.clear()
}

globalThis.addEventListener?.('pagehide', write)
