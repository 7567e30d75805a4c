import { z } from 'zod'

/** One value that the data folder's own configuration gives in the shipped one's place. */
export const configOverrideSchema = z.object({
  /** The keys down to the value. */
  path: z.array(z.string()),
  value: z.unknown(),
  /** What Parley ships with; undefined where it has nothing there. */
  shipped: z.unknown(),
})
export type ConfigOverride = z.infer<typeof configOverrideSchema>

/**
 * An override in one line: "alerts.seconds: 60 (shipped: 90)"; of a list what it adds and drops; of something new that it
 * is new.
 */
export function overrideWords({ path, value, shipped }: ConfigOverride): string {
  const key = path.join('.')
  if (Array.isArray(value) && Array.isArray(shipped)) {
    const changes = [...listed('adds', value, shipped), ...listed('drops', shipped, value)]
    return `${key}: ${changes.length === 0 ? 'in another order' : changes.join(', ')}`
  }
  if (shipped === undefined) return `${key}: ${isPlain(value) ? `${JSON.stringify(value)} (new)` : 'new'}`
  return `${key}: ${JSON.stringify(value)} (shipped: ${JSON.stringify(shipped)})`
}

function listed(word: string, list: readonly unknown[], other: readonly unknown[]): string[] {
  const only = list
    .filter((item) => !other.includes(item))
    .map((item) => (isPlain(item) ? String(item) : JSON.stringify(item)))
  return only.length === 0 ? [] : [`${word} ${only.join(', ')}`]
}

function isPlain(value: unknown): value is string | number | boolean {
  return ['string', 'number', 'boolean'].includes(typeof value)
}
