import { describe, expect, it } from 'vitest'
import type { PastOutcome } from '#engine/ports/desk-history.ts'
import type { ScoredVote } from '#shared/domain/scored-vote.ts'
import { decimal } from '#shared/lib/decimal.ts'
import { type InstrumentRecord, performanceReview } from './performance-review.ts'

const outcome = (instrument: string, action: PastOutcome['action'] = 'buy'): PastOutcome => ({
  runId: 'run_1',
  decisionId: 'dec_1',
  at: 0,
  instrument,
  action,
  confidence: 0.7,
  filledQuantity: decimal(1),
  averagePrice: action === 'hold' ? null : decimal(100),
  arrivalPrice: decimal(100),
  slippageBps: action === 'hold' ? null : 4,
  fees: decimal(0),
  lessons: [],
})
const views = { judged: 0, right: 0, meanStated: null, calibration: { slope: 1, intercept: 0 } }
const on = (instrument: string, about: Partial<InstrumentRecord> = {}): InstrumentRecord => ({
  instrument,
  outcomes: [outcome(instrument), outcome(instrument, 'hold')],
  record: null,
  views,
  ...about,
})
/** So many votes in which the risk manager is right at 80 % and the bear wrong at 90 %. */
const votes = (count: number): ScoredVote[] =>
  Array.from({ length: count }, () => ({
    runId: 'run_1',
    decisionId: 'dec_1',
    instrument: 'BTC/USDT',
    action: 'buy',
    price: decimal(100),
    priceAfter: decimal(101),
    dueAt: 0,
    right: true,
    ballots: [
      { voter: 'bear', isFor: false, confidence: 0.9, loss: 0.81 },
      { voter: 'risk', isFor: true, confidence: 0.8, loss: 0.04 },
    ],
  }))
const review = (instruments: readonly InstrumentRecord[], count = 0) =>
  performanceReview({ days: 30, instruments, votes: votes(count), horizonMs: 86_400_000, bias: null })

describe('a performance review', () => {
  it('covers every instrument of the period, each with its own record', () => {
    const known = on('BTC/USDT', { record: { count: 10, hits: 5, stated: 0.8 } })
    const { findings, conclusion } = review([known, on('ETH/USDT')])
    expect(findings[0]).toBe('In the last 30 days: 4 decisions on 2 instruments, of which 2 trades were carried out.')
    expect(findings[1]).toMatch(
      /^Decisions on BTC\/USDT: 2, of which 1 trade was carried out\..+ 5 of 10 trades were right/,
    )
    expect(findings[2]).toMatch(/^Decisions on ETH\/USDT: 2.+ fewer than five trades/)
    expect(conclusion).toContain('The desk is too sure on BTC/USDT, by 30 %')
    expect(conclusion).toContain('too little to judge the desk on ETH/USDT by')
  })

  it('covers every agent by its scored ballots, the best first, and says who misleads', () => {
    const { findings, conclusion } = review([on('BTC/USDT')], 6)
    const agents = findings.filter((text) => text.includes('Brier'))
    expect(agents).toEqual([
      'Risk manager: 6 of 6 ballots were right, 80 % stated (Brier score 0.04).',
      'Bear: 0 of 6 ballots were right, 90 % stated (Brier score 0.81).',
    ])
    expect(conclusion).toContain('The risk manager judged best, the bear worst.')
    expect(conclusion).toContain('Less weight would be right for the bear: worse than knowing nothing.')
  })

  it('says where there is too little to judge anybody by', () => {
    expect(review([on('BTC/USDT')]).findings).toContain(
      'The agents: no vote of the period has passed its horizon, so nobody can be judged by it.',
    )
    expect(review([on('BTC/USDT')], 4).conclusion).not.toMatch(/judged best/)
    expect(review([on('BTC/USDT', { outcomes: [] })]).findings[0]).toMatch(/^In the last 30 days: 0 decisions/)
  })
})
