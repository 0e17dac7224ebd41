import { expect, test } from 'vitest'
import type { MeasuredBeside } from '../../api/types'
import { besideHere } from './beside'

/** `what was loaded | typed | comment | cause => standing measured difference waits`: the rows of crates/workflow/src/beside.rs. */
const CASES = `
little           |         |              |        => hidden - - false
little           | missing |              |        => hidden - - false
little           | 120     |              |        => hidden - - true
little, seen     | 120     |              |        => shown 100 20 false
little, seen     | 99.5    |              |        => shown 100 -0.5 false
little, seen     |         |              |        => hidden - - false
little, seen     | missing |              |        => hidden - - false
enough           |         |              |        => to_confirm 100 - false
enough           | 100.00  |              |        => confirmed 100 - false
enough           | 120     |              |        => to_explain 100 20 false
enough           | 120     | Chốt sau     |        => to_explain 100 20 false
enough           | 120     | !!           | timing => to_explain 100 20 false
enough           | 120     | Chốt sau     | timing => explained 100 20 false
enough           | missing |              |        => to_explain 100 - false
enough           | missing | Cổng hỏng    | error  => explained 100 - false
enough           | 999999999999999999 | |         => to_explain 100 999999999999999899 false
`

test.each(CASES.trim().split('\n'))('%s', (line) => {
  const [given = '', expected = ''] = line.split('=>')
  const [loaded = '', typed = '', comment = '', cause = ''] = given.split('|').map((part) => part.trim())
  const isHere = loaded !== 'little'
  const of: MeasuredBeside = {
    cell: 'CDS/CDS.HOSO/this',
    standing: loaded === 'little' ? 'hidden' : loaded === 'enough' ? 'to_confirm' : 'shown',
    value: isHere ? '100' : null,
    share: isHere ? '90' : null,
    difference: null,
    typed_blind: null,
    cause: (cause || null) as MeasuredBeside['cause'],
  }
  const found = besideHere(of, { value: /^\d/.test(typed) ? typed : null, absent: typed === 'missing' ? 'missing' : null, comment: comment || null })
  expect(`${found.standing} ${found.value ?? '-'} ${found.difference ?? '-'} ${found.waits}`).toBe(expected.trim())
})
