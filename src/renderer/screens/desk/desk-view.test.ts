import { describe, expect, it } from 'vitest'
import { orderLook } from '#renderer/ui/order-look.ts'
import { ballotsInOrder, quorumWords, sureWords, thresholdOf } from '#renderer/ui/vote-view.ts'
import type { Ballot } from '#shared/domain/ballot.ts'
import type { Evidence } from '#shared/domain/evidence.ts'
import type { Message } from '#shared/domain/message.ts'
import { type OrderStatus, orderStatuses } from '#shared/domain/order.ts'
import type { PositionView } from '#shared/domain/position.ts'
import type { Run, RunSummary } from '#shared/domain/run.ts'
import type { Tally } from '#shared/domain/tally.ts'
import { decimal, ZERO } from '#shared/lib/decimal.ts'
import { changeOverDay, chartLines, chartMarks, marksByBar } from './chart-view.ts'
import { continueMessages, filterMessages, numberEvidence, speakersOf } from './conversation-view.ts'
import { chooseRun } from './desk-view.ts'
import { gainFraction, riskAtStop } from './order-view.ts'
import { planHead, planRows } from './plan-view.ts'

const start = Date.UTC(2026, 10, 20, 14)
const hourMs = 3_600_000

function summary(id: string, changes: Partial<RunSummary> = {}): RunSummary {
  return {
    id,
    goal: { instrument: 'BTC/USDT', profile: 'balanced', policy: 'weighted' },
    status: 'completed',
    startedAt: start,
    endedAt: start + 1_000,
    usd: 0,
    stepsDone: 0,
    stepsTotal: 0,
    outcome: 'buy',
    reason: null,
    ...changes,
  }
}

describe('the run on the Desk', () => {
  const eth = { instrument: 'ETH/USDT', profile: 'balanced', policy: 'weighted' } as const
  const runs = [summary('old'), summary('new', { startedAt: start + 5 }), summary('eth', { goal: eth })]

  it('is the one asked for, else the one under way, else the newest of the instrument', () => {
    const running = summary('running', { status: 'running', startedAt: start - 9 })
    expect(chooseRun(runs, 'BTC/USDT', 'eth')?.id).toBe('eth')
    expect(chooseRun([...runs, running], 'BTC/USDT', undefined)?.id).toBe('running')
    expect(chooseRun(runs, 'BTC/USDT', undefined)?.id).toBe('new')
    expect(chooseRun(runs, 'SOL/USDT', 'gone')).toBeNull()
  })
})

describe('the plan', () => {
  const step = (id: string) => ({
    id,
    title: id,
    owner: 'researcher',
    action: id,
    needs: [],
    priority: 'medium' as const,
    optional: false,
    sources: [],
    estimate: { seconds: 10, usd: 0 },
    timeoutMs: 1,
    retries: 0,
    slots: {},
  })
  const run: Run = {
    ...summary('r', { status: 'running', endedAt: null, usd: 0.11 }),
    plan: {
      id: 'p',
      goal: 'g',
      hash: '',
      steps: ['a', 'b', 'c', 'd'].map(step),
      slots: {},
      costLimitUsd: 0.5,
      estimate: { usd: 0, seconds: { sequential: 40, parallel: 27, lowerBound: 20 }, speedup: 1 },
      starts: {},
      levels: [],
    },
    steps: [
      { id: 'a', state: 'succeeded', attempt: 1, startedAt: start, endedAt: start + 3_000, usd: 0, reason: null },
      { id: 'b', state: 'running', attempt: 2, startedAt: start + 1_000, endedAt: null, usd: 0, reason: null },
      { id: 'c', state: 'skipped', attempt: 0, startedAt: null, endedAt: null, usd: 0, reason: 'not needed' },
    ],
  }

  it('shows every step in the plan’s order, with time spent over time estimated while it runs', () => {
    const rows = planRows(run, start + 6_000)
    expect(rows.map(({ state, spent, elapsedMs }) => [state, spent, elapsedMs])).toEqual([
      ['succeeded', null, 3_000],
      ['running', 0.5, 5_000],
      ['skipped', null, null],
      ['pending', null, null],
    ])
    expect(rows[2]?.reason).toBe('not needed')
    expect(planRows(run, start + 60_000)[1]?.spent).toBe(1)
  })

  it('counts what is over, elapsed of the estimate and dollars of the limit', () => {
    expect(planHead(run, start + 6_000)).toEqual({
      done: 2,
      total: 4,
      elapsedMs: 6_000,
      estimateMs: 27_000,
      usd: 0.11,
      limitUsd: 0.5,
    })
  })

  it('says once what cancelled the run, and does not count a cancelled step as done', () => {
    const cut = (id: string, reason: string) => ({
      id,
      state: 'cancelled' as const,
      attempt: 1,
      startedAt: start,
      endedAt: start + 1,
      usd: 0,
      reason,
    })
    const ended = { ...run, reason: 'Stopped', steps: [cut('a', 'Stopped'), cut('b', 'Left behind')] }
    expect(planHead(ended, start).done).toBe(0)
    expect(planRows(ended, start).map(({ reason }) => reason)).toEqual([null, 'Left behind', null, null])
  })
})

