import { eventIterator, oc } from '@orpc/contract'
import { z } from 'zod'
import { barSchema, importedSeriesSchema, timeframeSchema } from '#shared/domain/bar.ts'
import { instrumentSchema } from '#shared/domain/instrument.ts'
import { quoteSchema } from '#shared/domain/quote.ts'

const seriesSchema = z.object({ instrument: z.string(), timeframe: timeframeSchema })

/** What importing a file did, or why it did nothing. */
export const importReportSchema = z.object({
  file: z.string(),
  instrument: z.string(),
  timeframe: timeframeSchema,
  bars: z.int(),
  replaced: z.int(),
  /** What was assumed about the file, and what is odd in it. */
  notes: z.array(z.string()),
  from: z.int(),
  to: z.int(),
})
export type ImportReport = z.infer<typeof importReportSchema>

export const marketContract = {
  instruments: oc.route({ method: 'GET', path: '/instruments' }).output(z.array(instrumentSchema)),
  quotes: oc.route({ method: 'GET', path: '/quotes' }).output(z.array(quoteSchema)),
  /** The newest bars that opened before `before`, oldest first. */
  bars: oc
    .route({ method: 'GET', path: '/bars' })
    .input(
      seriesSchema.extend({
        before: z.coerce.number().int().optional(),
        limit: z.coerce.number().int().min(1).max(5_000).default(500),
      }),
    )
    .output(z.array(barSchema)),
  /** The latest bar and quote of one series as they change, at most ten times a second. */
  watch: oc
    .route({ method: 'GET', path: '/bars/live' })
    .input(seriesSchema)
    .output(eventIterator(z.object({ bar: barSchema.nullable(), quote: quoteSchema.nullable() }))),
  /** The bars that were imported and can be replayed, by instrument and timeframe. */
  imported: oc.route({ method: 'GET', path: '/bars/imported' }).output(z.array(importedSeriesSchema)),
  /** Ends with nothing imported when the call is ended on the way. */
  import: oc
    .route({ method: 'POST', path: '/bars/import' })
    .input(
      z.object({
        file: z.string(),
        text: z.string(),
        instrument: z.string().optional(),
        /** The IANA name of the place whose clocks showed times without a zone; UTC unless given. */
        timeZone: z.string().optional(),
      }),
    )
    .output(importReportSchema),
  /** The imports under way with the share that is done, from 0 to 1, as they go on: at most ten times a second. */
  importing: oc
    .route({ method: 'GET', path: '/bars/import/progress' })
    .output(eventIterator(z.array(z.object({ file: z.string(), share: z.number() })))),
}
