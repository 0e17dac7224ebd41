// The card beside a number that has the focus or the pointer: one at a time, a moment late, and it stays while the pointer is in it.

import type { Indicator, Value } from '../../api/types'

export interface About {
  value: Value
  indicator: Indicator | undefined
  /** A finished sentence to copy, where the server gave one. */
  sentence?: string
  place?: string
}

class Tip {
  element = $state.raw<HTMLElement | null>(null)
  about = $state.raw<About | null>(null)
  #timer: ReturnType<typeof setTimeout> | undefined

  show(element: HTMLElement, about: About | null, after_ms = 140): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => {
      this.element = element
      this.about = about
    }, after_ms)
  }

  /** The answer for the element shown arrived. */
  tell(element: HTMLElement, about: About): void {
    if (this.element === element) this.about = about
  }

  stay(): void {
    clearTimeout(this.#timer)
  }

  hide(after_ms = 180): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => {
      this.element = null
      this.about = null
    }, after_ms)
  }
}

export const tip = new Tip()
export const TIP_ID = 'figure-tip'
