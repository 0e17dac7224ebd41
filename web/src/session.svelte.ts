// Who is signed in, and what time it is there (a demonstration runs on a clock of its own).

import { untrack } from 'svelte'
import { api, ApiError, connect } from './api/client'
import type { Clock, Person, PlaceCode, Session } from './api/types'
import { keptLang, lang, setLang } from './i18n/index.svelte'
import { go, here } from './location.svelte'
import { keeping, isWithoutLine } from './offline/keeping'
import { line } from './offline/line.svelte'
import * as kept from './offline/store'
import { waiting } from './offline/waiting.svelte'
import { href, safeReturn } from './router'

class Current {
  person = $state.raw<Person | null>(null)
  demonstration = $state(false)
  #ahead_ms = $state(0)
  /** The present moment by the server's clock, moving on by itself. */
  now = $state(Date.now())

  /** `at` is when the server said so, when that is not now. */
  adopt(session: Session, at = Date.now()): void {
    this.person = session.person
    this.tell(session.clock, at)
  }

  tell(clock: Clock, at = Date.now()): void {
    this.demonstration = clock.demonstration
    this.#ahead_ms = Date.parse(clock.now) - at
    this.tick()
  }

  /** A moment of this machine's clock by the server's. */
  atServer(moment: number): number {
    return moment + this.#ahead_ms
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

connect({ lang, ownLang: () => session.person?.lang ?? null, signedOut: () => leave(), tellLine: (up) => line.tell(up) })

/** Signed out without a line: the server is told as soon as it can be, before anybody is let in. */
const TO_SIGN_OUT = 'quantrac.to_sign_out'

function leave(): void {
  waiting.stop()
  kept.leave()
  session.person = null
  if (here.route?.open !== 'signed_out') {
    const back = here.path + here.search + here.hash
    go(href('/dang-nhap', { tiep: back === '/' ? null : back }), { replace: true })
  }
}

/** What may be needed later is fetched after what is needed now. */
const AHEAD_MS = 2000

/** At the start: who am I? Answers an error only when the server cannot be asked and nobody was here before. */
export async function resume(): Promise<ApiError | null> {
  const language = keptLang()
  if (language && language !== lang()) await setLang(language)
  try {
    if (localStorage.getItem(TO_SIGN_OUT)) return await finishSigningOut()
    const found = await api.get('/session')
    await enter(found)
    if (!language && found.person.lang !== lang()) await setLang(found.person.lang)
    if (here.route?.name === 'sign-in') go(safeReturn(here.query.get('tiep')), { replace: true })
    return null
  } catch (failure) {
    if (failure instanceof ApiError && failure.status === 401) {
      session.demonstration = failure.problem.demonstration === true
      leave()
      return null
    }
    if (isWithoutLine(failure) && (await enterAsBefore())) return null
    if (failure instanceof ApiError) return failure
    throw failure
  }
}

async function enter(found: Session): Promise<void> {
  session.adopt(found)
  await kept.enter(found.person.user)
  void kept.keepAnswer('/session', found)
  void waiting.start()
  setTimeout(() => void import('./offline/ahead').then(({ keepAhead }) => keepAhead()).catch((failure: unknown) => console.warn(failure)), AHEAD_MS)
}

/** Without a line: as whoever was signed in here when there was one. */
async function enterAsBefore(): Promise<boolean> {
  const user = kept.lastAccount()
  if (user === null) return false
  await kept.enter(user)
  const before = await kept.keptAnswer<Session>('/session')
  if (!before) return false
  session.adopt(before.answer, before.at)
  line.showsKept(before.at)
  void waiting.start()
  return true
}

// The line is back: is it still the same person?
$effect.root(() => {
  $effect(() => {
    if (line.returns > 0) untrack(() => void askAgain())
  })
})

async function askAgain(): Promise<void> {
  if (!session.person) return
  try {
    session.adopt(await keeping('/session', () => api.get('/session')))
  } catch (failure) {
    if (failure instanceof ApiError && failure.status === 401) leave()
  }
}

async function finishSigningOut(): Promise<null> {
  try {
    await api.delete('/session')
  } catch (failure) {
    if (isWithoutLine(failure)) {
      leave()
      return null
    }
  }
  localStorage.removeItem(TO_SIGN_OUT)
  leave()
  return null
}

export async function signIn(user: string, password: string): Promise<void> {
  await enter(await api.post('/session', { user, password }))
  localStorage.removeItem(TO_SIGN_OUT)
  const chosen = keptLang() ?? session.person?.lang
  if (chosen && chosen !== lang()) await setLang(chosen)
  go(safeReturn(here.query.get('tiep')), { replace: true })
}

/** Nothing of this person stays on the machine. */
export async function signOut(): Promise<void> {
  waiting.stop()
  await kept.forget()
  localStorage.setItem(TO_SIGN_OUT, 'yes')
  try {
    await finishSigningOut()
  } finally {
    session.person = null
    go('/dang-nhap')
  }
}
