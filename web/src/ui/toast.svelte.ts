// A quiet word that something was done, with a way to undo it. Read out by screen readers; stays long enough to act on.

interface Said {
  id: number
  text: string
  undo: (() => void | Promise<void>) | null
}

class Toasts {
  all = $state<Said[]>([])
  #next = 1

  say(text: string, undo: (() => void | Promise<void>) | null = null): void {
    const id = this.#next++
    this.all.push({ id, text, undo })
    setTimeout(() => this.drop(id), undo ? 12_000 : 5_000)
  }

  drop(id: number): void {
    this.all = this.all.filter((said) => said.id !== id)
  }
}

export const toasts = new Toasts()
