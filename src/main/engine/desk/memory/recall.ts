import { count, moment, signedPercent, span } from '#engine/agents/wording.ts'
import type { Episode, Recalled, Recollection } from '#shared/domain/memory.ts'
import { alikeWithin, regimeWords, type Situation, situationDistance } from '#shared/domain/situation.ts'
import { sign } from '#shared/lib/decimal.ts'

/** So many earlier decisions are compared, and so many of those that are alike are brought up. */
export const episodesCompared = 500
const mostRecalled = 3

/** How the price of an instrument moved from a moment on, over a horizon or as much of it as has passed. */
export type MoveOf = (instrument: string, from: number, horizonMs: number) => Recalled['move']

const dayMs = 86_400_000

/**
 * Of earlier decisions those that were made in a situation like this one, nearest first, the newest of those that are as
 * near: at most three, none further than alikeWithin, and of one instrument only one a UTC day, since what came of the
 * others is the same. Episodes without a situation or a decision are not compared.
 */
export function recall(situation: Situation, episodes: readonly Episode[], moveOf: MoveOf): Recollection {
  const compared = episodes.flatMap((episode) => {
    const distance = episode.situation === null ? null : situationDistance(situation, episode.situation)
    return distance === null || episode.decision === null ? [] : [{ episode, distance, decision: episode.decision }]
  })
  const ranked = compared.toSorted((a, b) => a.distance - b.distance || b.decision.at - a.decision.at)
  const alike = ranked.filter(({ distance }) => distance <= alikeWithin)
  const days = Map.groupBy(alike, ({ episode, decision }) => `${episode.instrument} ${Math.floor(decision.at / dayMs)}`)
  const nearestOfDays = [...days.values()].flatMap(([nearest]) => nearest ?? [])
  return {
    recalled: nearestOfDays.slice(0, mostRecalled).map(({ episode, distance, decision }): Recalled => {
      const { runId, instrument, startedAt, situation, horizonMs, outcome } = episode
      return {
        runId,
        instrument,
        startedAt,
        regime: situation?.regime ?? null,
        distance,
        action: decision.action,
        status: decision.status,
        filled: outcome !== null && sign(outcome.filledQuantity) > 0,
        lessons: outcome?.lessons ?? [],
        move: horizonMs === null ? null : moveOf(instrument, decision.at, horizonMs),
      }
    }),
    compared: ranked.length,
    nearest: ranked[0]?.distance ?? null,
  }
}

/** What memory says of a situation, for the conversation. */
export function recollectionSentence({ recalled, compared, nearest }: Recollection): string {
  const limit = `alike is up to ${alikeWithin}`
  if (recalled.length === 0) {
    const near = nearest === null ? '' : ` The nearest is ${nearest.toFixed(2)} away; ${limit}.`
    const none =
      compared === 1 ? 'The one earlier decision was not' : `None of ${count(compared, 'earlier decision')} was`
    return `${none} made in a situation like this.${near}`
  }
  const head = `Of ${count(compared, 'earlier decision')} ${recalled.length === 1 ? 'this was' : 'these were'} made in a situation like this (${limit}).`
  return [head, ...recalled.map(recalledSentence)].join(' ')
}

const didWords = { buy: 'bought', sell: 'sold', hold: 'held' } as const
const wishWords = {
  buy: 'wanted to buy, and nothing was bought',
  sell: 'wanted to sell, and nothing was sold',
  hold: 'held',
} as const

/** One past decision in a sentence or two: when, how near, what was done, and how the price went on. */
export function recalledSentence({ instrument, startedAt, regime, distance, action, filled, move }: Recalled): string {
  const where = regime === null ? '' : `, in ${regimeWords[regime]}`
  const did = filled ? didWords[action] : wishWords[action]
  const then =
    move === null
      ? 'how the price went on is unavailable'
      : `${span(move.afterMs)} later the price stood ${signedPercent(move.share, 2)}`
  return `${instrument} on ${moment(startedAt)} (${distance.toFixed(2)} away${where}): the desk ${did}; ${then}.`
}
