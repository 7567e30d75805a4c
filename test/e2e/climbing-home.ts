import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { makeHome } from '#test/builders/home.ts'
import { planOnPricesAlone, trendCsv } from '#test/builders/trend.ts'
import { startHost } from './host.ts'

/** A home whose desk replays a market that climbs, on which it always decides to buy. */
export async function makeClimbingHome(): Promise<string> {
  const home = makeHome()
  planOnPricesAlone(home)
  const host = await startHost(home)
  await host.client.market.import({ file: 'btcusdt_1d.csv', text: trendCsv({ days: 800, drift: 0.004 }) })
  await host.client.settings.change({ feed: { kind: 'replay', instrument: 'BTC/USDT', speed: 1 } })
  await host.end('SIGTERM')
  return home
}

/** Has the desk of a home replay its bars so many times faster. */
export function replayAt(home: string, speed: number): void {
  const file = join(home, 'settings.json')
  const settings = JSON.parse(readFileSync(file, 'utf8'))
  writeFileSync(file, JSON.stringify({ ...settings, feed: { ...settings.feed, speed } }))
}

/** A copy of a home that no desk has open. */
export function copyHome(home: string): string {
  const copy = makeHome()
  cpSync(home, copy, { recursive: true })
  return copy
}
