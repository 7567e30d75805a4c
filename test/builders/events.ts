import fc from 'fast-check'
import type { Entry } from '#engine/journal/journal.ts'
import { seats } from '#shared/domain/agent.ts'
import type { Ballot } from '#shared/domain/ballot.ts'
import { consensusPresets } from '#shared/domain/consensus-policy.ts'
import type { Decision } from '#shared/domain/decision.ts'
import type { DeskEvent } from '#shared/domain/event.ts'
import type { Evidence } from '#shared/domain/evidence.ts'
import type { Insight } from '#shared/domain/insight.ts'
import type { Recollection } from '#shared/domain/memory.ts'
import type { Message } from '#shared/domain/message.ts'
import { type Fill, type Order, plainTerms } from '#shared/domain/order.ts'
import type { Outcome } from '#shared/domain/outcome.ts'
import type { Plan } from '#shared/domain/plan.ts'
import { profileNames } from '#shared/domain/profile.ts'
import { actions, type Proposal } from '#shared/domain/proposal.ts'
import { regimes, type Situation, type SituationFeature, situationFeatures } from '#shared/domain/situation.ts'
import { type Decimal, decimal } from '#shared/lib/decimal.ts'

// Few ids, so that events meet the same runs, steps and orders again and again.
const runId = fc.constantFrom('run_1', 'run_2', 'run_3')
const stepId = fc.constantFrom('step_1', 'step_2', 'step_3', 'step_4')
const clientOrderId = fc.constantFrom('ord_1', 'ord_2', 'ord_3')
const id = (prefix: string) => fc.nat(20).map((number) => `${prefix}_${number}`)
const at = fc.integer({ min: 1_700_000_000_000, max: 1_800_000_000_000 })
const text = fc.string({ unit: 'binary', maxLength: 20 })
const share = fc.double({ min: 0, max: 1, noNaN: true })
const usd = fc.double({ min: 0, max: 5, noNaN: true })
const amount: fc.Arbitrary<Decimal> = fc.integer({ min: 1, max: 99_999 }).map((cents) => decimal(`${cents}e-2`))
const instrument = fc.constantFrom('BTC/USDT', 'ETH/USDT')
const side = fc.constantFrom('buy', 'sell')
const orNull = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: null })

const plan: fc.Arbitrary<Plan> = fc.uniqueArray(stepId, { maxLength: 4 }).map((ids) => ({
  id: 'plan_1',
  goal: 'decide',
  hash: 'a'.repeat(64),
  steps: ids.map((step) => ({
    id: step,
    title: step,
    owner: 'researcher',
    action: 'research',
    needs: [],
    priority: 'high',
    optional: false,
    sources: [],
    estimate: { seconds: 1, usd: 0 },
    timeoutMs: 1_000,
    retries: 2,
    slots: {},
  })),
  slots: {},
  costLimitUsd: 1,
  estimate: { usd: 0, seconds: { sequential: 1, parallel: 1, lowerBound: 1 }, speedup: 1 },
  starts: {},
  levels: [ids],
}))

const evidence: fc.Arbitrary<Evidence> = fc.oneof(
  fc.record({
    id: id('evi'),
    runId,
    task: text,
    source: text,
    at,
    status: fc.constant('value'),
    asOf: at,
    summary: text,
    figures: fc.dictionary(text, fc.double({ noNaN: true, noDefaultInfinity: true })),
    quality: share,
  }),
  fc.record({
    id: id('evi'),
    runId,
    task: text,
    source: text,
    at,
    status: fc.constant('unavailable'),
    code: text,
    reason: text,
  }),
)

const message: fc.Arbitrary<Message> = fc.record({
  id: id('msg'),
  runId,
  at,
  agent: fc.constantFrom(...seats),
  kind: fc.constantFrom('thought', 'challenge', 'human'),
  text,
  confidence: orNull(share),
  evidence: fc.array(id('evi'), { maxLength: 3 }),
  replyTo: orNull(id('msg')),
})

/** Any proposal. */
export const anyProposal: fc.Arbitrary<Proposal> = fc.record({
  id: id('pro'),
  runId,
  by: fc.constant('strategist'),
  at,
  instrument,
  action: fc.constantFrom(...actions),
  quantity: amount,
  entry: amount,
  stop: orNull(amount),
  target: orNull(amount),
  horizonMs: fc.nat(),
  expectedReturn: share,
  riskAtStop: orNull(amount),
  objectives: fc.array(text, { maxLength: 2 }),
  risks: fc.array(text, { maxLength: 2 }),
  evidence: fc.array(id('evi'), { maxLength: 2 }),
  changesMyMind: text,
})

