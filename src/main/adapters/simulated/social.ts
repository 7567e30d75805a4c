import type { Text } from '#engine/ports/research-sources.ts'
import { barOpenTime, timeframeMs } from '#shared/domain/bar.ts'
import type { Coin } from './coins.ts'
import { worldRandom } from './intraday.ts'
import { coinMomentum, moodOf } from './mood.ts'
import { fillIn, posterName, toneOf, writeText } from './news.ts'
import type { SimulatedDays } from './world.ts'

const dayMs = timeframeMs['1d']

const posts = {
  good: [
    '$COIN looking strong today, love this chart',
    'Loaded more NAME, this is going higher 🚀',
    'PERCENT up on COIN and still holding, great week',
    'NAME breakout confirmed, bulls in control 💪',
    'So happy I did not sell my COIN',
    'Best community, best tech. NAME wins again',
  ],
  bad: [
    '$COIN looks terrible, I am out',
    'NAME keeps bleeding, this is awful 😡',
    'PERCENT down on COIN, worst trade of my year',
    'NAME breakdown, bears in control, be careful',
    'Panic everywhere, lost so much on COIN 😭',
    'Never buying NAME again, what a disaster',
  ],
  flat: [
    'Anyone else watching $COIN here?',
    'NAME is just chopping around, nothing to do',
    'What is your average entry on COIN?',
    'Reading the NAME docs this weekend',
    'Volume on COIN is so quiet today',
  ],
}

const spam = [
  'FREE AIRDROP!!! Connect your wallet now to claim COIN 🎁🎁🎁',
  'Join my VIP signals group, 100x guaranteed, link in bio',
  'I made $9,000 in one day with this bot, DM me to learn how',
  'GIVEAWAY: send 1 COIN get 2 COIN back, only today!!!',
]

const duplicateShare = 0.12
const spamShare = 0.1

/**
 * A day of posts about a coin up to a moment, oldest first: their tone follows the coin's mood with much noise, about one
 * in eight repeats another word for word, one in ten is spam.
 */
export function writePosts(world: SimulatedDays, coin: number, nowMs: number): readonly Text[] {
  const midnight = barOpenTime(nowMs, '1d')
  const days = [midnight - dayMs, midnight].filter((day) => day >= world.start)
  return days.flatMap((day) => postsOfDay(world, coin, day)).filter(({ at }) => at <= nowMs && at > nowMs - dayMs)
}

function postsOfDay(world: SimulatedDays, coin: number, midnight: number): readonly Text[] {
  const about = world.coins[coin] as Coin
  const random = worldRandom(world, `social/${about.instrument.id}/${midnight}`)
  const mood = moodOf(world, coin, midnight)
  const move = coinMomentum(world, coin, midnight, 3) * about.volatility * Math.sqrt(3)
  const count = Math.round(24 * (1 + 0.4 * Math.min(4, Math.abs(mood))))
  const times = Array.from({ length: count }, () => midnight + random.int(0, dayMs - 1)).sort((a, b) => a - b)
  const written: Text[] = []
  for (const at of times) {
    const kind = random.float()
    const tone = toneOf(mood + 1.2 * random.normal())
    const fresh =
      kind < spamShare ? fillIn(random.pick(spam), about, move) : writeText(random, posts, tone, about, move)
    const copied = kind > 1 - duplicateShare && written.length > 0 ? random.pick(written).text : undefined
    written.push({
      at,
      text: copied ?? fresh,
      publisher: posterName(random),
      reach: Math.round(40 * Math.exp(1.4 * random.normal())) + 1,
    })
  }
  return written
}
