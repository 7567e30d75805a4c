import type { Text } from '#engine/ports/research-sources.ts'
import { barOpenTime, timeframeMs } from '#shared/domain/bar.ts'
import type { Random } from '#shared/lib/random.ts'
import type { Coin } from './coins.ts'
import { worldRandom } from './intraday.ts'
import { coinMomentum, moodOf } from './mood.ts'
import type { SimulatedDays } from './world.ts'

const dayMs = timeframeMs['1d']
const windowDays = 3

const publishers = ['Simulated Wire', 'Simulated Gazette', 'Simulated Coin Desk', 'Simulated Market Letter']

/** NAME, COIN and PERCENT are filled in. */
const headlines = {
  good: [
    'NAME rallies as buyers return, up PERCENT in three days',
    'Strong inflows lift NAME; analysts turn optimistic',
    'NAME adoption grows as payment firm announces support',
    'COIN gains on record activity and robust demand',
    'Upgrade for NAME goes live without a hitch, developers celebrate',
    'Fund managers increase COIN holdings on improving outlook',
    'NAME beats expectations with surging volumes',
    'Bullish breakout: COIN climbs past resistance',
  ],
  bad: [
    'NAME slides as sellers dominate, down PERCENT in three days',
    'Outflows weigh on NAME; analysts warn of further losses',
    'Regulator opens investigation into NAME venue, traders worried',
    'COIN drops on weak demand and fading activity',
    'Security incident hits NAME service, losses feared',
    'Fund managers cut COIN holdings on worsening outlook',
    'NAME misses expectations as volumes plunge',
    'Bearish breakdown: COIN falls through support',
  ],
  flat: [
    'NAME little changed as traders wait for data',
    'What to watch this week for COIN holders',
    'NAME developers publish their quarterly roadmap',
    'COIN trades sideways in quiet session',
    'Conference brings NAME community together',
    'Explainer: how NAME fees are set',
  ],
}

/** Up to three days of headlines about a coin up to a moment, oldest first; their tone follows the coin's mood. */
export function writeNews(world: SimulatedDays, coin: number, nowMs: number): readonly Text[] {
  const texts: Text[] = []
  for (let day = windowDays; day >= 0; day--) {
    const midnight = barOpenTime(nowMs, '1d') - day * dayMs
    if (midnight >= world.start) texts.push(...newsOfDay(world, coin, midnight))
  }
  return texts.filter(({ at }) => at <= nowMs && at > nowMs - windowDays * dayMs)
}

function newsOfDay(world: SimulatedDays, coin: number, midnight: number): readonly Text[] {
  const about = world.coins[coin] as Coin
  const random = worldRandom(world, `news/${about.instrument.id}/${midnight}`)
  const mood = moodOf(world, coin, midnight)
  const move = coinMomentum(world, coin, midnight, 3) * about.volatility * Math.sqrt(3)
  const count = random.int(1, 4) + Math.min(3, Math.round(Math.abs(mood)))
  const times = Array.from({ length: count }, () => midnight + random.int(0, dayMs - 1)).sort((a, b) => a - b)
  return times.map((at) => ({
    at,
    text: writeText(random, headlines, toneOf(mood + 0.7 * random.normal()), about, move),
    publisher: random.pick(publishers),
    reach: Math.round(3_000 * Math.exp(0.9 * random.normal())) + 1,
  }))
}

type Tone = 'good' | 'bad' | 'flat'

/** Good from 0.4 on, bad from -0.4 down, else flat. */
export function toneOf(mood: number): Tone {
  if (mood > 0.4) return 'good'
  return mood < -0.4 ? 'bad' : 'flat'
}

/** A text in a tone; one that names the move is chosen only where the move went that way. */
export function writeText(
  random: Random,
  templates: Readonly<Record<Tone, readonly string[]>>,
  tone: Tone,
  coin: Coin,
  move: number,
): string {
  const isTrue = (tone === 'good' && move > 0) || (tone === 'bad' && move < 0)
  const fitting = templates[tone].filter((template) => isTrue || !template.includes('PERCENT'))
  return fillIn(random.pick(fitting), coin, move)
}

/** Puts the coin's name and its move into a template. */
export function fillIn(template: string, { name, instrument }: Coin, move: number): string {
  const percent = `${Math.max(0.1, Math.abs(move) * 100).toFixed(1)}%`
  return template.replace('NAME', name).replace('COIN', instrument.base).replace('PERCENT', percent)
}

/** A seeded name of somebody who posts; it says that they are not real. */
export function posterName(random: Random): string {
  const first = random.pick(['moon', 'coin', 'chart', 'node', 'whale', 'block', 'swing', 'hodl', 'dip', 'macro'])
  const second = random.pick(['rider', 'watch', 'smith', 'fan', 'bear', 'bull', 'monk', 'scout'])
  return `@sim_${first}${second}${random.int(1, 99)}`
}
