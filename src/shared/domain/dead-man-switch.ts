import { z } from 'zod'

/**
 * The venue's own timer that cancels every order once it hears no more of the desk (KS-19), as far as the desk knows. Times
 * are epoch milliseconds.
 */
export const deadManStateSchema = z.object({
  /** False where the venue has none. */
  supported: z.boolean(),
  /** The trader's choice. */
  on: z.boolean(),
  /** When the venue cancels everything, protection too, unless it hears of the desk before; null while it is not set. */
  armedUntil: z.int().nullable(),
  /** When the venue last confirmed it. */
  refreshedAt: z.int().nullable(),
  /** Why the last try did not come through; null where it did. */
  failure: z.string().nullable(),
})
export type DeadManState = z.infer<typeof deadManStateSchema>

/** How it stands in a few words: "off", "armed, 43 s left", "not set: …". */
export function deadManWords({ supported, on, armedUntil, failure }: DeadManState, now: number): string {
  if (!supported) return 'the venue has none'
  const left = armedUntil === null ? null : Math.ceil((armedUntil - now) / 1_000)
  const trouble = failure === null ? '' : ` (${failure})`
  if (left !== null && left <= 0) return `ran out: the venue may have cancelled every order${trouble}`
  if (left !== null) return `armed, ${left} s left${trouble}`
  return on ? `not set${trouble}` : 'off'
}
