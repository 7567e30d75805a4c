import { isValue, knownEvidence, type MarketRead, readMarket, topicOf } from '#engine/agents/market-read.ts'
import { forceOf } from '#engine/agents/pool.ts'
import type { Argument, Briefing, Point, Remark } from '#engine/agents/seat.ts'
import { percent, sentence, span } from '#engine/agents/wording.ts'
import type { EvidenceValue } from '#shared/domain/evidence.ts'

export type Side = Argument['side']

export interface Speech {
  readonly argument: Argument
  readonly remarks: readonly Remark[]
}

const casePoints = 4
const challenges = 3
/** An answer that takes less than this share off a point is none. */
const worthSaying = 0.15
/** A finding with less force than this is not worth a point. */
const leastForce = 0.005

const goals = { bull: 'a rise', bear: 'a fall' } as const

/**
 * One side's turn in the debate over the dossier. In round 1 it makes its case with its strongest findings; after that it
 * answers the other side's strongest points that it has not answered, by the finding that speaks most against each or by
 * the point's own weakness, and concedes a point it has no answer to. A point's strength is its finding's force (signal x
 * strength x quality), an answer's is what it takes off the point. The side stands at what is left of its case (points
 * combined as independent chances), less what it has conceded. `earlier` holds all arguments so far, of both sides.
 */
export function argue(side: Side, briefing: Briefing, round: number, earlier: readonly Argument[]): Speech {
  const values = knownEvidence(briefing).filter(isValue)
  const points =
    round <= 1 ? makeCase(side, values) : makeChallenges(side, values, readMarket(briefing), briefing, earlier)
  const strength = standing(side, [...earlier, { side, round, points, strength: 0 }])
  return { argument: { side, round, points, strength }, remarks: remarksOf(side, round, points, strength) }
}

function isFor(side: Side, force: number): boolean {
  return side === 'bull' ? force > 0 : force < 0
}

function makeCase(side: Side, values: readonly EvidenceValue[]): readonly Point[] {
  return strongest(side, values)
    .slice(0, casePoints)
    .map((evidence) => ({
      text: `${sentence(topicOf(evidence))} speaks for ${goals[side]} (${reckoning(evidence)}): ${evidence.summary}`,
      strength: Math.abs(forceOf(evidence)),
      evidence: [evidence.id],
      answers: null,
    }))
}

/** The side's own findings, strongest first. */
function strongest(side: Side, values: readonly EvidenceValue[]): readonly EvidenceValue[] {
  return values
    .filter((evidence) => isFor(side, forceOf(evidence)) && Math.abs(forceOf(evidence)) >= leastForce)
    .sort((a, b) => Math.abs(forceOf(b)) - Math.abs(forceOf(a)) || (a.id < b.id ? -1 : 1))
}

function reckoning({ figures, quality }: EvidenceValue): string {
  const signal = figures['signal'] ?? 0
  const shown = `${signal > 0 ? '+' : ''}${signal.toFixed(2)}`
  return `signal ${shown}, strength ${(figures['strength'] ?? 0).toFixed(2)}, quality ${quality.toFixed(2)}`
}

interface Answer {
  readonly text: string
  /** The share of the point that it takes away. */
  readonly share: number
  readonly evidence: readonly string[]
}

function makeChallenges(
  side: Side,
  values: readonly EvidenceValue[],
  market: MarketRead,
  { now }: Briefing,
  earlier: readonly Argument[],
): readonly Point[] {
  const mine = earlier.filter((argument) => argument.side === side).flatMap(({ points }) => points)
  const answered = new Set(mine.map(({ answers }) => answers))
  const used = new Set(mine.filter(({ answers }) => answers !== null).flatMap(({ evidence }) => evidence))
  const open = earlier
    .filter((argument) => argument.side !== side)
    .flatMap(({ points }) => points)
    .filter((point) => !answered.has(point.text) && point.strength > 0)
    .sort((a, b) => b.strength - a.strength || (a.text < b.text ? -1 : 1))
    .slice(0, challenges)
  return open.map((point) => {
    const target = values.find(({ id }) => id === point.evidence[0])
    const counter = strongest(side, values).filter(({ id }) => !used.has(id))
    const answers = [
      ...(target === undefined ? [] : weaknesses(target, market, now)),
      ...counterAnswers(point, target, counter),
    ].sort((a, b) => b.share - a.share)
    const [best] = answers
    const topic = target === undefined ? 'that point' : topicOf(target)
    if (best === undefined || best.share < worthSaying) {
      const text = `On ${topic} I have no answer: the point stands at ${point.strength.toFixed(2)}.`
      return { text, strength: 0, evidence: point.evidence, answers: point.text }
    }
    for (const id of best.evidence) used.add(id)
    const strength = best.share * point.strength
    return { text: `On ${topic}: ${best.text}`, strength, evidence: best.evidence, answers: point.text }
  })
}

