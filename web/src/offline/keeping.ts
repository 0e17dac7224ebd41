// A question whose answer is kept on this machine: without a line, what was answered last is answered again.

import { ApiError } from '../api/client'
import { line } from './line.svelte'
import { keepAnswer, keptAnswer } from './store'

/** Whether the server was not reached at all, or only something that stands before it. */
export function isWithoutLine(failure: unknown): boolean {
  return failure instanceof ApiError && [0, 502, 503, 504].includes(failure.status) && failure.code !== 'page'
}

/** `path` names the answer; it is kept under the account that is signed in. */
export async function keeping<T>(path: string, ask: () => Promise<T>): Promise<T> {
  try {
    const answer = await ask()
    void keepAnswer(path, answer)
    return answer
  } catch (failure) {
    if (!isWithoutLine(failure)) throw failure
    const kept = await keptAnswer<T>(path)
    if (!kept) throw failure
    line.showsKept(kept.at)
    return kept.answer
  }
}
