// The drawing of Vietnam: 63 provinces and both archipelagos, by the ids the units carry in `map_path`.
// By Stephen Truong (npm @svg-maps/vietnam, CC BY 4.0), who is named wherever it is shown. Fetched only with a map on screen.
// A unit formed by a merger names several paths; it is drawn as all of them.

import map from '@svg-maps/vietnam'

export const viewBox = map.viewBox
export const shapes: ReadonlyMap<string, string> = new Map(map.locations.map(({ id, path }) => [id, path]))

/** The archipelagos, with the province each belongs to and where their names stand on the drawing. */
export const archipelagos = [
  { id: 'hoangsa', vi: 'Quần đảo Hoàng Sa', en: 'Hoàng Sa archipelago', of: 'danang', box: { x: 519, y: 362, width: 112, height: 96 } },
  { id: 'truongsa', vi: 'Quần đảo Trường Sa', en: 'Trường Sa archipelago', of: 'khanhhoa', box: { x: 372, y: 634, width: 439, height: 238 } },
] as const

/** The paths of a unit, with the archipelago that is part of it. */
export function pathsOf(map_path: string): string[] {
  const ids = map_path.split(/[\s,+]+/).filter(Boolean)
  return [...ids, ...archipelagos.filter(({ of }) => ids.includes(of)).map(({ id }) => id)]
}
