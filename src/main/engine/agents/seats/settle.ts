import { roundTripShare } from '#engine/agents/costs.ts'
import { readMarket } from '#engine/agents/market-read.ts'
import type { ProposalBriefing } from '#engine/agents/seat.ts'
import { tradable } from '#engine/agents/sizes.ts'
import { figure, percent, span } from '#engine/agents/wording.ts'
import { MEDIATOR, type Negotiation, negotiate } from '#engine/consensus/negotiation.ts'
import type { Issue, Party } from '#engine/consensus/negotiation-deals.ts'
import { normalCdf } from '#engine/portfolio/statistics.ts'
import type { Conflict, RaisedConflict } from '#shared/domain/conflict.ts'
import type { Proposal } from '#shared/domain/proposal.ts'
import { compare, decimal, multiply, roundToStep, sign, subtract, toNumber } from '#shared/lib/decimal.ts'
import { dayRisk } from './assess-risk.ts'

/** What was said on the way to terms: who, in which round, and the words. */
export interface SettlingWords {
  readonly by: 'strategist' | 'risk' | 'planner'
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

type Terms = Readonly<Record<string, number | string>>

/** Above this share of its limits used up the risk manager would rather have less. */
const comfortable = 0.5
/** Below these the parties walk away, and below those they do not go by themselves: as shares of what each wants. */
const strategistLeast = { reservation: 0.25, holdsOut: 0.6 }
const riskLeast = { reservation: 0, holdsOut: 0.3 }

const at = (terms: Terms, name: string) => Number(terms[name])

/** What the terms of a purchase are: shares of the proposed size, stop distance and horizon. */
const issues: readonly Issue[] = [
  { kind: 'range', name: 'size', min: 0.1, max: 1, step: 0.05 },
  { kind: 'range', name: 'stop', min: 0.5, max: 1.5, step: 0.1 },
  { kind: 'range', name: 'horizon', min: 0.25, max: 1, step: 0.25 },
]
const asProposed: Terms = { size: 1, stop: 1, horizon: 1 }

/**
 * Settles a purchase between the strategist and the risk manager before it is voted on: where the risk manager would use up
 * more than half of a limit, they negotiate size, stop and horizon by monotonic concession under Zeuthen's rule; where they
 * stall, the planner mediates (see negotiate). The strategist values the expected gain, which a nearer stop makes less
 * likely (the chance that a walk without drift touches it, by reflection) and a shorter horizon smaller; the risk manager
 * what is left of its limits on the loss at the stop and on a day's shortfall. Without common ground the conflict stays open.
 * A conflict that was raised is negotiated however much of a limit is used up, the strategist speaking for more and the risk
 * manager for less; over direction and goal there is nothing to bargain.
 */
export function settleTerms(briefing: ProposalBriefing, raised?: RaisedConflict): Settlement {
  const nothing: Settlement = { conflicts: [], said: [], revised: null }
  const foundIn = (proposal: Proposal) => (raised === undefined ? foundConflicts({ ...briefing, proposal }) : [])
  const models = partiesOf(briefing)
  if (raised !== undefined && (models === null || raised.kind === 'direction' || raised.kind === 'goal')) {
    return { ...nothing, conflicts: [{ ...raised, settled: 'open' }] }
  }
  if (models === null || (raised === undefined && models.strain(asProposed) <= comfortable)) {
    return { ...nothing, conflicts: foundIn(briefing.proposal) }
  }
  const result = negotiate(issues, [models.strategist, models.risk])
  const settled = result.status === 'agreed' ? result.by : 'open'
  if (raised !== undefined) {
    const revised = result.status === 'agreed' ? withTerms(briefing, result.deal) : null
    return { conflicts: [{ ...raised, settled }], said: wordsOf(result, briefing), revised }
  }
  const description = `The purchase uses up ${percent(models.strain(asProposed), 0)} of a risk limit; the risk manager would rather have at most ${percent(comfortable, 0)}.`
  const size: Conflict = { kind: 'size', between: ['strategist', 'risk'], description, settled }
  const revised = result.status === 'agreed' ? withTerms(briefing, result.deal) : null
  return {
    conflicts: [size, ...foundIn(revised ?? briefing.proposal)],
    said: wordsOf(result, briefing),
    revised,
  }
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
  if (action === 'buy' && compare(multiply(quantity, entry), account.cash) > 0)
    open(
      'resource',
      ['strategist', 'executor'],
      `It takes more than the ${account.cash} ${instrument.quote} that are there.`,
    )
  if (action === 'buy' && (plan?.purpose === 'exit' || plan?.purpose === 'mitigate'))
    open('goal', ['strategist', 'planner'], 'The plan is to hold less, and the proposal is to buy.')
  return found
}

/** The analyst's view and the proposal point to different sides: nothing to bargain over, the vote has to say. */
function directionConflict({ proposal, insight }: ProposalBriefing): Conflict | null {
  const against = proposal.action === 'buy' ? 'down' : proposal.action === 'sell' ? 'up' : null
  if (insight === null || insight.direction !== against) return null
  const description = `The strategist proposes to ${proposal.action}, the analyst's view is ${insight.direction} (${percent(insight.confidence, 0)}).`
  return { kind: 'direction', between: ['strategist', 'analyst'], description, settled: 'open' }
}

function partiesOf(briefing: ProposalBriefing) {
  const { proposal, account, profile, mandate, quote, outcomes } = briefing
  const { volatility, barMs, technicals } = readMarket(briefing)
  const tail = dayRisk(briefing)
  const { stop, entry, quantity, expectedReturn, horizonMs } = proposal
  if (proposal.action !== 'buy' || stop === null || account.equity === null || tail === null) return null
  if (volatility === null || technicals.atr === null || !(barMs > 0) || !(horizonMs > 0)) return null
  const price = toNumber(entry)
  const distance = price - toNumber(stop)
  const equity = toNumber(account.equity)
  const worth = toNumber(quantity) * price
  const dailyLoss = toNumber(mandate.maximumDailyLoss)
  const cost = roundTripShare(quote, outcomes)
  if (!(distance > 0) || !(equity > 0) || !(dailyLoss > 0)) return null
  const atr = technicals.atr

  const touched = (terms: Terms) => {
    const deviation = price * volatility * Math.sqrt((at(terms, 'horizon') * horizonMs) / barMs)
    return 2 * (1 - normalCdf((at(terms, 'stop') * distance) / deviation))
  }
  const gain = (terms: Terms) =>
    at(terms, 'size') * ((1 - touched(terms)) * expectedReturn * at(terms, 'horizon') - cost)
  const wanted = gain(asProposed)
  const unit = wanted > 0 ? wanted : Math.abs(expectedReturn)
  if (!(unit > 0)) return null
  const strain = (terms: Terms) => {
    if (at(terms, 'stop') * distance < atr / 2) return 2
    const size = at(terms, 'size')
    return Math.max(
      (size * toNumber(quantity) * at(terms, 'stop') * distance) / (equity * profile.riskPerTrade),
      (size * worth * tail.shortfall * Math.sqrt(at(terms, 'horizon'))) / dailyLoss,
    )
  }
  const strategist: Party = { name: 'strategist', utility: (terms) => gain(terms) / unit, ...strategistLeast }
  const risk: Party = { name: 'risk', utility: (terms) => 1 - strain(terms), ...riskLeast }
  return { strategist, risk, strain }
}

/** The proposal with the terms; as it was where they come to no order that the venue would take. */
function withTerms({ proposal, instrument, now }: ProposalBriefing, terms: Terms): Proposal | null {
  const { entry, stop, quantity, horizonMs } = proposal
  if (stop === null) return null
  const size = tradable(multiply(quantity, decimal(at(terms, 'size'))), entry, instrument)
  const distance = multiply(subtract(entry, stop), decimal(at(terms, 'stop')))
  const agreedStop = roundToStep(subtract(entry, distance), instrument.priceStep, 'down')
  if (sign(size) <= 0 || sign(agreedStop) <= 0) return null
  return {
    ...proposal,
    at: now,
    quantity: size,
    stop: agreedStop,
    horizonMs: Math.round(horizonMs * at(terms, 'horizon')),
    expectedReturn: proposal.expectedReturn * at(terms, 'horizon'),
    riskAtStop: multiply(size, subtract(entry, agreedStop)),
  }
}

const titles: Readonly<Record<string, string>> = { strategist: 'the strategic planner', risk: 'the risk manager' }

/** Every offer in words; of the mediator's drafts the first and the last. */
function wordsOf({ transcript, status }: Negotiation, briefing: ProposalBriefing): readonly SettlingWords[] {
  const texts = transcript.filter(({ kind }) => kind === 'text')
  return transcript.flatMap((move): SettlingWords[] => {
    const { kind, by, deal, utilities } = move
    const terms = termsText(briefing, deal)
    const worth = Object.entries(utilities)
      .map(([name, utility]) => `${utility.toFixed(2)} to ${name === by ? 'me' : (titles[name] ?? name)}`)
      .join(', ')
    if (by === MEDIATOR) {
      if (move !== texts[0] && move !== texts.at(-1)) return []
      const draft =
        move === texts[0] ? 'My draft to both of you' : 'Redrafted until neither gains without the other losing'
      return [{ by: 'planner', kind: 'thought', text: `${draft}: ${terms} (worth ${worth}).` }]
    }
    const speaker = by === 'risk' ? 'risk' : 'strategist'
    const said = {
      offer: `I offer ${terms}; it is worth ${worth}.`,
      acceptance: `I accept ${terms}; it is worth ${worth}.`,
      refusal: `I refuse ${terms}: it is worth ${worth}.`,
      text: '',
    }[kind]
    return [{ by: speaker, kind: 'proposal', text: status === 'agreed' ? said : `${said} There is no common ground.` }]
  })
}

function termsText({ proposal, instrument }: ProposalBriefing, terms: Terms): string {
  const { quantity, entry, stop, horizonMs } = proposal
  const size = multiply(quantity, decimal(at(terms, 'size')))
  const distance = stop === null ? 0 : toNumber(subtract(entry, stop)) * at(terms, 'stop')
  return `${figure(toNumber(size))} ${instrument.base}, the stop at ${figure(toNumber(entry) - distance, 6)}, for ${span(horizonMs * at(terms, 'horizon'))}`
}
