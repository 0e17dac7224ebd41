// What this machine keeps for when there is no line: what was answered, and what was typed and is not with the server
// yet. Everything is kept under the account it is of and read under no other, because computers in offices are shared.

import { openDB, unwrap, type DBSchema, type IDBPDatabase } from 'idb'
import type { Batch, Edit } from '../pages/entry/form.svelte'

interface Shapes extends DBSchema {
  answers: { key: [string, string]; value: { account: string; path: string; at: number; answer: unknown } }
  edits: { key: [string, string, string, string]; value: { account: string; tab: string; submission: string; cell: string; edit: Edit } }
  batches: { key: [string, string, string]; value: { account: string; tab: string; submission: string; batch: Batch } }
}

/** What waits of one form. */
export interface Waiting {
  edits: [string, Edit][]
  /** What was sent, and whether it arrived is not known. */
  batch: Batch | null
}

const DATABASE = 'quantrac'
const LAST = 'quantrac.account'

/** This page: two tabs of one account each send what was typed in them, and once. */
const tab = [...crypto.getRandomValues(new Uint8Array(8))].map((byte) => byte.toString(16).padStart(2, '0')).join('')
const lockOf = (tab: string) => `quantrac.tab.${tab}`
// Held as long as the page is there, so that others know whether somebody still looks after what it kept.
void navigator.locks?.request(lockOf(tab), () => new Promise(() => {}))

let account: string | null = null
let opened: Promise<IDBPDatabase<Shapes> | null> | undefined
let works = true

/** Whether what is typed survives the page. */
export function keepsHere(): boolean {
  return works
}

/** Null where the browser keeps nothing: then everything works as long as the page is open. */
function database(): Promise<IDBPDatabase<Shapes> | null> {
  opened ??= openDB<Shapes>(DATABASE, 1, {
    upgrade(db) {
      db.createObjectStore('answers', { keyPath: ['account', 'path'] })
      db.createObjectStore('edits', { keyPath: ['account', 'tab', 'submission', 'cell'] })
      db.createObjectStore('batches', { keyPath: ['account', 'tab', 'submission'] })
    },
  }).catch((failure: unknown) => {
    console.error(failure)
    works = false
    return null
  })
  return opened
}

/** All keys that begin so. */
function beginning(...parts: string[]): IDBKeyRange {
  return IDBKeyRange.bound(parts, [...parts, []])
}

/** Who was signed in on this machine when it was last asked; null after signing out. */
export function lastAccount(): string | null {
  return localStorage.getItem(LAST)
}

/** From now on everything is kept for this account. What was answered to others is dropped; what others typed stays theirs. */
export async function enter(user: string): Promise<void> {
  if (account === user) return
  account = user
  localStorage.setItem(LAST, user)
  const db = await database()
  if (!db) return
  const others = (await db.getAllKeys('answers')).filter(([of]) => of !== user)
  await Promise.all(others.map((key) => db.delete('answers', key)))
}

/** Nobody is here: nothing more is kept or read. */
export function leave(): void {
  account = null
}

/** Drops all that is kept of the account that is here. */
export async function forget(): Promise<void> {
  const of = account
  account = null
  localStorage.removeItem(LAST)
  const db = await database()
  if (!db || of === null) return
  await Promise.all((['answers', 'edits', 'batches'] as const).map((store) => db.delete(store, beginning(of))))
}

export async function keepAnswer(path: string, answer: unknown): Promise<void> {
  const db = await database()
  if (db && account !== null) await db.put('answers', { account, path, at: Date.now(), answer })
}

export async function keptAnswer<T>(path: string): Promise<{ at: number; answer: T } | null> {
  const db = await database()
  const kept = db && account !== null ? await db.get('answers', [account, path]) : undefined
  return kept ? { at: kept.at, answer: kept.answer as T } : null
}

/** Of one form: cells with what they are to hold, or null for what waits no longer. */
export async function keepEdits(submission: string, changed: Iterable<[string, Edit | null]>): Promise<void> {
  const db = await database()
  if (!db || account === null) return
  const of = account
  const writing = db.transaction('edits', 'readwrite')
  // Several hundred cells at once: nobody waits for each, so none gets a promise of its own.
  const store = unwrap(writing.store)
  for (const [cell, edit] of changed) {
    if (edit) store.put({ account: of, tab, submission, cell, edit })
    else store.delete([of, tab, submission, cell])
  }
  await writing.done
}

export async function keepBatch(submission: string, batch: Batch | null): Promise<void> {
  const db = await database()
  if (!db || account === null) return
  if (batch) await db.put('batches', { account, tab, submission, batch })
  else await db.delete('batches', [account, tab, submission])
}

/** Takes over what waits of pages that are gone, by submission. */
export async function takeOver(): Promise<Map<string, Waiting>> {
  const db = await database()
  const found = new Map<string, Waiting>()
  if (!db || account === null) return found
  const of = account
  const isGone = await gone()
  const taking = db.transaction(['edits', 'batches'], 'readwrite')
  const waiting = (submission: string) => found.get(submission) ?? found.set(submission, { edits: [], batch: null }).get(submission)!
  for (const kept of await taking.objectStore('edits').getAll(beginning(of))) {
    if (!isGone(kept.tab)) continue
    void taking.objectStore('edits').delete([of, kept.tab, kept.submission, kept.cell])
    void taking.objectStore('edits').put({ ...kept, tab })
    waiting(kept.submission).edits.push([kept.cell, kept.edit])
  }
  for (const kept of await taking.objectStore('batches').getAll(beginning(of))) {
    if (!isGone(kept.tab)) continue
    void taking.objectStore('batches').delete([of, kept.tab, kept.submission])
    void taking.objectStore('batches').put({ ...kept, tab })
    waiting(kept.submission).batch = kept.batch
  }
  await taking.done
  for (const { edits } of found.values()) edits.sort(([, a], [, b]) => a.since - b.since || a.serial - b.serial)
  return found
}

/** Pages that are not there any more, and not this one. */
async function gone(): Promise<(other: string) => boolean> {
  const held = new Set((await navigator.locks?.query())?.held?.map(({ name }) => name))
  return (other) => other !== tab && !held.has(lockOf(other))
}

/** How many cells of this account wait in other pages of this browser, and how many of pages that are gone. */
export async function waitingElsewhere(): Promise<{ cells: number; left: number }> {
  const db = await database()
  if (!db || account === null) return { cells: 0, left: 0 }
  const of = account
  const isGone = await gone()
  const others = (await db.getAllKeys('edits', beginning(of))).filter(([, other]) => other !== tab)
  return { cells: others.length, left: others.filter(([, other]) => isGone(other)).length }
}

/** How many cells of this account wait on this machine, whichever page they were typed in. */
export async function waitingHere(): Promise<number> {
  const db = await database()
  return db && account !== null ? db.count('edits', beginning(account)) : 0
}
