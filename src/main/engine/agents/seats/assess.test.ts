import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Briefing, BriefingPortfolio, BriefingRisk, ProposalBriefing, SideArgument } from '#engine/agents/seat.ts'
import { type VotingSeat, votingSeats } from '#shared/domain/agent.ts'
import { barSeries } from '#shared/domain/bar.ts'
import type { Insight } from '#shared/domain/insight.ts'
import type { Position } from '#shared/domain/position.ts'
import type { Proposal } from '#shared/domain/proposal.ts'
import { add, compare, decimal, multiply, subtract, toNumber } from '#shared/lib/decimal.ts'
import { finding, idsFrom, simulatedBriefing, simulatedPortfolio } from '#test/builders/briefing.ts'
import { btcPerpetual } from '#test/builders/perpetuals.ts'
import { analyse } from './analyse.ts'
import { argue } from './argue.ts'
import { assess } from './assess.ts'
import { propose } from './propose.ts'

let base: ProposalBriefing
let buy: Proposal

const insight: Insight = {
  agent: 'analyst',
  instrument: 'BTC/USDT',
  direction: 'up',
  magnitude: 0.02,
  confidence: 0.7,
  horizonMs: 86_400_000,
  reasons: ['Up.'],
  evidence: ['ev_1'],
}

beforeAll(async () => {
  const briefing = await simulatedBriefing(3)
  const [proposal] = propose(briefing, insight, [], idsFrom(1))
  if (proposal?.action !== 'buy') throw new Error('The view is up.')
  buy = proposal
  const portfolio = simulatedPortfolio(3)
  base = { ...briefing, proposal, insight, portfolio, risk: null, debate: [], outcomes: [], recalled: [], outgoing: [] }
})

const vote = (seat: VotingSeat, about: Partial<ProposalBriefing> = {}) => assess(seat, { ...base, ...about })

/** The option voted for, or "abstain". */
function optionOf(seat: VotingSeat, about: Partial<ProposalBriefing> = {}): string {
  const { choice } = vote(seat, about).assessment
  return choice.kind === 'option' || choice.kind === 'conditional' ? choice.option : choice.kind
}

function hold(): Proposal {
  return { ...buy, action: 'hold', quantity: decimal(0), stop: null, target: null, riskAtStop: null }
}

function long(quantity: string): Briefing['account'] {
  const position: Position = {
    instrument: 'BTC/USDT',
    quantity: decimal(quantity),
    averagePrice: decimal(90_000),
    realised: decimal(0),
    fees: decimal(0),
    updatedAt: 0,
  }
  return { ...base.account, position }
}

const said = (bull: number, bear: number): SideArgument[] => [
  { side: 'bull', round: 1, points: [], strength: bull },
  { side: 'bear', round: 1, points: [], strength: bear },
]