describe('the conversation', () => {
  const message = (id: string, agent: string, text: string): Message => ({
    id,
    runId: 'r',
    at: start,
    agent,
    kind: 'thought',
    text,
    confidence: null,
    evidence: [],
    replyTo: null,
  })
  const messages = [
    message('1', 'bull', 'The break holds'),
    message('2', 'bear', 'Funding is stretched'),
    message('3', 'bull', 'So be it'),
  ]

  it('is filtered by agent and by words, in any case, speakers included', () => {
    expect(filterMessages(messages, null, ' ').length).toBe(3)
    expect(filterMessages(messages, 'bull', 'HOLDS').map(({ id }) => id)).toEqual(['1'])
    expect(filterMessages(messages, null, 'bear').map(({ id }) => id)).toEqual(['2'])
    expect(speakersOf(messages)).toEqual(['bull', 'bear'])
  })

  it('numbers evidence in the order it was gathered', () => {
    const evidence: Evidence[] = ['x', 'y'].map((id) => ({
      id,
      runId: 'r',
      task: 't',
      source: 's',
      at: start,
      status: 'empty',
      asOf: start,
      summary: '',
    }))
    expect(numberEvidence(evidence).get('y')?.number).toBe(2)
  })

  it('fetches only what is new, page by page', async () => {
    const asked: (string | undefined)[] = []
    const all = await continueMessages(
      messages.slice(0, 1),
      (after) => {
        asked.push(after)
        const from = messages.findIndex(({ id }) => id === after) + 1
        return Promise.resolve(messages.slice(from, from + 1))
      },
      1,
    )
    expect(all.map(({ id }) => id)).toEqual(['1', '2', '3'])
    expect(asked).toEqual(['1', '2', '3'])
  })
})

describe('the vote', () => {
  const ballot = (voter: string, choice: Ballot['choice']): Ballot => ({
    id: voter,
    voter,
    proposalId: 'p',
    at: start,
    choice,
    confidence: 0.5,
    weight: 1,
    reasons: [],
    evidence: [],
  })
  const buy = { kind: 'option', option: 'buy' } as const

  it('UX-15 reads dissent first, then support, then abstentions, and leaves out what does not count', () => {
    const [bull, bear, risk, late] = [
      ballot('bull', buy),
      ballot('bear', { kind: 'option', option: 'hold' }),
      ballot('risk', { kind: 'abstain' }),
      ballot('late', buy),
    ] as const
    const counted = (ballot: Ballot) => ({ ballot, weight: 1, countsFor: 0.5 })
    const tally = {
      dissent: [counted(bear)],
      support: [counted(bull)],
      notCounted: [{ ballotId: 'late', voter: 'late', reason: 'LATE', sentence: '' }],
    } as unknown as Tally
    expect(ballotsInOrder([bull, risk, bear, late], tally).map(({ voter }) => voter)).toEqual(['bear', 'bull', 'risk'])
  })

  it('says how sure each is of its side, and nothing of who takes none', () => {
    expect(sureWords({ ...ballot('bull', buy), confidence: 0.714 })).toBe('confidence 0.71')
    expect(sureWords(ballot('risk', { kind: 'abstain' }))).toBe('')
  })

  it('draws the line where the policy has one', () => {
    expect(thresholdOf({ rule: { kind: 'weighted', threshold: 0.7 } })).toBe(0.7)
    expect(thresholdOf({ rule: { kind: 'simple-majority' } })).toBe(0.5)
    expect(thresholdOf({ rule: { kind: 'super-majority', threshold: 2 / 3 } })).toBeCloseTo(2 / 3)
    expect(thresholdOf({ rule: { kind: 'unanimous' } })).toBeNull()
  })

  it('says the quorum in its own measure', () => {
    expect(quorumWords({ measure: 'voters', required: 3, present: 4, met: true })).toBe(
      'quorum met: 4 voters, 3 needed',
    )
    expect(quorumWords({ measure: 'weight', required: 0.6, present: 0.5, met: false })).toBe(
      'quorum missed: 50 % of the weight, 60 % needed',
    )
  })
})

