import { z } from 'zod'
import type { SourceAnswer } from '#engine/ports/research-sources.ts'
import { readJson } from './json-answer.ts'

const answerSchema = z.array(
  z.object({
    id: z.string(),
    market_cap: z.number().nullable(),
    total_volume: z.number().nullable(),
    circulating_supply: z.number().nullable(),
    market_cap_rank: z.number().nullable(),
    last_updated: z.iso.datetime({ offset: true }),
  }),
)

/** Reads an answer of CoinGecko's `/coins/markets?vs_currency=usd&ids=ID`. A coin without one of its numbers is known to be empty. */
export function readFundamentals(body: string, host: string, id: string, nowMs: number): SourceAnswer<'coingecko'> {
  const coin = readJson('coingecko', host, body, answerSchema).find((row) => row.id === id)
  if (coin === undefined) return { status: 'empty', asOf: nowMs }
  const { market_cap, total_volume, circulating_supply, market_cap_rank } = coin
  const asOf = Math.min(nowMs, Date.parse(coin.last_updated))
  if (market_cap === null || total_volume === null || circulating_supply === null || market_cap_rank === null) {
    return { status: 'empty', asOf }
  }
  const data = {
    marketCapUsd: market_cap,
    volume24hUsd: total_volume,
    circulating: circulating_supply,
    rank: market_cap_rank,
  }
  return { status: 'value', asOf, data }
}
