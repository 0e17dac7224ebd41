// What the frame that answers a key need not wait for.

/** A page in the background draws no frames. */
const LATEST_MS = 100

/** Does it once the frame under way is drawn. */
export function afterFrame(work: () => void): void {
  let isDone = false
  const once = () => {
    if (isDone) return
    isDone = true
    clearTimeout(timer)
    work()
  }
  const timer = setTimeout(once, LATEST_MS)
  requestAnimationFrame(() => {
    const { port1, port2 } = new MessageChannel()
    port1.onmessage = once
    port2.postMessage(null)
  })
}
