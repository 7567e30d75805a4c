import type { SourceData } from '#engine/ports/research-sources.ts'
import { barOpenTime, timeframeMs } from '#shared/domain/bar.ts'
import type { Coin } from './coins.ts'
import { worldRandom } from './intraday.ts'
import { coinMomentum, daysBefore } from './mood.ts'
import type { SimulatedDays } from './world.ts'

const dayMs = timeframeMs['1d']
const shownDays = 60

function midnights(world: SimulatedDays, nowMs: number): readonly number[] {
  const today = barOpenTime(nowMs, '1d')
  return Array.from({ length: shownDays }, (_, index) => today - (shownDays - 1 - index) * dayMs).filter(
    (time) => time >= world.start,
  )
}

/**
 * Fear and greed at each of the last sixty midnights: greed follows the market's trailing fortnight, fear its volatility
 * compared with that of two months.
 */
export function fearAndGreed(world: SimulatedDays, nowMs: number): SourceData['fear_greed'] {
  return midnights(world, nowMs).map((at) => {
    const random = worldRandom(world, `fear-greed/${at}`)
    const moves = world.coins.map((_, coin) => coinMomentum(world, coin, at, 14))
    const trailing = moves.reduce((sum, move) => sum + move, 0) / moves.length
    const unrest = volatilityBefore(world, at, 7) / volatilityBefore(world, at, 60)
    const greed = 1.1 * trailing - 0.7 * (unrest - 1) + 0.25 * random.normal()
    return { at, value: Math.round(100 / (1 + Math.exp(-greed))) }
  })
}

function volatilityBefore(world: SimulatedDays, midnight: number, days: number): number {
  let sum = 0
  for (let day = 1; day <= days; day++) sum += world.day(midnight - day * dayMs).volatility
  return sum / days
}

/** On-chain counts of the last whole days: busy chains go with volume, coins leave exchanges when prices rise. */
export function onChainCounts(world: SimulatedDays, coin: number, nowMs: number): SourceData['onchain'] {
  const about = world.coins[coin] as Coin
  return daysBefore(world, coin, barOpenTime(nowMs, '1d'), shownDays).map((bar) => {
    const random = worldRandom(world, `on-chain/${about.instrument.id}/${bar.time}`)
    const crowd = (bar.volume * bar.open) / about.turnover
    const activeAddresses = Math.round(about.addresses * crowd ** 0.4 * Math.exp(0.06 * random.normal()))
    const move = Math.log(bar.close / bar.open) / about.volatility
    return {
      at: bar.time,
      activeAddresses,
      transactions: Math.round(activeAddresses * 1.7 * Math.exp(0.05 * random.normal())),
      exchangeNetflow: Math.round(bar.volume * 0.04 * (random.normal() - 0.8 * move) * 1e4) / 1e4,
    }
  })
}
