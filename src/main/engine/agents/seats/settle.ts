import type { ProposalBriefing } from '#engine/agents/seat.ts'
import { exitPrice, isEntry, lossBetween, positionOf } from '#engine/agents/sizes.ts'
import { figure, listWords, sentence, span } from '#engine/agents/wording.ts'
import { MEDIATOR, type Negotiation, negotiate } from '#engine/consensus/negotiation.ts'
import type { Deal } from '#engine/consensus/negotiation-deals.ts'
import { seatTitles } from '#shared/domain/agent.ts'
import type { Conflict, RaisedConflict } from '#shared/domain/conflict.ts'
import { tradable } from '#shared/domain/instrument.ts'
import type { Proposal } from '#shared/domain/proposal.ts'
import { compare, decimal, multiply, sign, subtract, toNumber } from '#shared/lib/decimal.ts'
import { type Stake, type Stakeholder, stakesIn, termIssues, termOf } from './stakes.ts'

/** What was said on the way to terms: who, in which round, and the words. */
export interface SettlingWords {
  readonly by: Stakeholder | 'planner'
  readonly kind: 'proposal' | 'thought'
  readonly text: string
}

/** What the parties came to: the conflicts that were found, all that was said, and the proposal with the terms agreed on. */
export interface Settlement {
  readonly conflicts: readonly Conflict[]
  readonly said: readonly SettlingWords[]
  /** Null where nothing is changed. */
  readonly revised: Proposal | null
}

/**
 * Settles the terms of an entry before it is voted on, between the strategist and every seat that is at odds with them: the
 * risk manager where more than half of a limit would be used up, the portfolio optimizer and the executor where less than half
 * of what is best for them would come of it (see stakesIn). They negotiate size, stop and horizon by monotonic concession
 * under Zeuthen's rule; where they stall, the planner mediates (see negotiate). Without common ground the conflict stays
 * open. A conflict that was raised is negotiated however content they are: the strategist speaks for more, those named for
 * themselves, and the risk manager where none of them has a stake; over direction and goal there is nothing to bargain. Who
 * would sign no terms at all is left to vote.
 */
export function settleTerms(briefing: ProposalBriefing, raised?: RaisedConflict): Settlement {
  const [strategist, ...others] = stakesIn(briefing)
  if (raised !== undefined) return settleRaised(briefing, raised, strategist, others)
  const atOdds = others.filter(({ objection }) => objection !== null)
  if (strategist === undefined || atOdds.length === 0) {
    return { conflicts: foundConflicts(briefing), said: [], revised: null }
  }
  const settled = settleBetween(briefing, [strategist, ...atOdds])
  const size: Conflict = {
    kind: 'size',
    between: ['strategist', ...atOdds.map(({ seat }) => seat)],
    description: atOdds.map(({ objection }) => objection).join(' '),
    settled: settled.how,
  }
  const { said, revised } = settled
  return {
    conflicts: [size, ...foundConflicts({ ...briefing, proposal: revised ?? briefing.proposal })],
    said,
    revised,
  }
}

function settleRaised(
  briefing: ProposalBriefing,
  raised: RaisedConflict,
  strategist: Stake | undefined,
  others: readonly Stake[],
): Settlement {
  const named = others.filter(({ seat, signs }) => signs && raised.between.includes(seat))
  const facing = named.length > 0 ? named : others.filter(({ seat }) => seat === 'risk')
  const isBargain = raised.kind !== 'direction' && raised.kind !== 'goal'
  if (strategist === undefined || facing.length === 0 || !isBargain) {
    return { conflicts: [{ ...raised, settled: 'open' }], said: [], revised: null }
  }
  const { how, said, revised } = settleBetween(briefing, [strategist, ...facing])
  return { conflicts: [{ ...raised, settled: how }], said, revised }
}

function settleBetween(briefing: ProposalBriefing, stakes: readonly Stake[]) {
  const result = negotiate(
    termIssues,
    stakes.map(({ party }) => party),
  )
  const how: Conflict['settled'] = result.status === 'agreed' ? result.by : 'open'
  const revised = result.status === 'agreed' ? withTerms(briefing, result.deal) : null
  return { how, revised, said: wordsOf(result, briefing, stakes) }
}

