// Whether there is a line to the server, and how old what is shown is when there was none.

const LOOK_MS = 5000

class Line {
  up = $state(navigator.onLine)
  /** When the oldest of what is shown was answered, of what this machine kept; null when everything was asked for just now. */
  asOf = $state<number | null>(null)
  /** How often the line has come back: whoever depends on it asks again. */
  returns = $state(0)
  #looking: ReturnType<typeof setInterval> | undefined

  /** A request was answered, or did not get through. */
  tell(up: boolean): void {
    if (up === this.up) return
    this.up = up
    clearInterval(this.#looking)
    if (up) {
      this.asOf = null
      this.returns += 1
    } else this.#looking = setInterval(() => void this.look(), LOOK_MS)
  }

  /** Asks whether the line is back. */
  async look(): Promise<void> {
    try {
      const { ok } = await fetch('/healthz', { cache: 'no-store' })
      if (ok) this.tell(true)
    } catch {
      this.tell(false)
    }
  }

  /** Something that was kept since then is shown. */
  showsKept(at: number): void {
    this.asOf = Math.min(at, this.asOf ?? at)
  }
}

export const line = new Line()
addEventListener('offline', () => line.tell(false))
addEventListener('online', () => void line.look())
