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
  #running = false

  /** Sends what was left behind, now and each time the line comes back. */
  async start(): Promise<void> {
    this.#running = true
    this.left = takeOver()
    const ids = [...(await this.left).keys()]
    if (ids.length === 0 || !this.#running) return
    const { openForms } = await import('./forms.svelte')
    for (const id of ids) await openForms.takeUp(id)
  }

  /** Nobody is here: nothing more is sent. */
  stop(): void {
    this.#running = false
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
