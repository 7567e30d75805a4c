import { planSchedule } from '#engine/planning/schedule/plan.ts'
import type { Seat } from '#shared/domain/agent.ts'
import type { Ballot } from '#shared/domain/ballot.ts'
import type { Evidence } from '#shared/domain/evidence.ts'
import type { Message } from '#shared/domain/message.ts'
import type { Plan, Step } from '#shared/domain/plan.ts'

/** A step of the scripted run: who, what, from which second to which, and how it ends. */
interface ScriptedStep {
  readonly id: string
  readonly title: string
  readonly owner: Seat
  readonly from: number
  readonly to: number
  readonly estimate: number
  readonly usd: number
  readonly end: 'succeeded' | 'failed' | 'skipped'
  readonly reason?: string
}

const step = (
  id: string,
  title: string,
  owner: Seat,
  [from, to, estimate]: readonly [number, number, number],
  usd = 0,
  end: ScriptedStep['end'] = 'succeeded',
  reason?: string,
): ScriptedStep => ({ id, title, owner, from, to, estimate, usd, end, ...(reason === undefined ? {} : { reason }) })

export const scriptedSteps: readonly ScriptedStep[] = [
  step('plan', 'Plan the research', 'planner', [0, 0.4, 1]),
  step('technical', 'Technical indicators', 'researcher', [0.5, 3, 4], 0.01),
  step('sentiment', 'News sentiment', 'researcher', [0.5, 7, 6], 0.02),
  step('onchain', 'On-chain flows', 'researcher', [0.5, 9, 8], 0.03),
  step('liquidity', 'Order book liquidity', 'researcher', [0.5, 4, 4]),
  step('patterns', 'Chart patterns', 'researcher', [3, 6, 3]),
  step('correlation', 'Correlation with ETH and SPX', 'researcher', [4, 8, 5], 0.01),
  step(
    'macro',
    'Macro calendar',
    'researcher',
    [6, 8, 4],
    0.02,
    'failed',
    'SOURCE_TIMEOUT: the calendar did not answer in 2 s',
  ),
  step(
    'keywords',
    'Keyword trends',
    'researcher',
    [8, 8, 3],
    0,
    'skipped',
    'optional, and its source is the failed calendar',
  ),
  step('validate', 'Validate the dossier', 'validator', [9, 10, 1]),
  step('debate', 'Bull and bear debate, 2 rounds', 'bull', [10, 16, 6], 0.02),
  step('analyse', 'Market view', 'analyst', [10, 13, 4]),
  step('risk', 'Risk at stop, VaR and CVaR', 'risk', [16, 18, 2]),
  step('privacy', 'Privacy check', 'privacy', [16, 16.6, 1]),
  step('weights', 'Target weights', 'optimizer', [16, 18, 3]),
  step('propose', 'Propose size, entry and stop', 'strategist', [18, 19, 2]),
  step('vote', 'Vote', 'planner', [19, 22, 3]),
  step('execute', 'Place and watch the order', 'executor', [22, 25, 4]),
  step('evaluate', 'Measure the outcome', 'evaluator', [25, 26, 1]),
]

/** What each step waits for. */
const needs: Readonly<Record<string, readonly string[]>> = {
  plan: [],
  patterns: ['technical'],
  correlation: ['liquidity'],
  keywords: ['macro'],
  validate: ['technical', 'sentiment', 'onchain', 'liquidity', 'patterns', 'correlation', 'macro', 'keywords'],
  debate: ['validate'],
  analyse: ['validate'],
  risk: ['debate', 'analyse'],
  privacy: ['debate'],
  weights: ['debate', 'analyse'],
  propose: ['risk', 'privacy', 'weights'],
  vote: ['propose'],
  execute: ['vote'],
  evaluate: ['execute'],
}
const actions: Readonly<Record<string, string>> = { debate: 'argue', risk: 'assess', vote: 'decide' }
const researchSlots = 4

function planSteps(): Step[] {
  return scriptedSteps.map(({ id, title, owner, estimate, usd }) => ({
    id,
    title,
    owner,
    action: owner === 'researcher' ? 'research' : (actions[id] ?? id),
    needs: [...(needs[id] ?? ['plan'])],
    priority: 'medium',
    optional: id === 'keywords' || id === 'macro',
    sources: owner === 'researcher' ? [id] : [],
    estimate: { seconds: estimate, usd },
    timeoutMs: 10_000,
    retries: 1,
    slots: owner === 'researcher' ? { research: 1 } : {},
  }))
}

/** The plan of the scripted run, scheduled as the desk schedules. */
export function scriptedPlan(id: string, goal: string): Plan {
  const steps = planSteps()
  const schedule = planSchedule(
    steps.map(({ id, needs, estimate, slots }) => ({
      id,
      needs,
      seconds: estimate.seconds,
      slots: slots['research'] ?? 0,
    })),
    { slots: researchSlots },
  )
  return {
    id,
    goal,
    hash: 'ab'.repeat(32),
    steps,
    slots: { research: researchSlots },
    costLimitUsd: 0.5,
    estimate: {
      usd: steps.reduce((sum, { estimate }) => sum + estimate.usd, 0),
      seconds: {
        sequential: schedule.sequentialSeconds,
        parallel: schedule.makespanSeconds,
        lowerBound: schedule.lowerBoundSeconds,
      },
      speedup: schedule.speedup,
    },
    starts: Object.fromEntries(schedule.starts),
    levels: schedule.levels.map((level) => [...level]),
  }
}