/** The strongest finding against the point: of the same task where there is one. */
function counterAnswers(
  point: Point,
  target: EvidenceValue | undefined,
  counter: readonly EvidenceValue[],
): readonly Answer[] {
  const best = counter.find(({ task }) => task === target?.task) ?? counter[0]
  if (best === undefined) return []
  const force = Math.abs(forceOf(best))
  const other = best.task === target?.task ? `its other half, ${best.source.replaceAll('_', ' ')},` : topicOf(best)
  return [
    {
      text: `${other} says the opposite (${reckoning(best)}): ${best.summary}`,
      share: force / (force + point.strength),
      evidence: [best.id],
    },
  ]
}

const chartTasks: readonly string[] = ['technical_analysis', 'momentum', 'historical_patterns', 'correlation_analysis']

/** What is wrong with a finding by its own figures, its age, and the kind of market. */
function weaknesses(target: EvidenceValue, market: MarketRead, now: number): readonly Answer[] {
  const { figures, quality, task, asOf } = target
  const evidence = [target.id]
  const found: Answer[] = [
    { text: `it rests on thin data, quality ${quality.toFixed(2)} of 1.`, share: 1 - quality, evidence },
  ]
  const ageMs = now - asOf
  if (market.horizonMs > 0 && ageMs > market.barMs) {
    const text = `it speaks of ${span(ageMs)} ago, and we look ${span(market.horizonMs)} ahead.`
    found.push({ text, share: ageMs / (ageMs + market.horizonMs), evidence })
  }
  const deviations = figures['deviations']
  if (deviations !== undefined) {
    const chance = 1 - (figures['strength'] ?? 0)
    const text = `${Math.abs(deviations).toFixed(1)} deviations come up by chance ${percent(chance, 0)} of the time.`
    found.push({ text, share: chance, evidence })
  }
  const { intervalLow: low, intervalHigh: high } = figures
  if (low !== undefined && high !== undefined && low < 0 && high > 0) {
    const text = `its range runs from ${percent(low)} to ${percent(high)}: a gain and a loss both fit ${figures['matches'] ?? 'so few'} cases.`
    found.push({ text, share: (2 * Math.min(-low, high)) / (high - low), evidence })
  }
  const noise = (figures['duplicates'] ?? 0) + (figures['spam'] ?? 0)
  const texts = figures['texts'] ?? 0
  if (noise > 0 && texts > 0) {
    const text = `${noise} of its ${texts} texts are repeats or spam.`
    found.push({ text, share: noise / texts, evidence })
  }
  const probabilities = market.regime?.probabilities
  if (probabilities !== undefined && chartTasks.includes(task)) {
    const { crisis, range } = probabilities
    const wild = `the market is in crisis with ${percent(crisis, 0)} probability, and charts learned in calm fail there.`
    found.push({ text: wild, share: crisis, evidence })
    const still = `the market ranges with ${percent(range, 0)} probability, and moves there come back.`
    if (task === 'momentum') found.push({ text: still, share: range, evidence })
  }
  return found
}

/** At least one of several independent chances. */
function together(strengths: readonly number[]): number {
  return 1 - strengths.reduce((none, strength) => none * (1 - Math.max(0, Math.min(1, strength))), 1)
}

function standing(side: Side, debate: readonly Argument[]): number {
  const mine = debate.filter((argument) => argument.side === side).flatMap(({ points }) => points)
  const theirs = debate.filter((argument) => argument.side !== side).flatMap(({ points }) => points)
  const left = mine
    .filter(({ answers }) => answers === null)
    .map(({ text, strength }) => {
      const taken = theirs.filter(({ answers }) => answers === text).map((answer) => answer.strength)
      return strength - Math.max(0, ...taken)
    })
  const conceded = mine
    .filter(({ answers, strength }) => answers !== null && strength === 0)
    .map(({ answers }) => theirs.find(({ text }) => text === answers)?.strength ?? 0)
  return together(left) * (1 - together(conceded))
}

function remarksOf(side: Side, round: number, points: readonly Point[], strength: number): readonly Remark[] {
  if (round <= 1) {
    const text =
      points.length === 0
        ? `I have no case: nothing gathered speaks for ${goals[side]}.`
        : `The case for ${goals[side]}, ${strength.toFixed(2)} of 1. ${points.map((point) => point.text).join(' ')}`
    const evidence = points.flatMap((point) => point.evidence)
    return [{ kind: 'analysis', text, confidence: strength, evidence }]
  }
  if (points.length === 0) {
    const text = `I leave it there: no point of the other side is unanswered. My case stands at ${strength.toFixed(2)} of 1.`
    return [{ kind: 'thought', text, confidence: strength, evidence: [] }]
  }
  return points.map(({ text, evidence }) => ({ kind: 'challenge', text, confidence: strength, evidence }))
}
