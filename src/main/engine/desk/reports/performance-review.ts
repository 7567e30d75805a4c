import type { TradeRecord } from '#engine/agents/trade-record.ts'
import type { ViewRecord } from '#engine/agents/view-record.ts'
import { count, listWords, percent, sentence, signedFigure, span } from '#engine/agents/wording.ts'
import type { PastOutcome } from '#engine/ports/desk-history.ts'
import { type Seat, seatTitles } from '#shared/domain/agent.ts'
import type { AutomationBias } from '#shared/domain/review.ts'
import type { ScoredVote } from '#shared/domain/scored-vote.ts'

/** What the desk did on one instrument in the period. */
export interface InstrumentRecord {
  readonly instrument: string
  readonly outcomes: readonly PastOutcome[]
  /** How their trades came out after the horizon; null where too few can be judged. */
  readonly record: TradeRecord | null
  readonly views: ViewRecord
}

/** What a performance review looks at: all instruments that the desk decided on in the period, the most decisions first. */
export interface PerformanceFacts {
  readonly days: number
  readonly instruments: readonly InstrumentRecord[]
  /** The votes of the period whose outcome is known. */
  readonly votes: readonly ScoredVote[]
  readonly horizonMs: number
  readonly bias: AutomationBias | null
}

/** What a performance review finds, and what it concludes. */
export interface PerformanceReview {
  /** The period, one to an instrument, one to an agent (the best first), the trader. */
  readonly findings: readonly string[]
  readonly conclusion: string
}

/** How an agent's ballots of the period turned out. */
interface AgentRecord {
  readonly voter: string
  readonly ballots: number
  readonly right: number
  readonly stated: number
  /** Mean Brier score: 0 is right and sure, a quarter is to know nothing. */
  readonly brier: number
}

/** Stated confidence further from what came true than this is not to be relied on. */
const offBy = 0.1
/** Fewer ballots say nothing of an agent. */
const leastBallots = 5

/** Reads the record of the desk's decisions in a period: from what is there, and saying what is too little to judge. */
export function performanceReview(facts: PerformanceFacts): PerformanceReview {
  const { days, instruments, horizonMs, bias, votes } = facts
  const decided = instruments.reduce((sum, { outcomes }) => sum + outcomes.length, 0)
  const traded = instruments.reduce((sum, { outcomes }) => sum + tradesOf(outcomes).length, 0)
  const agents = agentRecords(votes)
  const findings = [
    `In the last ${count(days, 'day')}: ${count(decided, 'decision')} on ${count(instruments.length, 'instrument')}, of which ${carriedOut(traded)}.`,
    ...instruments.map((one) => instrumentFinding(one, horizonMs)),
    ...(agents.length === 0
      ? ['The agents: no vote of the period has passed its horizon, so nobody can be judged by it.']
      : agents.map(agentFinding)),
    bias === null
      ? 'The trader: no notice of automation bias in this session.'
      : `The trader: ${bias.approvals} of ${bias.decisions} reviews approved, half of them within ${span(bias.medianDwellMs)}: approving may have become a habit.`,
  ]
  return { findings, conclusion: conclusionOf(facts, agents) }
}

function tradesOf(outcomes: readonly PastOutcome[]): readonly PastOutcome[] {
  return outcomes.filter(({ action, averagePrice }) => action !== 'hold' && averagePrice !== null)
}

const carriedOut = (trades: number) => `${count(trades, 'trade')} ${trades === 1 ? 'was' : 'were'} carried out`

