import { nameOf } from '#engine/agents/evidence-words.ts'
import { isValue, knownEvidence, type MarketRead, readMarket } from '#engine/agents/market-read.ts'
import { forceOf } from '#engine/agents/pool.ts'
import type { Briefing, Point, Remark, SideArgument } from '#engine/agents/seat.ts'
import { percent, sentence, span } from '#engine/agents/wording.ts'
import type { EvidenceValue } from '#shared/domain/evidence.ts'

export type DebateSide = SideArgument['side']

export interface Speech {
  readonly argument: SideArgument
  readonly remarks: readonly Remark[]
}

const casePoints = 4
const challenges = 3
/** An answer that takes less than this share off a point is none. */
const worthSaying = 0.15
/** A finding with less force than this is not worth a point. */
const leastForce = 0.02

const goals = { bull: 'a rise', bear: 'a fall' } as const

/**
 * One side's turn in the debate over the dossier. In round 1 it makes its case with its strongest findings. After that it
 * takes up the other side's strongest points that it has not answered - parts of the case first, then answers to its own -
 * and answers each by the finding that speaks most against it or by the weakness of the finding that it stands on; what it
 * has no answer to it concedes. A point's strength is its finding's force (signal x strength x quality), an answer's is
 * what it takes off the point; an answer can be answered in turn. The side stands at what is left of its case (points
 * combined as independent chances), less what it has conceded of the other's. `earlier` holds all arguments so far, of
 * both sides.
 */
export function argue(side: DebateSide, briefing: Briefing, round: number, earlier: readonly SideArgument[]): Speech {
  const values = knownEvidence(briefing).filter(isValue)
  const points = round <= 1 ? makeCase(side, values) : makeChallenges(side, values, briefing, earlier)
  const strength = standing(side, [...earlier, { side, round, points, strength: 0 }])
  return { argument: { side, round, points, strength }, remarks: remarksOf(side, round, points, strength) }
}

function isFor(side: DebateSide, force: number): boolean {
  return side === 'bull' ? force > 0 : force < 0
}

function makeCase(side: DebateSide, values: readonly EvidenceValue[]): readonly Point[] {
  return strongest(side, values)
    .slice(0, casePoints)
    .map((evidence) => ({
      text: `${sentence(nameOf(evidence))}: ${claim(evidence)}`,
      strength: Math.abs(forceOf(evidence)),
      evidence: [evidence.id],
      answers: null,
    }))
}

/** The side's own findings, strongest first. */
function strongest(side: DebateSide, values: readonly EvidenceValue[]): readonly EvidenceValue[] {
  return values
    .filter((evidence) => isFor(side, forceOf(evidence)) && Math.abs(forceOf(evidence)) >= leastForce)
    .sort((a, b) => Math.abs(forceOf(b)) - Math.abs(forceOf(a)) || (a.id < b.id ? -1 : 1))
}

/** What was found, and what it counts for. */
function claim({ summary, figures, quality }: EvidenceValue): string {
  const signal = figures['signal'] ?? 0
  const shown = `${signal > 0 ? '+' : ''}${signal.toFixed(2)}`
  return `${summary.replace(/\.$/, '')}; signal ${shown}, strength ${(figures['strength'] ?? 0).toFixed(2)}, quality ${quality.toFixed(2)}.`
}

interface Answer {
  /** Of each kind but counter-findings, one a turn: saying the same of every point is no argument. */
  readonly kind: 'finding' | 'thin' | 'age' | 'chance' | 'interval' | 'noise' | 'crisis' | 'range'
  readonly text: string
  /** The share of the point that it takes away. */
  readonly share: number
  readonly evidence: readonly string[]
}

function pointsOf(side: DebateSide, debate: readonly SideArgument[]): readonly Point[] {
  return debate.filter((argument) => argument.side === side).flatMap(({ points }) => points)
}

const otherSide = { bull: 'bear', bear: 'bull' } as const

