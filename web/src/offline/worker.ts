// Lets the service worker in, once the first page stands: what it fetches must not come before what somebody waits for.

const AFTER_MS = 1500

export function letWorkerIn(): void {
  if (import.meta.env.DEV || !('serviceWorker' in navigator)) return
  setTimeout(() => void register().catch((failure: unknown) => console.warn(failure)), AFTER_MS)
}

async function register(): Promise<void> {
  const registration = await navigator.serviceWorker.register('/sw.js', { updateViaCache: 'none' })
  // The page is of the version that the worker knows, or the worker goes on waiting.
  const offer = (waiting: ServiceWorker | null) => waiting?.postMessage({ page: new URL(import.meta.url).pathname })
  offer(registration.waiting)
  registration.addEventListener('updatefound', () => {
    const coming = registration.installing
    coming?.addEventListener('statechange', () => coming.state === 'installed' && offer(coming))
  })
}