function instrumentFinding({ instrument, outcomes, record, views }: InstrumentRecord, horizonMs: number): string {
  const trades = tradesOf(outcomes)
  const slips = trades.flatMap(({ slippageBps }) => (slippageBps === null ? [] : [slippageBps]))
  const slipped = slips.length === 0 ? null : slips.reduce((sum, one) => sum + one, 0) / slips.length
  return [
    `Decisions on ${instrument}: ${outcomes.length}, of which ${carriedOut(trades.length)}.`,
    slipped === null
      ? 'Nothing was filled, so nothing can be said of the execution.'
      : `Execution: ${signedFigure(slipped, 2)} basis points against the price at the decision, on average of ${slips.length}.`,
    record === null
      ? 'Calibration: fewer than five trades can be judged by the price.'
      : `Calibration: ${record.hits} of ${record.count} trades were right ${span(horizonMs)} later, where ${percent(record.stated, 0)} were stated.`,
    views.meanStated === null
      ? "The analyst's views: none with a direction has passed its horizon."
      : `The analyst's views: ${views.right} of ${views.judged} were right, ${percent(views.meanStated, 0)} stated.`,
  ].join(' ')
}

/** Every agent with a ballot that is scored, the best first. */
function agentRecords(votes: readonly ScoredVote[]): AgentRecord[] {
  const all = votes.flatMap(({ ballots, right }) =>
    ballots.map((ballot) => ({ ...ballot, isRight: ballot.isFor === right })),
  )
  const voters = [...new Set(all.map(({ voter }) => voter))]
  const records = voters.map((voter): AgentRecord => {
    const own = all.filter((ballot) => ballot.voter === voter)
    const mean = (value: (ballot: (typeof own)[number]) => number) =>
      own.reduce((sum, ballot) => sum + value(ballot), 0) / own.length
    return {
      voter,
      ballots: own.length,
      right: own.filter(({ isRight }) => isRight).length,
      stated: mean(({ confidence }) => confidence),
      brier: mean(({ loss }) => loss),
    }
  })
  return records.sort((a, b) => a.brier - b.brier || (a.voter < b.voter ? -1 : 1))
}

function agentFinding({ voter, ballots, right, stated, brier }: AgentRecord): string {
  return `${titleOf(voter)}: ${right} of ${count(ballots, 'ballot')} ${right === 1 ? 'was' : 'were'} right, ${percent(stated, 0)} stated (Brier score ${brier.toFixed(2)}).`
}

const titleOf = (voter: string) => seatTitles[voter as Seat] ?? sentence(voter)

function conclusionOf({ instruments, bias }: PerformanceFacts, agents: readonly AgentRecord[]): string {
  const judged = instruments.filter(({ record }) => record !== null)
  const unjudged = instruments.filter(({ record }) => record === null).map(({ instrument }) => instrument)
  const said = judged.map(({ instrument, record }) => calibrationSentence(instrument, record))
  if (unjudged.length > 0)
    said.push(`There is too little to judge the desk on ${listWords(unjudged)} by: its confidence is not proven.`)
  for (const { instrument, views } of instruments)
    if (views.judged > 0 && views.right / views.judged < 0.5)
      said.push(`The market view on ${instrument} was wrong more often than right: give it less weight.`)
  const known = agents.filter(({ ballots }) => ballots >= leastBallots)
  const [best] = known
  const worst = known.at(-1)
  if (best !== undefined && worst !== undefined && best !== worst)
    said.push(`The ${titleOf(best.voter).toLowerCase()} judged best, the ${titleOf(worst.voter).toLowerCase()} worst.`)
  // A quarter is what somebody scores who knows nothing.
  const misled = known.filter(({ brier }) => brier > 0.25).map(({ voter }) => `the ${titleOf(voter).toLowerCase()}`)
  if (misled.length > 0) said.push(`Less weight would be right for ${listWords(misled)}: worse than knowing nothing.`)
  if (bias !== null) said.push('Look at the evidence before the vote: approving may have become a habit.')
  return said.join(' ')
}

function calibrationSentence(instrument: string, record: TradeRecord | null): string {
  const off = record === null ? 0 : record.stated - record.hits / record.count
  if (off > offBy)
    return `The desk is too sure on ${instrument}, by ${percent(off, 0)}: size it down, or look at each trade.`
  if (off < -offBy) return `The desk is right more often on ${instrument} than it says, by ${percent(-off, 0)}.`
  return `What the desk states on ${instrument} can be relied on, within ${percent(offBy, 0)}.`
}