type Finding = Omit<Extract<Evidence, { status: 'value' }>, 'runId' | 'at' | 'asOf' | 'status'>

/** The findings, in the order in which the words cite them. */
export const scriptedFindings: readonly Finding[] = [
  {
    id: 'ev_technical',
    task: 'technical',
    source: 'indicators',
    summary: 'RSI(14) is 61.3, above its 50-bar band; MACD crossed up 3 bars ago; price is 1.9 % over the 50-bar mean.',
    figures: { rsi14: 61.3, macd: 182.4, signal: 131.9, sma50: 62_998.1, atr14: 412.7 },
    quality: 0.97,
  },
  {
    id: 'ev_liquidity',
    task: 'liquidity',
    source: 'order book',
    summary: 'Depth within 0.5 % of the mid is 41.2 BTC bid and 28.7 BTC asked; the spread is 0.8 basis points.',
    figures: { bidDepth: 41.2, askDepth: 28.7, spreadBps: 0.8 },
    quality: 0.94,
  },
  {
    id: 'ev_patterns',
    task: 'patterns',
    source: 'pattern finder',
    summary: 'Ascending triangle since the 17th, broken at 63 840 on 1.7 times its mean volume.',
    figures: { breakout: 63_840, volumeRatio: 1.7 },
    quality: 0.81,
  },
  {
    id: 'ev_sentiment',
    task: 'sentiment',
    source: 'headlines',
    summary: '38 headlines in 24 hours, mean tone +0.21; two of them repeat the same rumour and count once.',
    figures: { headlines: 38, tone: 0.21 },
    quality: 0.66,
  },
  {
    id: 'ev_funding',
    task: 'onchain',
    source: 'funding rates',
    summary: 'Perpetual funding is 0.041 % per 8 hours, in its 93rd percentile over 90 days.',
    figures: { funding: 0.00041, percentile: 93 },
    quality: 0.9,
  },
  {
    id: 'ev_correlation',
    task: 'correlation',
    source: 'returns',
    summary: '30-day correlation with ETH is 0.84 and with SPX 0.31.',
    figures: { eth: 0.84, spx: 0.31 },
    quality: 0.92,
  },
]

type Line = readonly [
  second: number,
  agent: string,
  kind: Message['kind'],
  text: string,
  sure: number | null,
  evidence?: string[],
]

