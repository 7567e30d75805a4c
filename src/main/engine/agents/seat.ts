import type { RegimeRead } from '#engine/market/regimes.ts'
import type { Matrix } from '#engine/portfolio/matrix.ts'
import type { Ballot } from '#shared/domain/ballot.ts'
import type { BarSeries } from '#shared/domain/bar.ts'
import type { Purpose } from '#shared/domain/collaboration.ts'
import type { Dossier } from '#shared/domain/evidence.ts'
import type { Insight } from '#shared/domain/insight.ts'
import type { Instrument } from '#shared/domain/instrument.ts'
import type { Mandate } from '#shared/domain/mandate.ts'
import type { Recalled } from '#shared/domain/memory.ts'
import type { Outcome } from '#shared/domain/outcome.ts'
import type { Position } from '#shared/domain/position.ts'
import type { Profile } from '#shared/domain/profile.ts'
import type { Action, Proposal } from '#shared/domain/proposal.ts'
import type { Book, Quote } from '#shared/domain/quote.ts'
import type { Decimal } from '#shared/lib/decimal.ts'

/** A collaborative plan as the seats see it. */
export interface BriefingPlan {
  readonly purpose: Purpose
  readonly parameters: Readonly<Record<string, number>>
  /** Ten days' expected shortfall (97.5 %) as a share of the equity, and the instrument's part of it; null: unavailable. */
  readonly risk: { readonly portfolio: number; readonly position: number } | null
}

/** What every seat is told about the question before the desk; a null is unavailable. */
export interface Briefing {
  readonly runId: string
  readonly instrument: Instrument
  readonly profile: Profile
  readonly dossier: Dossier
  readonly quote: Quote
  readonly book: Book | null
  /** Closed bars of the instrument, the longest series there is of the shortest useful length. */
  readonly bars: BarSeries
  /** The kind of market by these bars; null where they are too few to tell. */
  readonly regime: RegimeRead | null
  /** How many of these bars make a year. */
  readonly barsPerYear: number
  readonly account: {
    /** What the instrument can be bought for: free money on spot, of a perpetual what the free margin opens. */
    readonly cash: Decimal
    readonly equity: Decimal | null
    readonly position: Position | null
    /**
     * What more of the instrument, as a worth, keeps the whole book within the mandate's limits on value at risk and expected
     * shortfall; 0 where that cannot be measured, null where there is no limit.
     */
    readonly riskRoom: Decimal | null
    /** The same for selling it short. */
    readonly shortRoom: Decimal | null
  }
  readonly mandate: Mandate
  readonly now: number
  /** What a collaborative plan asks for; null for a decision by itself. */
  readonly plan: BriefingPlan | null
}

/** Something that the book holds, or could; weights are shares of the equity. */
export interface BriefingAsset {
  readonly instrument: string
  readonly weight: number
  /** The greatest weight at today's volatility; of a perpetual the least is as far below zero. */
  readonly ceiling: number
  /** What trading a unit of weight costs: half the spread and the fee. */
  readonly cost: number
}

/** A view that still counts: its horizon has not passed. */
export interface StandingView {
  readonly runId: string
  readonly at: number
  readonly insight: Insight
}

/** The whole book, as far as it can be modelled: what is held, what is discussed, and what the feed has enough bars of. */
export interface BriefingPortfolio {
  /** At most eight beside what is held. */
  readonly assets: readonly BriefingAsset[]
  /** Of one bar, as are the returns that the prior expects. */
  readonly covariances: Matrix
  readonly prior: Float64Array
  readonly barMs: number
  /** How many bars that is read off, and when the first and the last of them began. */
  readonly bars: number
  readonly from: number
  readonly to: number
  /** The desk's standing views on other instruments than the one that is discussed. */
  readonly views: readonly StandingView[]
  /** What had to be left out, and why. */
  readonly without: readonly { readonly instrument: string; readonly why: string }[]
  /** Share of the equity that is held in what was left out */
  readonly elsewhere: number
}

/** What a day may cost a book, 95 %: amounts of the account's currency. */
interface DayTail {
  readonly valueAtRisk: number
  readonly expectedShortfall: number
}

/** The whole book's risk, as it is and with the proposal carried out. */
export interface BriefingRisk {
  readonly before: DayTail
  readonly after: DayTail
  /** The instrument's part of the expected shortfall after it (Euler's rule, normal); below 0 where it hedges. */
  readonly share: number
  /** The bar that would have cost the book the most, with the proposal carried out. */
  readonly worst: { readonly at: number; readonly change: number }
  /** The bars that it is read off. */
  readonly bars: number
  readonly from: number
  readonly to: number
}

/** Something that a seat says in the conversation. */
export interface Remark {
  readonly kind: 'thought' | 'analysis' | 'proposal' | 'challenge' | 'vote'
  readonly text: string
  readonly confidence: number | null
  readonly evidence: readonly string[]
}

/** One point of the debate: it cites evidence, and may answer the other side's point. */
export interface Point {
  readonly text: string
  /** From 0 to 1. */
  readonly strength: number
  readonly evidence: readonly string[]
  /** The text of the other side's point that it answers. */
  readonly answers: string | null
}

/** What one side said in one round. */
export interface SideArgument {
  readonly side: 'bull' | 'bear'
  readonly round: number
  readonly points: readonly Point[]
  /** How strong the side's case stands after this round, from 0 to 1. */
  readonly strength: number
}

/** What an agent makes of a proposal: the ballot's content, without the ids that the desk adds. */
export type Assessment = Pick<Ballot, 'choice' | 'confidence' | 'reasons' | 'evidence'>

/** What the strategist, the risk manager and the others pass on about one proposal. */
export interface ProposalBriefing extends Briefing {
  readonly proposal: Proposal
  readonly insight: Insight | null
  readonly debate: readonly SideArgument[]
  /** Null where a price or bars of what is held are missing. */
  readonly risk: BriefingRisk | null
  /** Null where not even the instrument's own bars say enough. */
  readonly portfolio: BriefingPortfolio | null
  /** Outcomes of earlier decisions on the instrument, newest first. */
  readonly outcomes: readonly (Outcome & { readonly action: Action; readonly confidence: number })[]
  /** Earlier decisions that were made in a situation like this one, nearest first. */
  readonly recalled: readonly Recalled[]
  /** Every text that an order or message of this run would carry out of the desk. */
  readonly outgoing: readonly string[]
}