describe('every seat', () => {
  it('votes for the action or hold, or abstains with a reason', () => {
    for (const seat of votingSeats) {
      for (const proposal of [buy, hold(), { ...buy, action: 'sell' as const }]) {
        const { assessment, remarks } = vote(seat, { proposal, debate: said(0.5, 0.3), account: long('1') })
        expect([proposal.action, 'hold', 'abstain']).toContain(
          optionOf(seat, { proposal, debate: said(0.5, 0.3), account: long('1') }),
        )
        expect(assessment.confidence).toBeGreaterThanOrEqual(0)
        expect(assessment.confidence).toBeLessThanOrEqual(1)
        expect(assessment.reasons.join('')).not.toBe('')
        expect(remarks[0]?.kind).toBe('vote')
      }
    }
  })

  it('abstains when what it needs is unavailable, and says which', () => {
    const reason = (seat: VotingSeat, about: Partial<ProposalBriefing>) => {
      expect(optionOf(seat, about)).toBe('abstain')
      return vote(seat, about).assessment.reasons[0]
    }
    const noEquity = { account: { ...base.account, equity: null } }
    const noBars = { bars: barSeries([]), portfolio: null }
    expect(reason('analyst', { insight: null })).toContain('market view')
    expect(reason('strategist', { insight: null })).toContain('market view')
    expect(reason('optimizer', { insight: null })).toContain('market view')
    expect(reason('optimizer', noEquity)).toContain('equity')
    expect(reason('optimizer', noBars)).toContain('volatility')
    expect(reason('bull', {})).toContain('debate')
    expect(reason('bear', {})).toContain('debate')
    expect(reason('risk', noEquity)).toContain('equity')
    expect(reason('risk', noBars)).toContain('bars')
    expect(reason('executor', { book: null })).toContain('order book')
    expect(reason('evaluator', {})).toContain('0 earlier trades')
  })

  it('reads nothing from after the moment of the briefing', () => {
    const { bars, now } = base
    const later = (times: Float64Array, add: number[]) => Float64Array.from([...times, ...add])
    const lastTime = bars.time.at(-1) ?? 0
    const future = [1, 2, 3].map((hour) => lastTime + hour * 3_600_000)
    const crash = [1, 1, 1]
    const tomorrow: ProposalBriefing = {
      ...base,
      bars: {
        time: later(bars.time, future),
        open: later(bars.open, crash),
        high: later(bars.high, crash),
        low: later(bars.low, crash),
        close: later(bars.close, crash),
        volume: later(bars.volume, crash),
      },
      dossier: {
        ...base.dossier,
        evidence: [
          ...base.dossier.evidence,
          finding(-1, { id: 'ev_later', at: now + 1, asOf: now, task: 'macro_factors' }),
          finding(-1, { id: 'ev_ahead', at: now, asOf: now + 1, task: 'momentum' }),
        ],
      },
      outcomes: Array.from({ length: 9 }, (_, k) => ({
        runId: `run_${k}`,
        decisionId: `dec_${k}`,
        at: now + 1 + k,
        filledQuantity: decimal(1),
        averagePrice: decimal(100),
        arrivalPrice: decimal(100),
        slippageBps: 0,
        fees: decimal(50),
        lessons: [],
        action: 'buy' as const,
        confidence: 0.9,
      })),
    }
    expect(analyse(tomorrow)).toEqual(analyse(base))
    for (const side of ['bull', 'bear'] as const) {
      const first = (['bull', 'bear'] as const).map((other) => argue(other, base, 1, []).argument)
      expect(argue(side, tomorrow, 1, [])).toEqual(argue(side, base, 1, []))
      expect(argue(side, tomorrow, 2, first)).toEqual(argue(side, base, 2, first))
    }
    expect(propose(tomorrow, insight, [], idsFrom(1))).toEqual(propose(base, insight, [], idsFrom(1)))
    for (const seat of votingSeats) expect(assess(seat, tomorrow)).toEqual(assess(seat, base))
    const lateBook = base.book === null ? null : { ...base.book, at: now + 1 }
    expect(vote('executor', { book: lateBook })).toEqual(vote('executor', { book: null }))
  })
})

describe('the analyst', () => {
  it('votes as it sees the market, as sure as it is', () => {
    expect(optionOf('analyst')).toBe('buy')
    expect(vote('analyst').assessment.confidence).toBe(0.7)
    expect(optionOf('analyst', { insight: { ...insight, direction: 'down' } })).toBe('hold')
    expect(optionOf('analyst', { insight: { ...insight, direction: 'flat' } })).toBe('hold')
  })

  it('is sure of holding on a falling market only while there is nothing to sell', () => {
    const down: Insight = { ...insight, direction: 'down' }
    expect(vote('analyst', { proposal: hold(), insight: down }).assessment.confidence).toBeCloseTo(0.7)
    expect(vote('analyst', { proposal: hold(), insight: down, account: long('1') }).assessment.confidence).toBeCloseTo(
      0.3,
    )
  })
})