/** What is at odds besides the size, each for the vote or the trader to say. */
function foundConflicts(briefing: ProposalBriefing): Conflict[] {
  const { proposal, insight, account, plan, instrument } = briefing
  const { action, horizonMs, quantity, entry } = proposal
  const found: Conflict[] = []
  const direction = directionConflict(briefing)
  if (direction !== null) found.push(direction)
  const open = (kind: Conflict['kind'], between: Conflict['between'], description: string) =>
    found.push({ kind, between, description, settled: 'open' })
  if (action !== 'hold' && insight !== null && Math.abs(Math.log2(horizonMs / insight.horizonMs)) > 1) {
    const told = `The proposal is for ${span(horizonMs)}, the analyst's view for ${span(insight.horizonMs)}.`
    open('timing', ['strategist', 'analyst'], told)
  }
  const enters = isEntry(proposal, positionOf(briefing))
  if (enters && compare(multiply(quantity, entry), account.cash) > 0)
    open(
      'resource',
      ['strategist', 'executor'],
      `It needs more than the ${account.cash} ${instrument.quote} available.`,
    )
  if (enters && (plan?.purpose === 'exit' || plan?.purpose === 'mitigate'))
    open('goal', ['strategist', 'planner'], `The plan is to hold less, but the proposal is to ${action}.`)
  return found
}

/** The analyst's view and the proposal point to different sides: nothing to bargain over, the vote has to say. */
function directionConflict({ proposal, insight }: ProposalBriefing): Conflict | null {
  const against = proposal.action === 'buy' ? 'down' : proposal.action === 'sell' ? 'up' : null
  if (insight === null || insight.direction !== against) return null
  const description = `The strategist proposes to ${proposal.action}, but the analyst's view is ${insight.direction} (${insight.confidence.toFixed(2)}).`
  return { kind: 'direction', between: ['strategist', 'analyst'], description, settled: 'open' }
}

/** The proposal with the terms; as it was where they come to no order that the venue would take. */
function withTerms({ proposal, instrument, now }: ProposalBriefing, terms: Deal): Proposal | null {
  const { action, entry, stop, quantity, horizonMs } = proposal
  if (stop === null) return null
  const size = tradable(multiply(quantity, decimal(termOf(terms, 'size'))), entry, instrument)
  const distance = multiply(subtract(entry, stop), decimal(termOf(terms, 'stop')))
  const agreedStop = exitPrice(action, subtract(entry, distance), instrument)
  if (sign(size) <= 0 || sign(agreedStop) <= 0) return null
  return {
    ...proposal,
    at: now,
    quantity: size,
    stop: agreedStop,
    horizonMs: Math.round(horizonMs * termOf(terms, 'horizon')),
    expectedReturn: proposal.expectedReturn * termOf(terms, 'horizon'),
    riskAtStop: multiply(size, lossBetween(action, entry, agreedStop)),
  }
}

/** Every offer in words, with what it means to who makes it; of the mediator's drafts the first and the last. */
function wordsOf(
  { transcript, status }: Negotiation,
  briefing: ProposalBriefing,
  stakes: readonly Stake[],
): readonly SettlingWords[] {
  const texts = transcript.filter(({ kind }) => kind === 'text')
  return transcript.flatMap((move): SettlingWords[] => {
    const { kind, by, deal } = move
    const terms = termsText(briefing, deal)
    const speaker = stakes.find(({ seat }) => seat === by)
    if (by === MEDIATOR || speaker === undefined) {
      if (move !== texts[0] && move !== texts.at(-1)) return []
      const draft =
        move === texts[0] ? 'My draft for all of you' : 'Redrafted until nobody can gain without another losing'
      const meaning = stakes.map(({ seat, words }) => `for the ${seatTitles[seat].toLowerCase()} ${words(deal)}`)
      return [{ by: 'planner', kind: 'thought', text: `${draft}: ${terms}. ${sentence(listWords(meaning))}.` }]
    }
    const verb = { offer: 'I offer', acceptance: 'I accept', refusal: 'I refuse', text: '' }[kind]
    const said = `${verb} ${terms}: ${speaker.words(deal)}.`
    const text = status === 'agreed' ? said : `${said} No common ground.`
    return [{ by: speaker.seat, kind: 'proposal', text }]
  })
}

function termsText({ proposal, instrument }: ProposalBriefing, terms: Deal): string {
  const { quantity, entry, stop, horizonMs } = proposal
  const size = multiply(quantity, decimal(termOf(terms, 'size')))
  const distance = stop === null ? 0 : toNumber(subtract(entry, stop)) * termOf(terms, 'stop')
  return `${figure(toNumber(size))} ${instrument.base}, stop ${figure(toNumber(entry) - distance, 6)}, for ${span(horizonMs * termOf(terms, 'horizon'))}`
}
