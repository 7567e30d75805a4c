import { z } from 'zod'

/** The keys that a schema knows at a path; none where any key will do. */
export function knownKeys(schema: z.core.$ZodType, path: readonly PropertyKey[]): readonly string[] {
  const inner = unwrap(schema)
  const [key, ...rest] = path
  if (inner instanceof z.ZodObject) {
    const shape = inner.shape as Readonly<Record<string, z.core.$ZodType>>
    if (key === undefined) return Object.keys(shape)
    const below = shape[String(key)]
    return below === undefined ? [] : knownKeys(below, rest)
  }
  if (inner instanceof z.ZodRecord) {
    if (key !== undefined) return knownKeys(inner.valueType, rest)
    return inner.keyType instanceof z.ZodEnum ? inner.keyType.options.map(String) : []
  }
  if (inner instanceof z.ZodArray && key !== undefined) return knownKeys(inner.element, rest)
  return []
}

function unwrap(schema: z.core.$ZodType): z.core.$ZodType {
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodOptional || schema instanceof z.ZodNullable) {
    return unwrap(schema.unwrap())
  }
  return schema
}

/** The word that takes the fewest changes of a letter to reach; undefined where all are more than half another word. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  const ranked = known
    .map((other) => ({ other, changes: changesBetween(word.toLowerCase(), other.toLowerCase()) }))
    .sort((a, b) => a.changes - b.changes)
  const [best] = ranked
  return best !== undefined && best.changes <= Math.max(word.length, best.other.length) / 2 ? best.other : undefined
}

/** Letters to add, drop or replace to make one word of the other (Levenshtein 1966). */
function changesBetween(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let at = 1; at <= a.length; at++) {
    const next = [at]
    for (let other = 1; other <= b.length; other++) {
      const replaced = (row[other - 1] ?? 0) + (a[at - 1] === b[other - 1] ? 0 : 1)
      next.push(Math.min((row[other] ?? 0) + 1, (next[other - 1] ?? 0) + 1, replaced))
    }
    row = next
  }
  return row[b.length] ?? 0
}