/** Any ballot. */
export const anyBallot: fc.Arbitrary<Ballot> = fc.record(
  {
    id: id('bal'),
    voter: fc.constantFrom(...seats),
    castBy: fc.constantFrom(...seats),
    proposalId: id('pro'),
    at,
    choice: fc.oneof(
      fc.record({ kind: fc.constant('option'), option: fc.constantFrom(...actions) }),
      fc.record({ kind: fc.constant('abstain') }),
    ),
    confidence: share,
    weight: fc.double({ min: 0.1, max: 3, noNaN: true }),
    reasons: fc.array(text, { maxLength: 2 }),
    evidence: fc.array(id('evi'), { maxLength: 2 }),
  },
  {
    requiredKeys: ['id', 'voter', 'proposalId', 'at', 'choice', 'confidence', 'weight', 'reasons', 'evidence'],
  },
)

const decision: fc.Arbitrary<Decision> = fc.record({
  id: id('dec'),
  runId,
  at,
  proposalId: orNull(id('pro')),
  action: fc.constantFrom(...actions),
  status: fc.constantFrom('agreed', 'noTrade', 'review'),
  rule: text,
  reason: text,
  confidence: share,
  agreement: fc.integer({ min: 0, max: 100 }),
  price: fc.constant(null),
  market: fc.constant(null),
  epoch: fc.nat(5),
})

const terms = Object.fromEntries(Object.entries(plainTerms).map(([name, value]) => [name, fc.constant(value)])) as {
  [Term in keyof typeof plainTerms]: fc.Arbitrary<(typeof plainTerms)[Term]>
}

const order: fc.Arbitrary<Order> = fc.record({
  ...terms,
  clientOrderId,
  venueOrderId: fc.constant(null),
  instrument,
  side,
  type: fc.constantFrom('MARKET', 'LIMIT'),
  timeInForce: fc.constantFrom('GTC', 'IOC'),
  quantity: amount,
  limitPrice: orNull(amount),
  reduceOnly: fc.boolean(),
  status: fc.constant('INITIALIZED'),
  filledQuantity: fc.constant(decimal('0')),
  averagePrice: fc.constant(null),
  by: fc.constant('executor'),
  runId: orNull(runId),
  proposalId: orNull(id('pro')),
  decisionId: orNull(id('dec')),
  createdAt: at,
  updatedAt: at,
  reason: fc.constant(null),
})

const fill: fc.Arbitrary<Fill> = fc.record({
  tradeId: id('trd'),
  clientOrderId,
  instrument,
  side,
  quantity: amount,
  price: amount,
  fee: amount,
  at,
})

/** Any outcome. */
export const anyOutcome: fc.Arbitrary<Outcome> = fc.record({
  runId,
  decisionId: id('dec'),
  at,
  filledQuantity: amount,
  averagePrice: orNull(amount),
  arrivalPrice: orNull(amount),
  slippageBps: orNull(share),
  fees: amount,
  lessons: fc.array(text, { maxLength: 2 }),
})

const insight: fc.Arbitrary<Insight> = fc.record({
  agent: fc.constant('analyst'),
  instrument,
  direction: fc.constantFrom('up', 'down', 'flat'),
  magnitude: share,
  confidence: share,
  horizonMs: fc.nat(),
  reasons: fc.array(text, { maxLength: 2 }),
  evidence: fc.array(id('evi'), { maxLength: 2 }),
})

/** Any situation; what is unavailable is left out. */
export const anySituation: fc.Arbitrary<Situation> = fc.record({
  instrument,
  at,
  regime: orNull(fc.constantFrom(...regimes)),
  features: fc.record(
    Object.fromEntries(
      Object.entries(situationFeatures).map(([name, [min, max]]) => [name, fc.double({ min, max, noNaN: true })]),
    ) as { [Feature in SituationFeature]: fc.Arbitrary<number> },
    { requiredKeys: [] },
  ),
})

/** Any recollection. */
const recollection: fc.Arbitrary<Recollection> = fc.record({
  recalled: fc.array(
    fc.record({
      runId,
      instrument,
      startedAt: at,
      regime: orNull(fc.constantFrom(...regimes)),
      distance: share,
      action: fc.constantFrom(...actions),
      status: fc.constantFrom('agreed', 'noTrade', 'review'),
      filled: fc.boolean(),
      lessons: fc.array(text, { maxLength: 2 }),
      move: orNull(fc.record({ share, afterMs: fc.nat() })),
    }),
    { maxLength: 3 },
  ),
  compared: fc.nat(500),
  nearest: orNull(share),
})

const attempt = { runId, stepId, attempt: fc.integer({ min: 1, max: 4 }) }

function event<Kind extends DeskEvent['kind']>(
  kind: Kind,
  data: fc.Arbitrary<Extract<DeskEvent, { kind: Kind }>['data']>,
): fc.Arbitrary<DeskEvent> {
  return data.map((data) => ({ kind, data }) as DeskEvent)
}

