// What an officer needs without a line is fetched while there is one: the list of forms, and those still to be filled.

import { api } from '../api/client'
import { catalogue } from '../api/catalogue.svelte'
import { session } from '../session.svelte'
import { keeping } from './keeping'
import { keptAnswer } from './store'

const DONE = ['received', 'closed']

export async function keepAhead(): Promise<void> {
  const body = session.person?.body?.code
  if (!body || !session.person?.roles.some(({ role }) => role === 'enterer')) return
  const { submissions } = await keeping(`/submissions?body=${body}`, () => api.get('/submissions', { body }))
  await catalogue.ready()
  for (const { id, state } of submissions) {
    // One that was opened is kept up to date by its page.
    const path = `/submissions/${id}`
    if (!DONE.includes(state) && !(await keptAnswer(path))) await keeping(path, () => api.get<'/submissions/{id}'>(`/submissions/${encodeURIComponent(id)}`))
  }
}
