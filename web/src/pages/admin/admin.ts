// What the pages of administration share.

import type { Role } from '../../api/types'

export const roles: Role[] = ['enterer', 'head', 'reviewer', 'analyst', 'minister', 'admin', 'auditor']

/** The day in Vietnam at a moment. */
export function today(now_ms: number): string {
  return new Date(now_ms + 7 * 3_600_000).toISOString().slice(0, 10)
}
