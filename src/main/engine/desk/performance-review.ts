import type { ProposalBriefing } from '#engine/agents/seat.ts'
import type { TradeRecord } from '#engine/agents/seats/assess-record.ts'
import type { ViewRecord } from '#engine/agents/view-record.ts'
import { count, percent, signedFigure, span } from '#engine/agents/wording.ts'
import type { AutomationBias } from './automation-bias.ts'

/** What a performance review looks at. */
export interface PerformanceFacts {
  readonly instrument: string
  /** Of earlier decisions, newest first. */
  readonly outcomes: ProposalBriefing['outcomes']
  /** How their trades came out after the horizon; null where too few can be judged. */
  readonly record: TradeRecord | null
  readonly horizonMs: number
  readonly views: ViewRecord
  readonly bias: AutomationBias | null
}

/** What a performance review finds, and what it concludes. */
export interface PerformanceReview {
  /** One to a subject: what was decided, how it was carried out, calibration, the analyst's views, the trader. */
  readonly findings: readonly string[]
  readonly conclusion: string
}

/** Stated confidence further from what came true than this is not to be relied on. */
const offBy = 0.1

/** Reads the record of decisions on an instrument: from what is there, and saying what is too little to judge. */
export function performanceReview(facts: PerformanceFacts): PerformanceReview {
  const { instrument, outcomes, record, horizonMs, views, bias } = facts
  const trades = outcomes.filter(({ action, averagePrice }) => action !== 'hold' && averagePrice !== null)
  const slips = trades.flatMap(({ slippageBps }) => (slippageBps === null ? [] : [slippageBps]))
  const slipped = slips.length === 0 ? null : slips.reduce((sum, one) => sum + one, 0) / slips.length
  const findings = [
    `Decisions on ${instrument}: ${outcomes.length}, of which ${count(trades.length, 'trade')} ${trades.length === 1 ? 'was' : 'were'} carried out.`,
    slipped === null
      ? 'Nothing was filled, so nothing can be said of the execution.'
      : `Execution: ${signedFigure(slipped, 2)} basis points against the price at the decision, on average of ${slips.length}.`,
    record === null
      ? 'Calibration: fewer than five trades can be judged by the price.'
      : `Calibration: ${record.hits} of ${record.count} trades were right ${span(horizonMs)} later, where ${percent(record.stated, 0)} were stated.`,
    views.meanStated === null
      ? "The analyst's views: none with a direction has passed its horizon."
      : `The analyst's views: ${views.right} of ${views.judged} were right, ${percent(views.meanStated, 0)} stated.`,
    bias === null
      ? 'The trader: no notice of automation bias in this session.'
      : `The trader: ${bias.approvals} of ${bias.decisions} reviews approved, half of them within ${span(bias.medianDwellMs)}: approving may have become a habit.`,
  ]
  return { findings, conclusion: conclusionOf(facts) }
}

function conclusionOf({ record, views, bias, instrument }: PerformanceFacts): string {
  const said: string[] = []
  if (record === null)
    said.push(`There is too little to judge the desk on ${instrument} by: its confidence is not proven.`)
  else {
    const off = record.stated - record.hits / record.count
    if (off > offBy)
      said.push(`The desk is too sure on ${instrument}, by ${percent(off, 0)}: size it down, or look at each trade.`)
    else if (off < -offBy)
      said.push(`The desk is right more often on ${instrument} than it says, by ${percent(-off, 0)}.`)
    else said.push(`What the desk states on ${instrument} can be relied on, within ${percent(offBy, 0)}.`)
  }
  if (views.judged > 0 && views.right / views.judged < 0.5)
    said.push('The market view was wrong more often than right: give it less weight.')
  if (bias !== null) said.push('Look at the evidence before the vote: approving may have become a habit.')
  return said.join(' ')
}
