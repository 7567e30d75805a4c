import { z } from 'zod'
import { type Seat, seatTitles } from './agent.ts'
import { participantNameSchema } from './collaboration.ts'

/** What can be at odds: how much, which way, when, what it takes, and what it is for. */
export const conflictKinds = ['size', 'direction', 'timing', 'resource', 'goal'] as const
export const conflictKindSchema = z.enum(conflictKinds)

/** What agents are at odds over, and how it was settled: by giving way, by a mediator's text, by voting again, or not at all. */
export const conflictSchema = z.object({
  kind: conflictKindSchema,
  /** The seats at odds. */
  between: z.array(z.string()).min(2),
  description: z.string(),
  settled: z.enum(['concession', 'mediation', 'vote', 'open']),
  /** How often it was voted on again over it; left out where it was settled before a vote. */
  rounds: z.int().min(1).optional(),
})
export type Conflict = z.infer<typeof conflictSchema>

/** A conflict that somebody raises. */
export const raisedConflictSchema = z.object({
  kind: conflictKindSchema,
  between: z
    .array(participantNameSchema)
    .min(2)
    .refine((all) => new Set(all).size === all.length, { error: 'names somebody twice' }),
  description: z.string().trim().min(1).max(2_000),
})
export type RaisedConflict = z.infer<typeof raisedConflictSchema>

/** A conflict of a plan as it is now; `settled` is null while it is being resolved. */
export const planConflictSchema = conflictSchema.extend({
  id: z.string(),
  at: z.int(),
  /** Who raised it: "desk" for one that was found by itself. */
  by: z.string(),
  settled: conflictSchema.shape.settled.nullable(),
})
export type PlanConflict = z.infer<typeof planConflictSchema>

const endings: Readonly<Record<Conflict['settled'], string>> = {
  concession: 'They settled by giving way to each other.',
  mediation: 'They stalled, and settled on a text of the mediator.',
  vote: 'Voting again, they took the same side.',
  open: 'It is not settled.',
}

/** Who is at odds, in words. */
export function betweenWords(between: readonly string[]): string {
  const names = between.map((seat) => `the ${(seatTitles[seat as Seat] ?? seat).toLowerCase()}`)
  return names.length < 3 ? names.join(' and ') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`
}

/** A conflict in a sentence or two. */
export function conflictSentence({ kind, between, description, settled, rounds }: Conflict): string {
  const ending = settled === 'open' && rounds !== undefined ? openAfter(rounds) : endings[settled]
  return `Conflict over ${kind} between ${betweenWords(between)}. ${description} ${ending}`
}

function openAfter(rounds: number): string {
  return `It is not settled after ${rounds === 1 ? 'another vote' : `${rounds} more votes`}.`
}
