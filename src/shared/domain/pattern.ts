import { z } from 'zod'

/**
 * What followed when a pattern stood before on the same chart: earlier cases of its kind, at the same stage and age, whose
 * outcome is known. Returns are log returns over the horizon; a null is unavailable.
 */
export const patternRecordSchema = z.object({
  /** How often it was there. */
  seen: z.int(),
  /** How many of those do not overlap: what the figures are of. */
  counted: z.int(),
  mean: z.number().nullable(),
  /** Share of outcomes above zero. */
  hitRate: z.number().nullable(),
  /** 95 % interval of the mean (Student's t); null for fewer than three cases. */
  interval: z.tuple([z.number(), z.number()]).nullable(),
})

/** A price at a time, in UTC epoch milliseconds: where a line of a drawing goes through. */
const chartPointSchema = z.object({ time: z.int(), price: z.number() })

/** A candlestick or chart pattern that is open at the last closed bar. Times are when bars opened. */
export const openPatternSchema = z.object({
  name: z.string(),
  family: z.enum(['candlestick', 'chart']),
  /** Where the textbook has the price go: up, down, or whichever way it breaks out. */
  direction: z.enum(['up', 'down', 'either']),
  /** From 0 to 1: how well the shape fits. */
  confidence: z.number().min(0).max(1),
  /** A chart pattern forms until a close beyond its trigger completes it; a candlestick is complete when it is there. */
  stage: z.enum(['forming', 'complete']),
  /** How many bars ago that stage began. */
  age: z.int(),
  /** The first and the last bar of its shape. */
  from: z.int(),
  to: z.int(),
  /** The turning points that it stands on, oldest first; none of a candlestick. */
  points: z.array(chartPointSchema),
  /** The neckline or boundary whose crossing completes it, from the first turning point to the last bar; null of a candlestick. */
  trigger: z.tuple([chartPointSchema, chartPointSchema]).nullable(),
  record: patternRecordSchema,
  /** From -1 (a fall) to 1 (a rise): the probability of a rise by its record, less that of a fall; 0 without a record. */
  signal: z.number().min(-1).max(1),
  /** From 0 to 1: how much the signal should count; 0 without a record. */
  strength: z.number().min(0).max(1),
})
export type OpenPattern = z.infer<typeof openPatternSchema>

/** The patterns that are open on a chart, and what they are measured against. */
export const chartReadSchema = z.object({
  /** Milliseconds of a bar. */
  barMs: z.int(),
  /** How many bars the records reach back. */
  bars: z.int(),
  /** Over how many bars an outcome is measured. */
  horizon: z.int(),
  /** Mean log return of any such stretch: what a record is compared with; null where there is none. */
  baseline: z.number().nullable(),
  /** The strongest first. */
  patterns: z.array(openPatternSchema),
})
export type ChartRead = z.infer<typeof chartReadSchema>
export type PatternRecord = z.infer<typeof patternRecordSchema>
