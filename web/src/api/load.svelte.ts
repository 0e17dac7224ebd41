// A question to the server as state: loading, an answer, or an error; asked again when what it depends on changes.

import { ApiError } from './client'

export class Loaded<T> {
  value = $state.raw<T | null>(null)
  error = $state.raw<ApiError | null>(null)
  loading = $state(true)
  #ask: (signal: AbortSignal) => Promise<T>
  #running: AbortController | null = null

  constructor(ask: (signal: AbortSignal) => Promise<T>) {
    this.#ask = ask
  }

  again = async (): Promise<void> => {
    this.#running?.abort()
    const running = (this.#running = new AbortController())
    this.loading = true
    try {
      const value = await this.#ask(running.signal)
      if (running.signal.aborted) return
      this.value = value
      this.error = null
    } catch (failure) {
      if (running.signal.aborted) return
      this.error = asApiError(failure)
    } finally {
      if (!running.signal.aborted) this.loading = false
    }
  }

  set(value: T): void {
    this.value = value
    this.error = null
  }

  stop(): void {
    this.#running?.abort()
  }
}

/** Call while a component starts: reads what `depends` answers, asks at once and again whenever that changes. */
export function load<D, T>(depends: () => D, ask: (on: D, signal: AbortSignal) => Promise<T>): Loaded<T> {
  const loaded = new Loaded<T>((signal) => ask(depends(), signal))
  $effect(() => {
    depends()
    void loaded.again()
    return () => loaded.stop()
  })
  return loaded
}

export function asApiError(failure: unknown): ApiError {
  if (failure instanceof ApiError) return failure
  console.error(failure)
  return new ApiError({ type: 'about:blank', title: 'error', status: 0, detail: '', code: 'page' })
}