describe('bull and bear', () => {
  it('vote their sides, and concede where the other case is more than twice as strong', () => {
    const buying = (bull: number, bear: number) => {
      const debate = said(bull, bear)
      return [optionOf('bull', { debate }), optionOf('bear', { debate })]
    }
    expect(buying(0.5, 0.5)).toEqual(['buy', 'hold'])
    expect(buying(0.3, 0.5)).toEqual(['buy', 'hold'])
    expect(buying(0.2, 0.5)).toEqual(['hold', 'hold'])
    expect(buying(0.5, 0.2)).toEqual(['buy', 'buy'])
    const proposal: Proposal = { ...buy, action: 'sell' }
    expect(optionOf('bear', { proposal, debate: said(0.5, 0.5) })).toBe('sell')
    expect(optionOf('bull', { proposal, debate: said(0.5, 0.5) })).toBe('hold')
    expect(optionOf('bull', { debate: said(0, 0) })).toBe('abstain')
  })
})

describe('the strategist', () => {
  it('stands by what pays for itself and survived the debate', () => {
    expect(optionOf('strategist', { debate: said(0.5, 0.3) })).toBe('buy')
    expect(optionOf('strategist', { debate: said(0.3, 0.5) })).toBe('hold')
    expect(optionOf('strategist', { proposal: { ...buy, expectedReturn: 0.0001 } })).toBe('hold')
  })
})

describe('the risk manager', () => {
  it('says what the whole book would risk with it, who has what part, and what the usual sizes are', () => {
    const risk: BriefingRisk = {
      before: { valueAtRisk: 300, expectedShortfall: 500 },
      after: { valueAtRisk: 700, expectedShortfall: 1_200 },
      share: 0.64,
      worst: { at: Date.UTC(2025, 0, 5), change: -2_345 },
      bars: 400,
      from: 0,
      to: Date.UTC(2025, 2, 2),
    }
    const told = vote('risk', { risk }).assessment.reasons.join(' ')
    expect(told).toContain(
      "the book's one-day expected shortfall (95 %) is 1,200 USDT, 1.20 % of equity (before 500); BTC/USDT contributes 64 % of it",
    )
    expect(told).toContain(
      'From 400 bars to 2025-03-02 00:00 UTC; the worst would have been 2025-01-05 00:00 UTC: -2,345',
    )
    expect(told).toMatch(
      /Sizes by other methods, in USDT: .+ by fixed fraction, .+ by risk per trade, .+ by volatility target and .+ by half Kelly\./,
    )
    expect(vote('risk').assessment.reasons.join(' ')).toContain('The risk of the book is unavailable')
    // A book that is near the mandate's daily loss makes it less sure.
    const strained = { ...risk, after: { valueAtRisk: 3_000, expectedShortfall: 4_900 } }
    expect(vote('risk', { risk: strained }).assessment.confidence).toBeLessThan(
      vote('risk', { risk }).assessment.confidence,
    )
  })

  it('takes what is within every limit', () => {
    const { assessment, revised } = vote('risk')
    expect(assessment.choice).toEqual({ kind: 'option', option: 'buy' })
    expect(revised).toBeUndefined()
  })

  it('cuts a size to what the limits allow, never below what they would, and votes on that condition', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 500 }), (times) => {
        const quantity = multiply(buy.quantity, decimal(times))
        const { assessment, revised } = vote('risk', { proposal: { ...buy, quantity } })
        expect(revised).toBeDefined()
        const smaller = revised?.quantity ?? quantity
        expect(assessment.choice).toEqual({
          kind: 'conditional',
          option: 'buy',
          conditions: [`the quantity is at most ${smaller}`],
        })
        expect(compare(smaller, quantity)).toBeLessThan(0)
        const equity = base.account.equity ?? decimal(0)
        const loss = multiply(smaller, subtract(buy.entry, buy.stop ?? buy.entry))
        expect(toNumber(loss)).toBeLessThanOrEqual(toNumber(equity) * base.profile.riskPerTrade)
        expect(toNumber(multiply(smaller, buy.entry))).toBeLessThanOrEqual(
          toNumber(equity) * base.profile.maximumPosition,
        )
        expect(optionOf('risk', { proposal: { ...buy, quantity: smaller } })).toBe('buy')
      }),
    )
  })

  it('holds what a bad day would lose to the daily loss of the mandate', () => {
    const mandate = { ...base.mandate, maximumDailyLoss: decimal(100) }
    const { revised } = vote('risk', { mandate })
    expect(revised?.why).toContain("the mandate's daily loss")
    expect(compare(revised?.quantity ?? buy.quantity, buy.quantity)).toBeLessThan(0)
    expect(optionOf('risk', { mandate: { ...mandate, maximumDailyLoss: decimal(0) } })).toBe('hold')
  })

  it('vetoes a purchase without a stop, with one on the wrong side, or within the noise', () => {
    const reason = (stop: Proposal['stop']) => {
      expect(optionOf('risk', { proposal: { ...buy, stop } })).toBe('hold')
      return vote('risk', { proposal: { ...buy, stop } }).assessment.reasons[0]
    }
    expect(reason(null)).toContain('without a stop')
    expect(reason(buy.entry)).toContain('not below the entry')
    expect(reason(subtract(buy.entry, decimal(1)))).toContain('noise')
  })

  it('lets risk be taken off, but not more than is held', () => {
    const proposal: Proposal = { ...buy, action: 'sell', stop: null, quantity: decimal('0.5') }
    expect(optionOf('risk', { proposal, account: long('0.5') })).toBe('sell')
    expect(vote('risk', { proposal, account: long('0.2') }).revised?.quantity).toBe('0.2')
    expect(optionOf('risk', { proposal })).toBe('hold')
  })
})

