import { isDeepStrictEqual } from 'node:util'
import type { ConfigOverride } from '#shared/domain/config-override.ts'

/** True for what has keys. */
export function isTable(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Merges one value over another: tables key by key, anything else takes the place of what was there. */
export function mergeOver(below: unknown, above: unknown): unknown {
  if (!isTable(below) || !isTable(above)) return above
  const merged = new Map(Object.entries(below))
  for (const [key, value] of Object.entries(above)) merged.set(key, mergeOver(merged.get(key), value))
  return Object.fromEntries(merged)
}

/** What merging one value over another changes, as deep down as both are tables. */
export function overridesOf(below: unknown, above: unknown, path: readonly string[] = []): ConfigOverride[] {
  if (isTable(below) && isTable(above)) {
    return Object.entries(above).flatMap(([key, value]) =>
      overridesOf(Object.hasOwn(below, key) ? below[key] : undefined, value, [...path, key]),
    )
  }
  return isDeepStrictEqual(below, above) ? [] : [{ path: [...path], value: above, shipped: below }]
}
