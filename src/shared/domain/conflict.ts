import { z } from 'zod'
import { type Seat, seatTitles } from './agent.ts'

/** What agents are at odds over, and how it was settled: by giving way, by a mediator's text, or not at all. */
export const conflictSchema = z.object({
  kind: z.enum(['size', 'direction', 'timing']),
  /** The seats at odds. */
  between: z.array(z.string()).min(2),
  description: z.string(),
  settled: z.enum(['concession', 'mediation', 'open']),
})
export type Conflict = z.infer<typeof conflictSchema>

const endings: Readonly<Record<Conflict['settled'], string>> = {
  concession: 'They settled by giving way to each other.',
  mediation: 'They stalled, and settled on a text of the mediator.',
  open: 'It is not settled.',
}

/** A conflict in a sentence or two. */
export function conflictSentence({ kind, between, description, settled }: Conflict): string {
  const names = between.map((seat) => seatTitles[seat as Seat] ?? seat).join(' and the ')
  return `Conflict over ${kind} between the ${names.toLowerCase()}. ${description} ${endings[settled]}`
}
