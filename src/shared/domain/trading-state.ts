import { z } from 'zod'

/** ACTIVE; REDUCING: no order may increase exposure; HALTED: only cancels pass. */
export const tradingStateSchema = z.enum(['ACTIVE', 'REDUCING', 'HALTED'])
export type TradingState = z.infer<typeof tradingStateSchema>

/**
 * 1 blocks new orders; 2 also cancels the orders that add risk and keeps reduce-only protection; 3 cancels every order.
 */
export const stopLevelSchema = z.union([z.literal(1), z.literal(2), z.literal(3)])
export type StopLevel = z.infer<typeof stopLevelSchema>

/** The latch: whether the desk may trade, since when, and why. It is read before anything connects. */
export const latchSchema = z.object({
  state: tradingStateSchema,
  /** Counts every change: what was decided under an earlier epoch is never executed. */
  epoch: z.int(),
  /** The stop level when HALTED, else null. */
  level: stopLevelSchema.nullable(),
  by: z.string(),
  reason: z.string(),
  at: z.int(),
})
export type Latch = z.infer<typeof latchSchema>

/** How far a stop has come: all clear only when cancels are confirmed and none is unknown (KS-15). */
export const stopProgressSchema = z.object({
  cancelsRequested: z.int(),
  cancelsConfirmed: z.int(),
  cancelsFailed: z.int(),
  unknown: z.int(),
  /** Client order ids that were to be cancelled and are still live at the broker. */
  stillLive: z.array(z.string()),
  /** Instruments with a position and no protective order. */
  unprotected: z.array(z.string()),
})
export type StopProgress = z.infer<typeof stopProgressSchema>
