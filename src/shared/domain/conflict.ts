import { z } from 'zod'
import { type Seat, seatTitles } from './agent.ts'
import { participantNameSchema } from './collaboration.ts'

/** What can be at odds: how much, which way, when, what it takes, and what it is for. */
export const conflictKinds = ['size', 'direction', 'timing', 'resource', 'goal'] as const
export const conflictKindSchema = z.enum(conflictKinds)

export type ConflictKind = z.infer<typeof conflictKindSchema>

/** One of several plans that are at odds, and what becomes of it: `trader` leaves it to the trader. */
const conflictingPlanSchema = z.object({
  id: z.string(),
  title: z.string(),
  instrument: z.string(),
  fate: z.enum(['keeps', 'cut', 'givesWay', 'trader']),
})
export type ConflictingPlan = z.infer<typeof conflictingPlanSchema>

/**
 * What agents or plans are at odds over, and how it was settled: by giving way, by a mediator's text, by voting again, by what
 * is more urgent, or not at all.
 */
export const conflictSchema = z.object({
  kind: conflictKindSchema,
  /** The seats at odds, or the ids of the plans. */
  between: z.array(z.string()).min(2),
  /** Where plans are at odds. */
  plans: z.array(conflictingPlanSchema).min(2).optional(),
  description: z.string(),
  settled: z.enum(['concession', 'mediation', 'vote', 'priority', 'open']),
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
  priority: 'The more urgent plan goes first.',
  open: 'It is not settled.',
}

/** How plans settle what a mediator proposes. */
const planEndings: Readonly<Record<Conflict['settled'], string>> = {
  ...endings,
  mediation: 'They are equally urgent, and share what there is.',
  open: 'It is not settled: the trader decides.',
}

/** Who is at odds, in words. */
export function betweenWords(between: readonly string[]): string {
  const names = between.map((seat) => `the ${(seatTitles[seat as Seat] ?? seat).toLowerCase()}`)
  return names.length < 3 ? names.join(' and ') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`
}

/** A conflict in a sentence or two. */
export function conflictSentence({ kind, between, plans, description, settled, rounds }: Conflict): string {
  if (plans !== undefined) return `Conflict over ${kind} between plans. ${description} ${planEndings[settled]}`
  const ending = settled === 'open' && rounds !== undefined ? openAfter(rounds) : endings[settled]
  return `Conflict over ${kind} between ${betweenWords(between)}. ${description} ${ending}`
}

function openAfter(rounds: number): string {
  return `It is not settled after ${rounds === 1 ? 'another vote' : `${rounds} more votes`}.`
}
