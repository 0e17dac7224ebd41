// The indicators and sectors, asked for once and kept: they change a few times a year.

import { keeping } from '../offline/keeping'
import { api } from './client'
import type { Indicator, Sector } from './types'

class Catalogue {
  indicators = $state.raw<Map<string, Indicator>>(new Map())
  sectors = $state.raw<Sector[]>([])
  #asked: Promise<void> | null = null

  /** Resolves when they are here; a failure is forgotten, so that the next call asks again. */
  ready(): Promise<void> {
    this.#asked ??= this.#ask().catch((failure: unknown) => {
      this.#asked = null
      throw failure
    })
    return this.#asked
  }

  /** Asks anew, after something of it was changed. */
  again(): Promise<void> {
    this.#asked = null
    return this.ready()
  }

  async #ask(): Promise<void> {
    const [indicators, sectors] = await Promise.all([
      keeping('/indicators', () => api.get('/indicators')),
      keeping('/sectors', () => api.get('/sectors')),
    ])
    this.indicators = new Map(indicators.indicators.map((indicator) => [indicator.code, indicator]))
    this.sectors = sectors.sectors
  }
}

export const catalogue = new Catalogue()