describe('a short sale of a perpetual', () => {
  const contract = (held: string | null = null): Partial<ProposalBriefing> => ({
    instrument: { ...base.instrument, id: btcPerpetual.id, perpetual: btcPerpetual.perpetual },
    account: { ...(held === null ? base.account : long(held)) },
    insight: { ...insight, direction: 'down' },
  })
  function short(about: Partial<ProposalBriefing> = contract()): Proposal {
    const briefing = { ...base, ...about }
    const [proposal] = propose(briefing, { ...insight, direction: 'down' }, [], idsFrom(1))
    if (proposal?.action !== 'sell') throw new Error('It can be sold short.')
    return proposal
  }

  it('is taken by the risk manager within every limit, and cut where it is too large', () => {
    expect(optionOf('risk', { ...contract(), proposal: short() })).toBe('sell')
    const { revised } = vote('risk', { ...contract(), proposal: { ...short(), quantity: decimal(10) } })
    expect(compare(revised?.quantity ?? decimal(10), short().quantity)).toBeLessThanOrEqual(0)
  })

  it('is vetoed without a stop, with one below its entry, or within the noise', () => {
    const reason = (stop: Proposal['stop']) => {
      const about = { ...contract(), proposal: { ...short(), stop } }
      expect(optionOf('risk', about)).toBe('hold')
      return vote('risk', about).assessment.reasons[0]
    }
    expect(reason(null)).toContain('without a stop')
    expect(reason(subtract(short().entry, decimal(1_000)))).toContain('not above the entry')
    expect(reason(add(short().entry, decimal(1)))).toContain('noise')
  })

  it('is what a view down asks for, pays for its way back, and is bought back as what reduces', () => {
    const about = { ...contract(), proposal: short(), debate: said(0.2, 0.6) }
    for (const seat of ['analyst', 'bear', 'strategist', 'executor'] as const)
      expect([seat, optionOf(seat, about)]).toEqual([seat, 'sell'])
    expect(optionOf('bull', { ...about, debate: said(0.5, 0.5) })).toBe('hold')
    const back: Proposal = { ...buy, instrument: btcPerpetual.id, stop: null, target: null, quantity: decimal('0.2') }
    expect(optionOf('risk', { ...contract('-0.5'), proposal: back })).toBe('buy')
    expect(vote('risk', { ...contract('-0.1'), proposal: back }).revised?.quantity).toBe('0.1')
  })

  it('is a day in twenty of rises: the risk manager counts the tail of the other side', () => {
    const told = (about: Partial<ProposalBriefing>) => vote('risk', about).assessment.reasons.join(' ')
    const held = (quantity: string) => told({ ...contract(quantity), proposal: hold() })
    expect(held('-0.5')).toMatch(/One-day VaR/)
    expect(held('-0.5')).not.toBe(held('0.5'))
  })

  it('is weighed by the optimizer below zero', () => {
    const about = { ...contract('-0.05'), proposal: short() }
    const portfolio = base.portfolio && {
      ...base.portfolio,
      assets: base.portfolio.assets.map((asset) =>
        asset.instrument === base.instrument.id ? { ...asset, instrument: btcPerpetual.id } : asset,
      ),
    }
    const { choice, reasons } = vote('optimizer', { ...about, portfolio }).assessment
    expect(choice.kind).toBe('option')
    expect(reasons[0]).toMatch(/now -\d/)
  })
})