function makeChallenges(
  side: DebateSide,
  values: readonly EvidenceValue[],
  briefing: Briefing,
  earlier: readonly SideArgument[],
): readonly Point[] {
  const market = readMarket(briefing)
  const mine = pointsOf(side, earlier)
  const answered = new Set(mine.map(({ answers }) => answers))
  const used = new Set(mine.filter(({ answers }) => answers !== null).flatMap(({ evidence }) => evidence))
  const said = new Set<Answer['kind']>()
  const targetOf = (point: Point) => values.find(({ id }) => id === point.evidence[0])
  const open = pointsOf(otherSide[side], earlier)
    .filter((point) => !answered.has(point.text) && point.strength > 0)
    // An answer by the weakness of a finding of ours leaves nothing of theirs to weigh.
    .filter((point) => !isFor(side, forceOf(targetOf(point) ?? nothing)))
    .sort((a, b) => rank(a) - rank(b) || b.strength - a.strength || (a.text < b.text ? -1 : 1))
    .slice(0, challenges)
  return open.map((point) => {
    const target = targetOf(point)
    const own = strongest(side, values).filter(({ id }) => !used.has(id))
    const [best] = [
      ...(target === undefined ? [] : weaknesses(target, market, briefing.now)),
      ...counterAnswers(point, target, own, mine),
    ]
      .filter(({ kind }) => kind === 'finding' || !said.has(kind))
      .sort((a, b) => b.share - a.share)
    const topic = target === undefined ? 'that point' : nameOf(target)
    if (best === undefined || best.share < worthSaying) {
      const text =
        point.answers === null
          ? `On ${topic}: no answer, the point stands (${point.strength.toFixed(2)}).`
          : `On ${topic}: I accept the answer.`
      return { text, strength: 0, evidence: point.evidence, answers: point.text }
    }
    said.add(best.kind)
    for (const id of best.evidence) used.add(id)
    const text = `On ${topic}: ${best.text}`
    return { text, strength: best.share * point.strength, evidence: best.evidence, answers: point.text }
  })
}

const nothing = { figures: {}, quality: 0 }

/** Parts of a case come before answers. */
function rank({ answers }: Point): number {
  return answers === null ? 0 : 1
}

/** The strongest finding against the point: of the same task where there is one. One of our case is only named again. */
function counterAnswers(
  point: Point,
  target: EvidenceValue | undefined,
  own: readonly EvidenceValue[],
  mine: readonly Point[],
): readonly Answer[] {
  const best = own.find(({ task }) => task === target?.task) ?? own[0]
  if (best === undefined) return []
  const force = Math.abs(forceOf(best))
  const isKnown = mine.some(({ evidence }) => evidence.includes(best.id))
  const weighed = `${force.toFixed(2)} against ${point.strength.toFixed(2)}`
  return [
    {
      kind: 'finding',
      text: isKnown
        ? `my point on ${nameOf(best)} counters it, ${weighed}.`
        : `${nameOf(best)} counters it, ${weighed}: ${claim(best)}`,
      share: force / (force + point.strength),
      evidence: [best.id],
    },
  ]
}

/** Below this quality data is called thin. */
const thin = 0.6
const chartTasks: readonly string[] = ['technical_analysis', 'momentum', 'historical_patterns', 'correlation_analysis']