/** What is said, second by second. */
export const scriptedLines: readonly Line[] = [
  [
    0.2,
    'planner',
    'system',
    'Decide on BTC/USDT, balanced profile: 19 steps, about 31 s in parallel, at most $0.50.',
    null,
  ],
  [
    0.6,
    'planner',
    'thought',
    'Technical, liquidity and sentiment do not depend on one another: start them together.',
    null,
  ],
  [
    3.1,
    'researcher',
    'analysis',
    'RSI(14) is 61.3 and rising; MACD crossed its signal 3 bars ago; price holds over the 50-bar mean.',
    0.82,
    ['ev_technical'],
  ],
  [
    4.1,
    'researcher',
    'analysis',
    'The book leans to the bid: 41.2 BTC against 28.7 within half a per cent.',
    0.74,
    ['ev_liquidity'],
  ],
  [
    6.1,
    'researcher',
    'analysis',
    'An ascending triangle broke at 63 840 on 1.7 times its mean volume.',
    0.69,
    ['ev_patterns'],
  ],
  [
    7.1,
    'researcher',
    'analysis',
    'Tone of 38 headlines is mildly positive, +0.21. Two are the same rumour; I counted it once.',
    0.55,
    ['ev_sentiment'],
  ],
  [
    8.1,
    'researcher',
    'system',
    'The macro calendar did not answer in 2 s. Its finding is unavailable; what depends on it abstains.',
    null,
    ['ev_macro'],
  ],
  [
    9.1,
    'researcher',
    'analysis',
    'Funding is in its 93rd percentile over 90 days: longs pay to hold.',
    0.78,
    ['ev_funding'],
  ],
  [
    9.9,
    'validator',
    'analysis',
    'Completeness 0.88, mean quality 0.87, nothing stale. Sufficient: 6 sources of the 4 needed. Missing: macro.',
    0.88,
  ],
  [
    10.4,
    'bull',
    'proposal',
    'The breakout holds with volume behind it, and the book agrees. Momentum has room: RSI is not stretched yet.',
    0.71,
    ['ev_patterns', 'ev_technical', 'ev_liquidity'],
  ],
  [
    11.3,
    'bear',
    'challenge',
    'Funding is stretched. Of the last nine breakouts at this funding, five were given back within two days.',
    0.64,
    ['ev_funding'],
  ],
  [
    12.2,
    'analyst',
    'analysis',
    'Regime: trending up, probability 0.68; volatility in its middle third. Expected move over 12 hours +0.9 %.',
    0.68,
    ['ev_technical', 'ev_correlation'],
  ],
  [
    12.8,
    'bull',
    'thought',
    'Five of nine is nearly a coin; the question is the size of the loss when it fails, and the stop answers that.',
    0.66,
  ],
  [
    13.5,
    'bull',
    'challenge',
    'Where the order book leaned to the bid as now, four of five held. The bear’s count leaves the book out.',
    0.69,
    ['ev_liquidity', 'ev_patterns'],
  ],
  [
    14.6,
    'bear',
    'challenge',
    'Depth is quoted, not traded: 12 BTC of that bid was placed in the last minute and can leave as fast.',
    0.67,
    ['ev_liquidity'],
  ],
  [
    15.4,
    'bull',
    'analysis',
    'Granted for the newest 12 BTC. Without it the book is even, and the break and momentum stand.',
    0.63,
    ['ev_technical'],
  ],
  [
    15.9,
    'bear',
    'analysis',
    'I stay against it. A pullback to 63 400 would change my mind: better entry, half the funding.',
    0.66,
    ['ev_funding'],
  ],
  [16.5, 'privacy', 'analysis', 'No key, address or personal data in what leaves the desk.', 0.99],
  [17.2, 'risk', 'thought', 'Half of the permitted size keeps the loss at the stop under 0.25 % of equity.', null],
  [
    17.8,
    'risk',
    'analysis',
    'At 0.0150 BTC the loss at the stop of 62 700 is 19.20 USDT; CVaR(95) 2.1 % of a permitted 3 %.',
    0.86,
    ['ev_technical', 'ev_correlation'],
  ],
  [
    18,
    'optimizer',
    'analysis',
    'Target weight of BTC 9.6 %; this brings it from 0 to 9.6 %. Correlation with ETH leaves no room for more.',
    0.77,
    ['ev_correlation'],
  ],
  [
    18.9,
    'strategist',
    'proposal',
    'BUY 0.0150 BTC near 63 980, stop 62 700, target 66 100, horizon 12 hours. A close under 63 200 would change my mind.',
    0.72,
    ['ev_patterns', 'ev_technical', 'ev_funding'],
  ],
  [19.5, 'bull', 'vote', 'BUY. Break, volume and momentum agree.', 0.78, ['ev_patterns', 'ev_technical']],
  [19.9, 'bear', 'vote', 'HOLD. Funding is stretched; wait for the pullback.', 0.66, ['ev_funding']],
  [20.3, 'analyst', 'vote', 'BUY. The regime is up with probability 0.68.', 0.68, ['ev_technical']],
  [20.8, 'risk', 'vote', 'BUY if the stop stays at 62 700 or closer.', 0.74, ['ev_technical']],
  [21.2, 'optimizer', 'vote', 'BUY. Fits the target weight.', 0.7, ['ev_correlation']],
  [21.5, 'privacy', 'vote', 'Abstains: nothing to object to, no view of the market.', null],
  [
    22,
    'planner',
    'decision',
    'BUY is agreed: 0.76 of the weight against 0.60 needed. The bear dissents over funding.',
    0.73,
  ],
  [
    22.6,
    'executor',
    'analysis',
    'One limit order, 0.0150 at 63 980.0, good until cancelled: the spread is thin and the size small.',
    0.9,
    ['ev_liquidity'],
  ],
  [24.6, 'executor', 'system', 'Filled 0.0150 at 63 980.0, 0.0 basis points from arrival, fee 0.96 USDT.', null],
  [
    25.8,
    'evaluator',
    'analysis',
    'Executed as planned. What to learn: the book’s lean was right, its size was overstated by 12 BTC.',
    0.7,
    ['ev_liquidity'],
  ],
]

type Vote = readonly [
  second: number,
  voter: Seat,
  choice: Ballot['choice'],
  confidence: number,
  weight: number,
  reasons: string[],
]

const option = (option: string): Ballot['choice'] => ({ kind: 'option', option })

export const scriptedVotes: readonly Vote[] = [
  [19.5, 'bull', option('buy'), 0.78, 1, ['The break has volume behind it', 'Momentum is not stretched']],
  [
    19.9,
    'bear',
    option('hold'),
    0.66,
    1.1,
    ['Funding is stretched: 93rd percentile over 90 days', 'A pullback to 63 400 is a better entry'],
  ],
  [20.3, 'analyst', option('buy'), 0.68, 1.2, ['The regime is trending up, probability 0.68']],
  [
    20.8,
    'risk',
    { kind: 'conditional', option: 'buy', conditions: ['the stop stays at 62 700 or closer'] },
    0.74,
    1.3,
    ['The loss at the stop is 0.19 % of equity', 'CVaR 2.1 % of a permitted 3 %'],
  ],
  [21.2, 'optimizer', option('buy'), 0.7, 0.9, ['Fits the target weight of 9.6 %']],
  [21.5, 'privacy', { kind: 'abstain' }, 0.5, 0.5, ['No view of the market']],
]
