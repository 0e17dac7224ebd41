// Who is signed in, and what time it is there (a demonstration runs on a clock of its own).

import { api, ApiError, connect } from './api/client'
import type { Clock, Person, PlaceCode, Session } from './api/types'
import { keptLang, lang, setLang } from './i18n/index.svelte'
import { go, here } from './location.svelte'
import { href, safeReturn } from './router'

class Current {
  person = $state.raw<Person | null>(null)
  demonstration = $state(false)
  #ahead_ms = $state(0)
  /** The present moment by the server's clock, moving on by itself. */
  now = $state(Date.now())

  adopt(session: Session): void {
    this.person = session.person
    this.tell(session.clock)
  }

  tell(clock: Clock): void {
    this.demonstration = clock.demonstration
    this.#ahead_ms = Date.parse(clock.now) - Date.now()
    this.tick()
  }

  tick(): void {
    this.now = Date.now() + this.#ahead_ms
  }

  /** May the person use this place? */
  uses(place: PlaceCode): boolean {
    return this.person?.places.includes(place) ?? false
  }
}

export const session = new Current()
setInterval(() => session.tick(), 15_000)

connect({ lang, ownLang: () => session.person?.lang ?? null, signedOut: () => leave() })

function leave(): void {
  session.person = null
  if (here.route?.open !== 'signed_out') {
    const back = here.path + here.search + here.hash
    go(href('/dang-nhap', { tiep: back === '/' ? null : back }), { replace: true })
  }
}

/** At the start: who am I? Answers an error only when the server cannot be asked. */
export async function resume(): Promise<ApiError | null> {
  const kept = keptLang()
  if (kept && kept !== lang()) await setLang(kept)
  try {
    const found = await api.get('/session')
    session.adopt(found)
    if (!kept && found.person.lang !== lang()) await setLang(found.person.lang)
    if (here.route?.name === 'sign-in') go(safeReturn(here.query.get('tiep')), { replace: true })
    return null
  } catch (failure) {
    if (failure instanceof ApiError && failure.status === 401) {
      session.demonstration = failure.problem.demonstration === true
      leave()
      return null
    }
    if (failure instanceof ApiError) return failure
    throw failure
  }
}

export async function signIn(user: string, password: string): Promise<void> {
  session.adopt(await api.post('/session', { user, password }))
  const chosen = keptLang() ?? session.person?.lang
  if (chosen && chosen !== lang()) await setLang(chosen)
  go(safeReturn(here.query.get('tiep')), { replace: true })
}

export async function signOut(): Promise<void> {
  try {
    await api.delete('/session')
  } finally {
    session.person = null
    go('/dang-nhap')
  }
}