/** What is wrong with a finding by its own figures, its age, and the kind of market. */
function weaknesses(target: EvidenceValue, market: MarketRead, now: number): readonly Answer[] {
  const { figures, quality, task, asOf } = target
  const evidence = [target.id]
  const found: Answer[] = []
  if (quality < thin) {
    found.push({
      kind: 'thin',
      text: `the data is thin (quality ${quality.toFixed(2)}).`,
      share: 1 - quality,
      evidence,
    })
  }
  const ageMs = now - asOf
  if (market.horizonMs > 0 && ageMs > market.barMs) {
    const text = `the data is ${span(ageMs)} old, and the horizon is ${span(market.horizonMs)}.`
    found.push({ kind: 'age', text, share: ageMs / (ageMs + market.horizonMs), evidence })
  }
  const deviations = figures['deviations']
  if (deviations !== undefined) {
    const chance = 1 - (figures['strength'] ?? 0)
    const text = `${Math.abs(deviations).toFixed(1)} deviations occur by chance ${percent(chance, 0)} of the time.`
    found.push({ kind: 'chance', text, share: chance, evidence })
  }
  const { intervalLow: low, intervalHigh: high } = figures
  if (low !== undefined && high !== undefined && low < 0 && high > 0) {
    const text = `its range is ${percent(low)} to ${percent(high)}: ${figures['matches'] ?? 'so few'} cases fit both a gain and a loss.`
    found.push({ kind: 'interval', text, share: (2 * Math.min(-low, high)) / (high - low), evidence })
  }
  const noise = (figures['duplicates'] ?? 0) + (figures['spam'] ?? 0)
  const texts = figures['texts'] ?? 0
  if (noise > 0 && texts > 0) {
    const text = `${noise} of its ${texts} texts are repeats or spam.`
    found.push({ kind: 'noise', text, share: noise / texts, evidence })
  }
  const probabilities = market.regime?.probabilities
  if (probabilities !== undefined && chartTasks.includes(task)) {
    // A regime makes charts less telling, not worthless.
    const { crisis, range } = probabilities
    const wild = `a crisis is ${percent(crisis, 0)} likely, and chart signals learned in calm markets fail there.`
    found.push({ kind: 'crisis', text: wild, share: crisis / 2, evidence })
    const still = `a ranging market is ${percent(range, 0)} likely, and moves reverse there.`
    if (task === 'momentum') found.push({ kind: 'range', text: still, share: range / 2, evidence })
  }
  return found
}

/** At least one of several independent chances. */
function together(strengths: readonly number[]): number {
  return 1 - strengths.reduce((none, strength) => none * (1 - Math.max(0, Math.min(1, strength))), 1)
}

interface Said {
  readonly side: DebateSide
  readonly point: Point
}

/** What is left of a point after the best answer to it, which may have been answered itself later on. */
function leftOf(index: number, said: readonly Said[]): number {
  const { side, point } = said[index] as Said
  const taken = said.map((other, later) => {
    const isAnswer = later > index && other.side !== side && other.point.answers === point.text
    return isAnswer ? leftOf(later, said) : 0
  })
  return Math.max(0, point.strength - Math.max(...taken))
}

function standing(side: DebateSide, debate: readonly SideArgument[]): number {
  const said = debate.flatMap((argument) => argument.points.map((point): Said => ({ side: argument.side, point })))
  const conceded = new Set(
    pointsOf(side, debate)
      .filter(({ strength }) => strength === 0)
      .map(({ answers }) => answers),
  )
  const left: number[] = []
  const given: number[] = []
  for (const [index, { side: by, point }] of said.entries()) {
    if (point.answers !== null) continue
    if (by === side) left.push(leftOf(index, said))
    else if (conceded.has(point.text)) given.push(point.strength)
  }
  return together(left) * (1 - together(given))
}

function remarksOf(side: DebateSide, round: number, points: readonly Point[], strength: number): readonly Remark[] {
  if (round <= 1) {
    const text =
      points.length === 0
        ? `No case for ${goals[side]}: no evidence supports it.`
        : `The case for ${goals[side]} (${strength.toFixed(2)}). ${points.map((point) => point.text).join(' ')}`
    const evidence = points.flatMap((point) => point.evidence)
    return [{ kind: 'analysis', text, confidence: strength, evidence }]
  }
  if (points.length === 0) {
    const text = `Nothing to add: every point of the other side is answered. My case is at ${strength.toFixed(2)}.`
    return [{ kind: 'thought', text, confidence: strength, evidence: [] }]
  }
  return points.map(({ text, evidence }) => ({ kind: 'challenge', text, confidence: strength, evidence }))
}
