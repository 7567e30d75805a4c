import { z } from 'zod'

const shortText = (most: number) =>
  z.string().transform((text) =>
    text
      .replace(/[\p{C}\s]+/gu, ' ')
      .trim()
      .slice(0, most),
  )

/** What a custom source found; it is what a script prints. */
export const customFindingSchema = z.object({
  value: z.union([z.number(), shortText(200), z.boolean()]),
  /** Where the price goes by it. */
  direction: z.enum(['up', 'down', 'flat']).optional(),
  /** How sure of that, from 0 (no idea) to 1 (certain). */
  confidence: z.number().min(0).max(1).optional(),
  /** One sentence for people. */
  summary: shortText(300).optional(),
  /** The moment that it speaks of, UTC epoch milliseconds; the moment of asking when left out. */
  asOf: z.int().min(0).optional(),
})
export type CustomFinding = z.infer<typeof customFindingSchema>

/** A source that says itself that it has nothing to say, and why. */
export const customRefusalSchema = z.object({ unavailable: shortText(300) })