describe('the optimizer', () => {
  const told = (about: Partial<ProposalBriefing> = {}) => vote('optimizer', about).assessment.reasons.join(' ')
  const sureness = (about: Partial<ProposalBriefing> = {}) => vote('optimizer', about).assessment.confidence
  const down: Insight = { ...insight, direction: 'down' }
  const portfolio = (about: Partial<BriefingPortfolio>) => {
    if (base.portfolio === null) throw new Error('The simulated exchange has bars.')
    return { ...base.portfolio, ...about }
  }
  /** The book with another weight of one instrument. */
  const holding = (id: string, weight: number) =>
    portfolio({
      assets: (base.portfolio?.assets ?? []).map((asset) =>
        asset.instrument === id ? { ...asset, weight } : { ...asset },
      ),
    })

  it('votes for what makes the book worth more, costs paid', () => {
    expect(optionOf('optimizer')).toBe('buy')
    expect(optionOf('optimizer', { insight: down })).toBe('hold')
    const proposal: Proposal = { ...buy, action: 'sell' }
    expect(optionOf('optimizer', { proposal, insight: down, account: long('0.2') })).toBe('sell')
    const dear = portfolio({ assets: (base.portfolio?.assets ?? []).map((asset) => ({ ...asset, cost: 0.1 })) })
    expect(optionOf('optimizer', { portfolio: dear })).toBe('hold')
  })

  it('is surer of a trade the more it brings of what can be had, and less of holding', () => {
    const half = { ...buy, quantity: multiply(buy.quantity, decimal('0.5')) }
    expect(sureness()).toBeGreaterThan(sureness({ proposal: half }))
    expect(sureness({ proposal: hold() })).toBeLessThan(
      sureness({ proposal: hold(), insight: { ...insight, magnitude: 0 } }),
    )
  })

  it('says the weights with the bars they stand on, what it expects and why, and what the trade is worth', () => {
    expect(told()).toMatch(
      /^Target weight [\d.]+ % of BTC\/USDT.+ From 400 bars to 20\d\d-\d\d-\d\d 00:00 UTC of 8 instruments\./,
    )
    expect(told()).toMatch(/Expected return within 24 h: [+-][\d.]+ %; market drift gives/)
    expect(told()).toMatch(/The trade adds \+[\d.]+ % of equity after costs/)
    expect(vote('optimizer').assessment.evidence).toEqual(insight.evidence)
  })

  it('counts the standing views on other instruments, and names their runs', () => {
    const view = {
      runId: 'run_7',
      at: base.now - 3_600_000,
      insight: { ...insight, instrument: 'ETH/USDT', magnitude: 0.05 },
    }
    const also = { portfolio: portfolio({ views: [view] }) }
    expect(told(also)).toContain('It also counts ETH/USDT up 5.00 % (confidence 0.70')
    expect(told(also)).toContain('run_7')
    expect(told(also)).toContain('of ETH/USDT')
    expect(told()).not.toContain('ETH/USDT up')
  })

  it('wants less of what moves with something else that is held', () => {
    const best = (about: Partial<ProposalBriefing>) =>
      Number(/the best trade in it \+?([\d.]+) %/.exec(told(about))?.[1] ?? Number.NaN)
    expect(best({ portfolio: holding('ETH/USDT', 0.2) })).toBeLessThan(best({}))
  })

  it('says what is unavailable, and weighs the instrument alone where nothing else is left', () => {
    const [own] = (base.portfolio?.assets ?? []).filter(({ instrument: id }) => id === 'BTC/USDT')
    const row = base.portfolio?.assets.findIndex(({ instrument: id }) => id === 'BTC/USDT') ?? 0
    const alone = portfolio({
      assets: own === undefined ? [] : [own],
      covariances: [Float64Array.of(base.portfolio?.covariances[row]?.[row] as number)],
      prior: Float64Array.of(0),
      without: [{ instrument: 'ETH/USDT', why: 'it has 3 closed bars, 51 are needed' }],
      elsewhere: 0.3,
    })
    expect(told({ portfolio: alone })).toContain(
      'Unavailable: ETH/USDT (it has 3 closed bars, 51 are needed); 30.0 % of equity',
    )
    expect(told({ portfolio: alone })).toContain('Only BTC/USDT and cash are weighed.')
    expect(optionOf('optimizer', { portfolio: alone })).toBe('buy')
    expect(optionOf('optimizer', { portfolio: alone, insight: down })).toBe('hold')
  })

  it('does not depend on the unit of the price', () => {
    const scale = decimal('1000')
    const priced = {
      ...base.quote,
      last: multiply(base.quote.last, scale),
      bid: multiply(base.quote.bid, scale),
      ask: multiply(base.quote.ask, scale),
    }
    const proposal = { ...buy, quantity: multiply(buy.quantity, decimal('0.001')) }
    expect(told({ quote: priced, proposal })).toBe(told())
  })
})

