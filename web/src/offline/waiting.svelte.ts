// What was typed and is not with the server yet: of every form, whether its page is open or not. Apart from the forms
// themselves, whose code only comes when there is one, so that the first page stays small.

import type { EntryForm } from '../pages/entry/form.svelte'
import { line } from './line.svelte'
import { takeOver, type Waiting } from './store'

class WaitingForms {
  /** Forms that are looked after on this page, by submission. */
  forms = $state.raw<ReadonlyMap<string, EntryForm>>(new Map())
  count = $derived([...this.forms.values()].reduce((sum, form) => sum + form.edits.size, 0))
  /** What pages that are gone have left behind, and nobody has taken up yet; by submission. */
  left: Promise<Map<string, Waiting>> = Promise.resolve(new Map())
  /** What was found of the account that is here, until it is taken up. */
  #found = new Map<string, Waiting>()
  #running = false

  /** Sends what was left behind, now and each time the line comes back. */
  async start(): Promise<void> {
    this.#running = true
    this.left = this.#take(this.#found)
    const ids = [...(await this.left).keys()]
    if (ids.length === 0 || !this.#running) return
    const { openForms } = await import('./forms.svelte')
    for (const id of ids) await openForms.takeUp(id)
  }

  /** Adds to what was found before, and may not be taken up yet. */
  async #take(found: Map<string, Waiting>): Promise<Map<string, Waiting>> {
    for (const [id, { edits, batch }] of await takeOver()) {
      const before = found.get(id)
      found.set(id, { edits: [...(before?.edits ?? []), ...edits], batch: batch ?? before?.batch ?? null })
    }
    return found
  }

  /** Nobody is here: nothing more is sent. */
  stop(): void {
    this.#running = false
    this.#found = new Map()
    for (const form of this.forms.values()) form.abandon()
    this.forms = new Map()
  }

  constructor() {
    $effect.root(() => {
      $effect(() => {
        if (line.returns > 0 && this.#running) void this.start()
      })
    })
  }
}

export const waiting = new WaitingForms()