describe('orders', () => {
  it('UX-4 a cancel that is asked for, taken and confirmed has three looks', () => {
    const looks = [orderLook('ACCEPTED', true), orderLook('PENDING_CANCEL', false), orderLook('CANCELED', false)]
    expect(new Set(looks.map(({ tone, edge }) => `${tone} ${edge}`)).size).toBe(3)
    expect(new Set(looks.map(({ word }) => word)).size).toBe(3)
  })

  it('has a word and a meaning of its own for every status', () => {
    const words = orderStatuses.map((status: OrderStatus) => orderLook(status, false).word)
    expect(new Set(words).size).toBe(orderStatuses.length)
  })
})

describe('positions', () => {
  const position: PositionView = {
    instrument: 'BTC/USDT',
    quantity: decimal('0.015'),
    averagePrice: decimal('63980'),
    realised: ZERO,
    fees: ZERO,
    updatedAt: start,
    mark: decimal('64210.5'),
    markedAt: start,
    unrealised: decimal('3.4575'),
    runId: 'r',
  }

  it('measure the gain on what was paid and the risk at the stop', () => {
    expect(gainFraction(position)).toBeCloseTo(0.003603, 6)
    expect(riskAtStop(position, decimal('62700'))).toBe('19.2')
    expect(riskAtStop({ ...position, quantity: decimal('-0.015') }, decimal('65000'))).toBe('15.3')
  })

  it('say nothing where something is unavailable', () => {
    expect(gainFraction({ ...position, unrealised: null })).toBeNull()
    expect(riskAtStop(position, null)).toBeNull()
  })
})

describe('the chart', () => {
  const fill = (id: string, at: number) => ({
    tradeId: id,
    clientOrderId: 'o',
    instrument: 'BTC/USDT',
    side: 'buy' as const,
    quantity: decimal('1'),
    price: decimal('1'),
    fee: ZERO,
    at,
  })

  it('UX-18 marks fills and decisions in time order; fills of one order at one bar are one mark', () => {
    const marks = chartMarks(
      [fill('1', start + 5_000), fill('2', start + 6_000)],
      [summary('run'), summary('cut', { outcome: null })],
      '1h',
      2,
    )
    expect(marks.map(({ id, kind }) => [id, kind])).toEqual([
      ['run', 'decision'],
      ['order o', 'buy'],
    ])
  })

  it('says in words what each mark shows, of all the fills behind an arrow (UX-20)', () => {
    const cheap = { ...fill('1', start + 5_000), quantity: decimal('1'), price: decimal('100.50') }
    const dear = { ...fill('2', start + 6_000), quantity: decimal('0.5'), price: decimal('103.50') }
    const marks = chartMarks([cheap, dear], [summary('run')], '1h', 2)
    expect(marks.map(({ words }) => words)).toEqual(['The desk decided: BUY', 'Bought 1.5 at 101.50'])
  })

  it('puts each mark at the bar that was open then, and leaves out what is older than the first bar', () => {
    const bars = [0, 1, 2].map((hour) => ({
      time: start + hour * hourMs,
      open: 1,
      high: 1,
      low: 1,
      close: 1,
      volume: 1,
    }))
    const marks = chartMarks(
      [],
      [-1, 0.5, 0.9, 5].map((hour) => summary(`at ${hour}`, { endedAt: start + hour * hourMs })),
      '1h',
      2,
    )
    const byBar = [...marksByBar(marks, bars)].map(([index, there]) => [index, there.map(({ id }) => id)])
    expect(byBar).toEqual([
      [0, ['at 0.5', 'at 0.9']],
      [2, ['at 5']],
    ])
  })

  it('draws average, stop and working orders, and no stop without a position', () => {
    const held = { averagePrice: decimal('100'), quantity: decimal('2') }
    expect(chartLines(held, [], '90', 1).map(({ kind, price }) => [kind, price])).toEqual([
      ['average', 100],
      ['stop', 90],
    ])
    expect(chartLines(undefined, [], '90', 1)).toEqual([])
  })

  it('knows the change over a day only where the bars go back a day', () => {
    const bar = (hours: number, close: number) => ({
      time: start + hours * 3_600_000,
      open: 1,
      high: 1,
      low: 1,
      close,
      volume: 1,
    })
    expect(changeOverDay([bar(0, 100), bar(24, 105)], 110)).toBeCloseTo(0.1)
    expect(changeOverDay([bar(1, 100), bar(24, 105)], 110)).toBeNull()
    expect(changeOverDay([], 110)).toBeNull()
  })
})
