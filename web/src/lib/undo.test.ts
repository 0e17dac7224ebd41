import { expect, test } from 'vitest'
import { back, done, forth, MOST_STEPS, type Past } from './undo'

/** A form of named cells; `a=1` is typed, `a:=1` is written by somebody else, `undo` and `redo` are pressed. */
function check(story: string, cells: string, named = '') {
  const form = new Map<string, string>()
  const now = (cell: string) => form.get(cell) ?? ''
  const holds = (cell: string, content: string) => now(cell) === content
  let past: Past<string> = { done: [], undone: [] }
  const changed: string[] = []
  for (const event of story.split(' ')) {
    if (event === 'undo' || event === 'redo') {
      const turn = (event === 'undo' ? back : forth)(past, holds)
      if (!turn) continue
      past = turn.past
      for (const { cell, content } of turn.write) form.set(cell, content)
      changed.push(...turn.changed)
      continue
    }
    if (event.includes(':=')) {
      const [cell = '', content = ''] = event.split(':=')
      form.set(cell, content)
      continue
    }
    const step = event.split('+').map((one) => {
      const [cell = '', after = ''] = one.split('=')
      return { cell, before: now(cell), after }
    })
    for (const { cell, after } of step) form.set(cell, after)
    past = done(past, step)
  }
  expect([...form].map(([cell, content]) => `${cell}=${content}`).join(' '), story).toBe(cells)
  expect(changed.join(' '), `${story}: named`).toBe(named)
}

test('steps go back and forth, the last first', () => {
  check('a=1 a=2 undo', 'a=1')
  check('a=1 a=2 undo undo', 'a=')
  check('a=1 a=2 undo undo undo', 'a=')
  check('a=1 a=2 undo redo', 'a=2')
  check('a=1 a=2 undo undo redo redo redo', 'a=2')
  check('a=1 undo a=3 redo', 'a=3')
  check('redo', '')
})

test('what was done at once is undone at once', () => {
  check('a=1 a=5+b=6+c=7 undo', 'a=1 b= c=')
  check('a=1 a=5+b=6+c=7 undo redo', 'a=5 b=6 c=7')
})

test('what somebody else wrote since is not overwritten but named', () => {
  check('a=1 a:=9 undo', 'a=9', 'a')
  check('a=1+b=2 b:=9 undo', 'a= b=9', 'b')
  check('a=1+b=2 b:=9 undo redo', 'a=1 b=9', 'b')
  check('a=1+b=2 undo a:=9 redo', 'a=9 b=2', 'a')
  check('a=1 a:=9 undo redo', 'a=9', 'a')
})

test('only so many steps are remembered', () => {
  const many = Array.from({ length: MOST_STEPS + 5 }, (_, index) => `a=${index}`).join(' ')
  check(`${many} ${'undo '.repeat(MOST_STEPS + 5).trim()}`, 'a=4')
})
