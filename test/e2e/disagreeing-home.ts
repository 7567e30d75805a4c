import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parse, stringify } from 'yaml'
import { makeHome } from '#test/builders/home.ts'
import { planOnPricesAlone } from '#test/builders/trend.ts'
import { copyHome, replayAt } from './climbing-home.ts'
import { startHost } from './host.ts'

const prices = resolve(import.meta.dirname, '../../../shared/reference/prices/btcusdt_1d_2017-2021.csv')

/** True where the real bars are, beside the checkout. */
export const hasRealBars = existsSync(prices)

/** The last daily bar of BTC/USDT that the desk knows: a simple majority would buy after it, and a third of the votes is against it. */
const lastKnown = '2019-02-07'
const barsEachWay = 400

/** A home whose desk stands at the close of a real day on which its agents disagree; its policy is the simple majority. */
export async function makeDisagreeingHome(): Promise<string> {
  const [header = '', ...rows] = readFileSync(prices, 'utf8').trim().split('\n')
  const next = rows.findIndex((row) => row.startsWith(lastKnown)) + 1
  const text = [header, ...rows.slice(next - barsEachWay, next + barsEachWay)].join('\n')
  const home = makeHome()
  planOnPricesAlone(home)
  const host = await startHost(home)
  await host.client.market.import({ file: 'btcusdt_1d.csv', text, instrument: 'BTC/USDT' })
  await host.client.settings.change({
    policy: 'simple-majority',
    feed: { kind: 'replay', instrument: 'BTC/USDT', speed: 1 },
  })
  await host.end('SIGTERM')
  return home
}

/** A copy of the home with other terms of review, and bars replayed so many times faster. */
export function withReviews(
  home: string,
  {
    speed = 1,
    ...terms
  }: {
    readonly speed?: number
    readonly driftLimitBps?: number
    readonly seconds?: number
    readonly hardAboveDisagreement?: number
  },
): string {
  const copy = copyHome(home)
  const shipped = parse(readFileSync(resolve(import.meta.dirname, '../../resources/config/review.yaml'), 'utf8'))
  const { seconds = 600, driftLimitBps = shipped.driftLimitBps } = terms
  const { hardAboveDisagreement = shipped.hardAboveDisagreement } = terms
  const policy = {
    ...shipped,
    driftLimitBps,
    hardAboveDisagreement,
    expiresAfterSeconds: { paper: seconds, live: seconds },
  }
  writeFileSync(join(copy, 'review.yaml'), stringify(policy))
  replayAt(copy, speed)
  return copy
}
