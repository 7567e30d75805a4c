import { z } from 'zod'
import type { SourceAnswer } from '#engine/ports/research-sources.ts'
import { timeframeMs } from '#shared/domain/bar.ts'
import { readJson } from './json-answer.ts'

const dayMs = timeframeMs['1d']

const chartSchema = z.object({
  status: z.literal('ok'),
  period: z.literal('day'),
  /** x in seconds since 1970. */
  values: z.array(z.object({ x: z.number(), y: z.number() })),
})

/** One chart of blockchain.info's Charts API (`/charts/NAME?format=json`), by day. */
export function readChainChart(body: string, host: string): ReadonlyMap<number, number> {
  const { values } = readJson('onchain', host, body, chartSchema)
  return new Map(values.map(({ x, y }) => [Math.floor((x * 1000) / dayMs) * dayMs, y]))
}

/**
 * The days that are over and are in both charts, oldest first. No chart says what flows to exchanges: that is unavailable.
 */
export function joinCharts(
  activeAddresses: ReadonlyMap<number, number>,
  transactions: ReadonlyMap<number, number>,
  nowMs: number,
): SourceAnswer<'onchain'> {
  const rows = [...activeAddresses.entries()]
    .flatMap(([at, addresses]) => {
      const count = transactions.get(at)
      if (count === undefined || at + dayMs > nowMs) return []
      return { at, activeAddresses: addresses, transactions: count, exchangeNetflow: null }
    })
    .sort((a, b) => a.at - b.at)
  const last = rows.at(-1)
  return last === undefined ? { status: 'empty', asOf: nowMs } : { status: 'value', asOf: last.at + dayMs, data: rows }
}
