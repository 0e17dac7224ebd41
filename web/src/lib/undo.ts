// What was done and can be taken back, cell by cell and step by step. A step is not taken back over what somebody else
// wrote since: such cells are set apart, to be named.

export interface Change<Content> {
  cell: string
  before: Content
  after: Content
}

/** What was done at once, and is undone at once. */
export type Step<Content> = Change<Content>[]

export interface Past<Content> {
  done: Step<Content>[]
  undone: Step<Content>[]
}

/** What going one step back or forth comes to. */
export interface Turn<Content> {
  past: Past<Content>
  /** To be written now. */
  write: { cell: string; content: Content }[]
  /** Cells that no longer hold what the step left in them. */
  changed: string[]
}

export const MOST_STEPS = 200

export function done<Content>({ done }: Past<Content>, step: Step<Content>): Past<Content> {
  return { done: [...done.slice(-(MOST_STEPS - 1)), step], undone: [] }
}

/** One step back; null when there is none. `holds` says whether a cell still holds a content. */
export function back<Content>(past: Past<Content>, holds: (cell: string, content: Content) => boolean): Turn<Content> | null {
  const step = past.done.at(-1)
  if (!step) return null
  const [kept, changed] = apart(step, ({ cell, after }) => holds(cell, after))
  return {
    past: { done: past.done.slice(0, -1), undone: kept.length > 0 ? [...past.undone, kept] : past.undone },
    write: kept.map(({ cell, before }) => ({ cell, content: before })),
    changed,
  }
}

/** The last step that was taken back, once more. */
export function forth<Content>(past: Past<Content>, holds: (cell: string, content: Content) => boolean): Turn<Content> | null {
  const step = past.undone.at(-1)
  if (!step) return null
  const [kept, changed] = apart(step, ({ cell, before }) => holds(cell, before))
  return {
    past: { done: kept.length > 0 ? [...past.done, kept] : past.done, undone: past.undone.slice(0, -1) },
    write: kept.map(({ cell, after }) => ({ cell, content: after })),
    changed,
  }
}

/** A step that holds whole stays the step it is. */
function apart<Content>(step: Step<Content>, holds: (change: Change<Content>) => boolean): [Step<Content>, string[]] {
  const kept = step.filter(holds)
  return kept.length === step.length ? [step, []] : [kept, step.filter((change) => !kept.includes(change)).map(({ cell }) => cell)]
}
