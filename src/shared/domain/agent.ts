import { z } from 'zod'

/** The seats of the desk, in the order in which people are shown them. */
export const seats = [
  'planner',
  'researcher',
  'validator',
  'analyst',
  'bull',
  'bear',
  'strategist',
  'risk',
  'optimizer',
  'privacy',
  'executor',
  'evaluator',
] as const
export const seatSchema = z.enum(seats)
export type Seat = z.infer<typeof seatSchema>

/** The seats that vote on proposals. */
export const votingSeats = [
  'analyst',
  'bull',
  'bear',
  'strategist',
  'risk',
  'optimizer',
  'privacy',
  'executor',
  'evaluator',
] as const satisfies readonly Seat[]
export type VotingSeat = (typeof votingSeats)[number]

/** What each seat is called on screens. */
export const seatTitles: Readonly<Record<Seat, string>> = {
  planner: 'Planner',
  researcher: 'Researcher',
  validator: 'Validator',
  analyst: 'Market analyst',
  bull: 'Bull',
  bear: 'Bear',
  strategist: 'Strategic planner',
  risk: 'Risk manager',
  optimizer: 'Portfolio optimizer',
  privacy: 'Privacy guard',
  executor: 'Executor',
  evaluator: 'Evaluator',
}

export const agentStatusSchema = z.enum(['idle', 'working', 'failing', 'stopped'])

/** How an agent is doing. */
export const agentHealthSchema = z.object({
  seat: seatSchema,
  title: z.string(),
  status: agentStatusSchema,
  handled: z.int(),
  failed: z.int(),
  /** Mean time to answer, in milliseconds; null before the first answer. */
  meanMs: z.number().nullable(),
  lastError: z.string().nullable(),
})
export type AgentHealth = z.infer<typeof agentHealthSchema>