describe('the privacy guard', () => {
  const secret = fc.constantFrom(
    'sk-abcdefabcdefabcdef0123',
    'jane.doe@example.com',
    '4111 1111 1111 1111',
    `0x${'4f3c'.repeat(16)}`,
    'legal winner thank year wave sausage worth useful legal winner thank yellow',
    '+1 415 555 2671',
  )
  const plain = fc.constantFrom('Buy 0.5 BTC/USDT at 64,210.', 'The view is up (70 %).', '')

  it('vetoes whatever carries a secret, names its kind, and never the secret', () => {
    fc.assert(
      fc.property(fc.array(plain), plain, secret, fc.array(plain), (before, words, hidden, after) => {
        const outgoing = [...before, `${words} ${hidden}`, ...after]
        const verdict = vote('privacy', { outgoing })
        expect(verdict.assessment).toMatchObject({ choice: { kind: 'option', option: 'hold' }, confidence: 1 })
        expect(verdict.assessment.reasons[0]).toMatch(/^Veto: an? /)
        expect(JSON.stringify(verdict)).not.toContain(hidden)
      }),
    )
  })

  it('has nothing to say on direction otherwise', () => {
    const { assessment } = vote('privacy', { outgoing: ['Buy 0.5 BTC/USDT at 64,210.'] })
    expect(assessment.choice).toEqual({ kind: 'abstain' })
    expect(assessment.reasons[0]).toContain('No view on direction')
  })
})

