import type { BlindReview, ShownReview } from '#shared/contract/reviews.ts'
import { decimal } from '#shared/lib/decimal.ts'
import { shippedReviewPolicy } from './desk-kernel.ts'

const order: ShownReview['order'] = {
  decisionId: 'dec_1',
  proposalId: 'prop_1',
  instrument: 'BTC/USDT',
  side: 'buy',
  type: 'MARKET',
  quantity: decimal('0.05'),
  limitPrice: null,
  timeInForce: 'IOC',
  reduceOnly: false,
}

/** A review that waits with ten of its fifteen minutes left, as the API shows it. */
export function createReviewView(changes: Partial<ShownReview> = {}): ShownReview {
  return {
    id: 'rev_1',
    isBlind: false,
    drill: null,
    runId: 'run_1',
    instrument: 'BTC/USDT',
    decisionId: 'dec_1',
    proposalId: 'prop_1',
    status: 'open',
    order,
    deskOrder: order,
    orderHash: 'a1'.repeat(32),
    price: decimal(64_000),
    driftLimitBps: 50,
    epoch: 1,
    openedAt: 0,
    shownAt: 0,
    expiresAt: 900_000,
    lifetimeMs: 900_000,
    leftMs: 600_000,
    rules: [{ code: 'NEAR_TIE', sentence: 'The first two options are 4 % apart; less than 10 % is a near tie.' }],
    disagreement: 0.5,
    agreed: true,
    difficulty: 'usual',
    judgement: null,
    snoozedUntil: null,
    questions: [],
    editWords: null,
    horizonMs: 86_400_000,
    end: null,
    facts: {
      price: decimal(64_020),
      priceAt: 0,
      driftBps: 3.2,
      notional: decimal(3_201),
      maximumNotional: decimal(25_000),
      position: { before: decimal(0), after: decimal('0.05') },
      exposure: { before: decimal(0), after: decimal(3_201), maximum: decimal(60_000) },
      cash: { before: decimal(100_000), after: decimal(96_799) },
      riskAtStop: null,
      dayLoss: { now: decimal(0), maximum: decimal(2_000) },
      denial: null,
    },
    policy: shippedReviewPolicy,
    fourEyes: { on: false, why: 'Four-eyes is off: this desk has one seat, and nobody can be asked a second time.' },
    ...changes,
  }
}

/** The same before the trader has said what he thinks of it. */
export function createBlindReview(): BlindReview {
  const { id, runId, instrument, status, driftLimitBps, lifetimeMs, leftMs, policy, fourEyes } = createReviewView()
  const times = { openedAt: 0, shownAt: 0, expiresAt: 900_000, snoozedUntil: null, horizonMs: 86_400_000 }
  const question = 'What would you do with BTC/USDT for the next 24 h: buy, sell or hold, and how sure are you?'
  const about = { id, runId, instrument, status, driftLimitBps, lifetimeMs, leftMs, policy, fourEyes }
  return { ...about, ...times, difficulty: 'hard', questions: [], driftBps: 3.2, isBlind: true, question }
}