const deskEvent: fc.Arbitrary<DeskEvent> = fc.oneof(
  event(
    'runStarted',
    fc.record({
      runId,
      goal: fc.record({
        instrument,
        profile: fc.constantFrom(...profileNames),
        policy: fc.constantFrom(...consensusPresets),
      }),
      plan,
    }),
  ),
  event(
    'planReplanned',
    fc.record({
      runId,
      plan,
      replan: fc.record({
        strategy: fc.constantFrom('repair', 'opportunistic'),
        triggers: fc.constant([]),
        changes: fc.constant([]),
        unwanted: fc.constant({}),
        gainUsd: usd,
        secondsBefore: usd,
        secondsAfter: usd,
        sentence: text,
      }),
    }),
  ),
  event('planDiverged', fc.record({ runId, divergence: fc.record({ triggers: fc.constant([]), answer: text }) })),
  event(
    'alertRaised',
    fc.record({
      runId,
      alert: fc.record({ kind: fc.constantFrom('time', 'cost'), value: usd, threshold: usd, sentence: text }),
    }),
  ),
  event(
    'paceChanged',
    fc.record({ runId, pace: fc.record({ pool: fc.constantFrom('a', 'b'), limit: fc.nat(4), most: fc.constant(4) }) }),
  ),
  event('dayOpened', fc.record({ day: fc.integer({ min: 20_000, max: 20_005 }), equity: amount })),
  event('equityPeaked', fc.record({ equity: amount })),
  event('runResumed', fc.record({ runId })),
  event('runPaused', fc.record({ runId, reason: text })),
  event('runContinued', fc.record({ runId })),
  event('researchWanted', fc.record({ runId, task: text })),
  event(
    'runEnded',
    fc.record({ runId, status: fc.constantFrom('completed', 'failed', 'cancelled'), reason: orNull(text) }),
  ),
  event('stepStarted', fc.record(attempt)),
  event('stepRetried', fc.record({ ...attempt, code: text, message: text, delayMs: fc.nat() })),
  event('stepSucceeded', fc.record({ ...attempt, usd, output: fc.jsonValue() })),
  event('stepFailed', fc.record({ ...attempt, code: text, message: text, usd })),
  event('stepSkipped', fc.record({ ...attempt, reason: text })),
  event('stepCancelled', fc.record({ ...attempt, reason: text, usd })),
  event('evidenceGathered', fc.record({ evidence })),
  event('insightFormed', fc.record({ runId, insight })),
  event('situationRead', fc.record({ runId, situation: anySituation })),
  event('situationRecalled', fc.record({ runId, recollection })),
  event('messagePosted', fc.record({ message })),
  event('proposalMade', fc.record({ proposal: anyProposal })),
  event(
    'conflictSettled',
    fc.record({
      runId,
      conflict: fc.record({
        kind: fc.constantFrom('size', 'direction', 'timing'),
        between: fc.constant(['strategist', 'risk']),
        description: text,
        settled: fc.constantFrom('concession', 'mediation', 'open'),
      }),
    }),
  ),
  event('proposalRevised', fc.record({ proposal: anyProposal, why: text })),
  event('ballotCast', fc.record({ runId, ballot: anyBallot })),
  event('decisionMade', fc.record({ decision })),
  event('outcomeMeasured', fc.record({ outcome: anyOutcome })),
  event('orderInitialized', fc.record({ order })),
  event('orderSubmitted', fc.record({ clientOrderId })),
  event('orderAccepted', fc.record({ clientOrderId, venueOrderId: text })),
  event('orderRejected', fc.record({ clientOrderId, reason: text })),
  event('orderUnknown', fc.record({ clientOrderId, reason: text })),
  event('orderFilled', fc.record({ fill })),
  event('orderFillBusted', fc.record({ clientOrderId, busted: fill, corrected: orNull(fill) })),
  event('orderFillDisputed', fc.record({ clientOrderId, told: fill })),
  event('orderTriggered', fc.record({ clientOrderId })),
  event('orderPendingUpdate', fc.record({ clientOrderId, change: fc.record({ quantity: amount }) })),
  event(
    'orderUpdated',
    fc.record({ clientOrderId, quantity: amount, limitPrice: orNull(amount), stopPrice: orNull(amount) }),
  ),
  event('orderUpdateRejected', fc.record({ clientOrderId, reason: text })),
  event('orderPendingCancel', fc.record({ clientOrderId })),
  event('orderCancelRejected', fc.record({ clientOrderId, reason: text })),
  event('orderCanceled', fc.record({ clientOrderId })),
  event('orderExpired', fc.record({ clientOrderId })),
)

/** Any event of a run, a vote or an order, its data fitting its kind, ready to be appended; a sequence need not make sense. */
export const deskEntry: fc.Arbitrary<Entry> = deskEvent.map((happened) => ({
  ...happened,
  actor: { kind: 'system', id: 'desk' },
}))