describe('the executor', () => {
  it('weighs spread, depth and fees against what the order is to bring', () => {
    expect(optionOf('executor')).toBe('buy')
    expect(optionOf('executor', { proposal: { ...buy, expectedReturn: 0.001 } })).toBe('hold')
  })

  it('learns the fee from earlier fills', () => {
    const paid = {
      runId: 'r',
      decisionId: 'd',
      at: base.now - 1,
      filledQuantity: decimal(1),
      averagePrice: decimal(100),
      arrivalPrice: decimal(100),
      slippageBps: 0,
      fees: decimal(2),
      lessons: [],
      action: 'buy' as const,
      confidence: 0.5,
    }
    const { assessment } = vote('executor', { outcomes: [paid] })
    expect(assessment.choice).toMatchObject({ option: 'hold' })
    expect(assessment.reasons[0]).toContain('fees 200 bp a side')
  })

  it('does not send into a book that is too thin, or on a quote that is too old', () => {
    const thin = base.book === null ? null : { ...base.book, asks: base.book.asks.slice(0, 1) }
    const proposal: Proposal = { ...buy, quantity: multiply(buy.quantity, decimal(1_000)) }
    expect(optionOf('executor', { book: thin, proposal })).toBe('hold')
    const quote = { ...base.quote, at: base.now - base.mandate.maximumQuoteAgeMs - 1 }
    expect(vote('executor', { quote }).assessment.reasons[0]).toContain('old')
  })
})

describe('the evaluator', () => {
  it('says what came of decisions in situations like this one, once the price had time to move', () => {
    const past = {
      runId: 'run_0',
      instrument: 'BTC/USDT',
      startedAt: 0,
      regime: null,
      distance: 0.1,
      action: 'buy' as const,
      status: 'agreed' as const,
      filled: true,
      lessons: [],
    }
    const { horizonMs } = base.proposal
    const after = (afterMs: number) => ({ recalled: [{ ...past, move: { share: 0.02, afterMs } }] })
    const said = (about: Partial<ProposalBriefing>) => vote('evaluator', about).assessment.reasons.join(' ')
    expect(said(after(horizonMs))).toContain('Similar situations: buy, +2.00 % ')
    expect(said(after(horizonMs / 100))).not.toContain('Similar situations')
  })

  /** Trades at each of some hours, decided at the closes of then. */
  function record(action: 'buy' | 'sell', hours: readonly number[]): ProposalBriefing['outcomes'] {
    const { bars } = base
    return hours.map((back, k) => {
      const row = bars.time.length - 1 - back
      return {
        runId: `run_${k}`,
        decisionId: `dec_${k}`,
        at: (bars.time[row] ?? 0) + 3_600_000,
        filledQuantity: decimal(1),
        averagePrice: decimal(100),
        arrivalPrice: decimal(bars.close[row] ?? 1),
        slippageBps: 0,
        fees: decimal(0),
        lessons: [],
        action,
        confidence: 0.9,
      }
    })
  }

  /** Hours back after which a day brought a rise (or a fall). */
  function hoursBefore(sign: 1 | -1, count: number): number[] {
    const { close } = base.bars
    const last = close.length - 1
    return Array.from({ length: 400 }, (_, k) => k + 25)
      .filter((back) => sign * ((close[last - back + 24] ?? 0) - (close[last - back] ?? 0)) > 0)
      .slice(0, count)
  }

  it('judges earlier trades by where the price was at the horizon', () => {
    const rises = hoursBefore(1, 8)
    expect(rises).toHaveLength(8)
    expect(optionOf('evaluator', { outcomes: record('buy', rises) })).toBe('buy')
    expect(optionOf('evaluator', { outcomes: record('sell', rises) })).toBe('hold')
    const { assessment } = vote('evaluator', { outcomes: record('buy', rises) })
    expect(assessment.confidence).toBeCloseTo(9 / 10)
    expect(assessment.reasons[0]).toContain('8 of 8 earlier trades were right 24 h later')
    expect(assessment.reasons[1]).toContain('The hit rate is above stated confidence (0.90')
  })

  it('does not judge before the horizon, nor with fewer than five', () => {
    expect(optionOf('evaluator', { outcomes: record('buy', hoursBefore(1, 4)) })).toBe('abstain')
    expect(optionOf('evaluator', { outcomes: record('buy', [1, 2, 3, 4, 5, 6, 7]) })).toBe('abstain')
  })
})
