import { join } from 'node:path'
import type { Database } from 'better-sqlite3'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { EndedOrdersQuery } from '#engine/ports/queries.ts'
import type { DeskEvent } from '#shared/domain/event.ts'
import { evidenceSchema } from '#shared/domain/evidence.ts'
import { messageSchema } from '#shared/domain/message.ts'
import { fillSchema, orderSchema, plainTerms } from '#shared/domain/order.ts'
import { type Plan, stepTransitions } from '#shared/domain/plan.ts'
import { proposalSchema } from '#shared/domain/proposal.ts'
import { runSchema } from '#shared/domain/run.ts'
import { decimal } from '#shared/lib/decimal.ts'
import { openJournal } from '#store/journal.ts'
import { anyBallot, anyOutcome, anyProposal, deskEntry } from '#test/builders/events.ts'
import { temporaryHome } from '#test/builders/home.ts'
import { journalOptions } from '#test/builders/journal.ts'
import { deskOrder } from '#test/builders/orders.ts'
import { createQueries, deskProjections } from './index.ts'
import type { Projection } from './projection.ts'

function rowsOf(database: Database): unknown {
  const tables = deskProjections.flatMap((projection) => projection.tables)
  return Object.fromEntries(
    tables.map((table) => [
      table,
      database
        .prepare(`SELECT * FROM ${table}`)
        .raw()
        .all()
        .map((row) => JSON.stringify(row))
        .sort(),
    ]),
  )
}

const newerVersion = (projection: Projection): Projection => ({ ...projection, version: projection.version + 1 })

async function deskWith(...events: readonly DeskEvent[]) {
  const journal = openJournal(journalOptions({ projections: deskProjections }))
  for (const event of events) await journal.append({ ...event, actor: { kind: 'system', id: 'desk' } })
  return createQueries(journal.database)
}

function plan(...ids: readonly string[]): Plan {
  const steps = ids.map((id) => ({
    id,
    title: id,
    owner: 'researcher',
    action: 'research',
    needs: [],
    priority: 'high' as const,
    optional: false,
    sources: [],
    estimate: { seconds: 1, usd: 0 },
    timeoutMs: 1_000,
    retries: 1,
    slots: {},
  }))
  const estimate = { usd: 0, seconds: { sequential: 1, parallel: 1, lowerBound: 1 }, speedup: 1 }
  return {
    id: 'plan_1',
    goal: 'decide',
    hash: 'h',
    steps,
    slots: {},
    costLimitUsd: 1,
    estimate,
    starts: {},
    levels: [],
  }
}

const goal = { instrument: 'BTC/USDT', profile: 'balanced', policy: 'weighted' } as const
const started = (runId: string, ...steps: readonly string[]): DeskEvent => ({
  kind: 'runStarted',
  data: { runId, goal, plan: plan(...steps) },
})
const step = (stepId: string, attempt = 1) => ({ runId: 'run_1', stepId, attempt })

describe('projections', () => {
  it('built again from the journal have the rows that were written along, whatever happened', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(deskEntry, { maxLength: 12 }), { maxLength: 8 }), async (groups) => {
        const file = join(temporaryHome(), 'journal.db')
        const options = journalOptions({ file, projections: deskProjections })
        const journal = openJournal(options)
        for (const group of groups) await journal.append(...group)
        const written = rowsOf(journal.database)
        journal.close()

        const again = openJournal({ ...options, projections: deskProjections.map(newerVersion) })
        expect(again.rebuilt).toEqual(deskProjections.map(({ name }) => name))
        expect(rowsOf(again.database)).toEqual(written)
        again.close()
      }),
      { numRuns: 40 },
    )
  })

  it('answer with what the contract promises, whatever happened', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(deskEntry, { maxLength: 60 }), async (entries) => {
        const journal = openJournal(journalOptions({ projections: deskProjections }))
        await journal.append(...entries)
        const queries = createQueries(journal.database)
        for (const { id } of queries.listRuns(10)) {
          const run = queries.getRun(id)
          expect(runSchema.parse(run)).toEqual(run)
          for (const one of queries.listMessages(id, undefined, 100)) expect(messageSchema.parse(one)).toEqual(one)
          for (const one of queries.listEvidence(id)) expect(evidenceSchema.parse(one)).toEqual(one)
          for (const one of queries.getVote(id).proposals) expect(proposalSchema.parse(one)).toEqual(one)
        }
        for (const one of queries.listOrders(undefined, 10)) expect(orderSchema.parse(one)).toEqual(one)
        for (const one of queries.listFills(undefined, 10)) expect(fillSchema.parse(one)).toEqual(one)
        journal.close()
      }),
      { numRuns: 40 },
    )
  })

  it('move steps only as the transition table lets them, or by way of ready', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(deskEntry, { maxLength: 80 }), async (entries) => {
        const journal = openJournal(journalOptions({ projections: deskProjections }))
        const queries = createQueries(journal.database)
        let before = new Map<string, keyof typeof stepTransitions>()
        for (const entry of entries) {
          await journal.append(entry)
          const after = new Map<string, keyof typeof stepTransitions>()
          for (const { id } of queries.listRuns(10)) {
            for (const { id: stepId, state } of queries.getRun(id)?.steps ?? []) after.set(`${id}/${stepId}`, state)
          }
          for (const [key, from] of before) {
            const to = after.get(key) ?? from
            const next = stepTransitions[from]
            const isLegal = from === to || next.includes(to) || (next.includes('ready') && to === 'running')
            expect(isLegal, `${from} to ${to}`).toBe(true)
          }
          before = after
        }
        journal.close()
      }),
      { numRuns: 25 },
    )
  })

  it('that were left out for a while are built again when they come back', async () => {
    const file = join(temporaryHome(), 'journal.db')
    const options = journalOptions({ file, projections: deskProjections })
    openJournal(options).close()
    const without = openJournal({ ...options, projections: [] })
    await without.append({ ...started('run_1', 'a'), actor: { kind: 'system', id: 'desk' } })
    without.close()
    const again = openJournal(options)
    expect(again.rebuilt).toContain('runs')
    expect(createQueries(again.database).listRuns(5)).toHaveLength(1)
    again.close()
    expect(openJournal(options).rebuilt).toEqual([])
  })
})

describe('runs', () => {
  it('show the progress, cost and end of each step', async () => {
    const queries = await deskWith(
      started('run_1', 'a', 'b', 'c', 'd'),
      { kind: 'stepStarted', data: step('a') },
      { kind: 'stepRetried', data: { ...step('a'), code: 'X', message: 'timed out', delayMs: 5 } },
      { kind: 'stepStarted', data: step('a', 2) },
      { kind: 'stepSucceeded', data: { ...step('a', 2), usd: 0.25, output: null } },
      { kind: 'stepStarted', data: step('b') },
      { kind: 'stepFailed', data: { ...step('b'), code: 'X', message: 'no answer', usd: 0.5 } },
      { kind: 'stepSkipped', data: { ...step('c'), reason: 'b failed' } },
      { kind: 'stepSucceeded', data: { ...step('a', 3), usd: 9, output: null } },
    )
    expect(queries.getRun('run_1')).toMatchObject({ status: 'running', usd: 0.75, stepsDone: 3, stepsTotal: 4 })
    expect(queries.getRun('run_1')?.steps).toMatchObject([
      { id: 'a', state: 'succeeded', attempt: 2, reason: null, usd: 0.25 },
      { id: 'b', state: 'failed', attempt: 1, reason: 'no answer', usd: 0.5 },
      { id: 'c', state: 'skipped', startedAt: null, reason: 'b failed' },
      { id: 'd', state: 'pending', attempt: 0, startedAt: null, endedAt: null },
    ])
    expect(queries.getRun('run_9')).toBeUndefined()
  })

  it('that go on after a crash start again what was under way', async () => {
    const queries = await deskWith(
      started('run_1', 'a', 'b'),
      { kind: 'stepStarted', data: step('a') },
      { kind: 'stepSucceeded', data: { ...step('a'), usd: 0, output: null } },
      { kind: 'stepStarted', data: step('b') },
      { kind: 'runResumed', data: { runId: 'run_1' } },
    )
    expect(queries.getRun('run_1')?.steps.map(({ state }) => state)).toEqual(['succeeded', 'ready'])
  })

  it('end with the words of the decision unless the end has its own, and only once', async () => {
    const decision = {
      id: 'dec_1',
      runId: 'run_1',
      at: 1,
      proposalId: null,
      action: 'hold',
      status: 'noTrade',
      rule: 'TIE',
      reason: 'It was a tie.',
      confidence: 0.5,
      agreement: 50,
      price: null,
      market: null,
      epoch: 1,
    } as const
    const ended = (runId: string, status: 'completed' | 'failed', reason: string | null): DeskEvent => ({
      kind: 'runEnded',
      data: { runId, status, reason },
    })
    const queries = await deskWith(
      started('run_1'),
      started('run_2'),
      { kind: 'decisionMade', data: { decision } },
      ended('run_1', 'completed', null),
      ended('run_1', 'failed', 'too late'),
      ended('run_2', 'failed', 'no prices'),
    )
    expect(queries.listRuns(10)).toMatchObject([
      { id: 'run_2', status: 'failed', outcome: null, reason: 'no prices' },
      { id: 'run_1', status: 'completed', outcome: 'hold', reason: 'It was a tie.' },
    ])
    expect(queries.listRuns(1).map(({ id }) => id)).toEqual(['run_2'])
  })
})

it('messages come after a cursor, in the order in which they were said', async () => {
  const said = (id: string, runId: string): DeskEvent => ({
    kind: 'messagePosted',
    data: {
      message: {
        id,
        runId,
        at: 1,
        agent: 'bull',
        kind: 'thought',
        text: id,
        confidence: null,
        evidence: [],
        replyTo: null,
      },
    },
  })
  const queries = await deskWith(said('z', 'run_1'), said('x', 'run_2'), said('b', 'run_1'), said('a', 'run_1'))
  const ids = (after: string | undefined, limit: number) =>
    queries.listMessages('run_1', after, limit).map(({ id }) => id)
  expect([ids(undefined, 9), ids('z', 1), ids('b', 9), ids('a', 9)]).toEqual([['z', 'b', 'a'], ['b'], ['a'], []])
  expect(() => ids('x', 9)).toThrowError(expect.objectContaining({ code: 'MESSAGE_NOT_FOUND' }))
})

it('a vote holds each proposal as last revised, every ballot, and the last tally, decision and outcome', async () => {
  const [proposal] = fc.sample(anyProposal, { numRuns: 1, seed: 1 })
  const [ballot] = fc.sample(anyBallot, { numRuns: 1, seed: 1 })
  const [outcome] = fc.sample(anyOutcome, { numRuns: 1, seed: 1 })
  if (proposal === undefined || ballot === undefined || outcome === undefined) throw new Error('nothing to vote on')
  const runId = 'run_1'
  const first = { ...proposal, runId, id: 'pro_1' }
  const second = { ...proposal, runId, id: 'pro_2' }
  const revised = { ...first, quantity: decimal('0.5') }
  const ballots = ['bal_1', 'bal_2'].map((id) => ({ ...ballot, id }))
  const empty = { proposals: [], ballots: [], tally: null, decision: null, outcome: null }
  const queries = await deskWith(
    { kind: 'proposalMade', data: { proposal: first } },
    { kind: 'proposalMade', data: { proposal: second } },
    { kind: 'proposalRevised', data: { proposal: revised, why: 'too large' } },
    ...ballots.map((one): DeskEvent => ({ kind: 'ballotCast', data: { runId, ballot: one } })),
    { kind: 'outcomeMeasured', data: { outcome: { ...outcome, runId, lessons: ['first'] } } },
    { kind: 'outcomeMeasured', data: { outcome: { ...outcome, runId, lessons: ['second'] } } },
  )
  expect(queries.getVote(runId)).toEqual({
    ...empty,
    proposals: [revised, second],
    ballots,
    outcome: { ...outcome, runId, lessons: ['second'] },
  })
  expect(queries.getVote('run_9')).toEqual(empty)
})

it('orders and fills are listed newest first, of one instrument or of all', async () => {
  const order = (clientOrderId: string, instrument: string): DeskEvent => ({
    kind: 'orderInitialized',
    data: {
      order: {
        ...plainTerms,
        clientOrderId,
        venueOrderId: null,
        instrument,
        side: 'buy',
        type: 'MARKET',
        timeInForce: 'IOC',
        quantity: decimal('2'),
        limitPrice: null,
        reduceOnly: false,
        status: 'INITIALIZED',
        filledQuantity: decimal('0'),
        averagePrice: null,
        by: 'executor',
        runId: null,
        proposalId: null,
        decisionId: null,
        createdAt: 1,
        updatedAt: 1,
        reason: null,
      },
    },
  })
  const filled = (clientOrderId: string, tradeId: string, price: string): DeskEvent => ({
    kind: 'orderFilled',
    data: {
      fill: {
        tradeId,
        clientOrderId,
        instrument: 'BTC/USDT',
        side: 'buy',
        quantity: decimal('1'),
        price: decimal(price),
        fee: decimal('0'),
        at: 2,
      },
    },
  })
  const queries = await deskWith(
    order('ord_1', 'BTC/USDT'),
    order('ord_2', 'ETH/USDT'),
    { kind: 'orderSubmitted', data: { clientOrderId: 'ord_1' } },
    { kind: 'orderAccepted', data: { clientOrderId: 'ord_1', venueOrderId: 'V1' } },
    filled('ord_1', 't1', '100'),
    filled('ord_1', 't2', '110'),
    { kind: 'orderSubmitted', data: { clientOrderId: 'ord_9' } },
  )
  expect(queries.listOrders(undefined, 9)).toMatchObject([
    { clientOrderId: 'ord_2', status: 'INITIALIZED' },
    { clientOrderId: 'ord_1', status: 'FILLED', filledQuantity: '2', averagePrice: '105', venueOrderId: 'V1' },
  ])
  expect(queries.listOrders('BTC/USDT', 9).map(({ clientOrderId }) => clientOrderId)).toEqual(['ord_1'])
  expect(queries.listFills(undefined, 1).map(({ tradeId }) => tradeId)).toEqual(['t2'])
  expect(queries.listFills('ETH/USDT', 9)).toEqual([])
})

describe('the search over everything that was ever said', () => {
  const run = (runId: string, instrument: string): DeskEvent => ({
    kind: 'runStarted',
    data: { runId, goal: { instrument, profile: 'balanced', policy: 'weighted' }, plan: plan('research') },
  })
  const said = (id: string, runId: string, agent: string, text: string): DeskEvent => ({
    kind: 'messagePosted',
    data: {
      message: { id, runId, at: 1, agent, kind: 'analysis', text, confidence: null, evidence: [], replyTo: null },
    },
  })
  const spoken = () =>
    deskWith(
      run('run_1', 'BTC/USDT'),
      run('run_2', 'ETH/USDT'),
      said('a', 'run_1', 'bear', 'Funding is stretched, and naïve longs pay for it.'),
      said('b', 'run_1', 'bull', 'The breakout holds on volume.'),
      said('c', 'run_2', 'bear', 'Funding turned; the volume is thin.'),
    )
  const nothingElse = { text: '', limit: 50 }

  it('finds words by their beginnings, without regard to case and accents, newest first', async () => {
    const queries = await spoken()
    const ids = async (text: string) =>
      (await queries.searchMessages({ text, limit: 50 })).map(({ message }) => message.id)
    expect(await ids('FUND')).toEqual(['c', 'a'])
    expect(await ids('naive')).toEqual(['a'])
    expect(await ids('volume -thin')).toEqual(['b'])
    expect(await ids('"longs pay"')).toEqual(['a'])
    expect(await ids('nowhere')).toEqual([])
  })

  it('marks what was looked for', async () => {
    const [hit] = await (await spoken()).searchMessages({ text: 'breakout', limit: 50 })
    expect(hit?.excerpt).toEqual([
      { text: 'The ', found: false },
      { text: 'breakout', found: true },
      { text: ' holds on volume.', found: false },
    ])
  })

  it('filters by agent, instrument and run, and goes on before the last hit of a page', async () => {
    const queries = await spoken()
    const ids = async (about: object) =>
      (await queries.searchMessages({ ...nothingElse, ...about })).map(({ message }) => message.id)
    expect(await ids({ agent: 'bear' })).toEqual(['c', 'a'])
    expect(await ids({ instrument: 'ETH/USDT' })).toEqual(['c'])
    expect(await ids({ runId: 'run_1', agent: 'bull' })).toEqual(['b'])
    const [first] = await queries.searchMessages({ text: 'funding', limit: 1 })
    expect(await ids({ text: 'funding', before: first?.seq })).toEqual(['a'])
  })
})

it('ended orders come newest first, a page at a time, by instrument and by how they ended; what works is none of them', async () => {
  const denial = { code: 'TRADING_HALTED', values: {} } as const
  const made = (clientOrderId: string, instrument: string): DeskEvent => ({
    kind: 'orderInitialized',
    data: { order: deskOrder({ clientOrderId, instrument }) },
  })
  const denied = (clientOrderId: string): DeskEvent => ({ kind: 'orderDenied', data: { clientOrderId, denial } })
  const cancelled = (clientOrderId: string): readonly DeskEvent[] => [
    { kind: 'orderSubmitted', data: { clientOrderId } },
    { kind: 'orderCanceled', data: { clientOrderId } },
  ]
  const queries = await deskWith(
    made('a', 'BTC/USDT'),
    made('b', 'ETH/USDT'),
    made('c', 'BTC/USDT'),
    made('works', 'BTC/USDT'),
    made('d', 'BTC/USDT'),
    ...['a', 'd'].map(denied),
    ...['c', 'b'].flatMap(cancelled),
  )
  const ids = (asked: Partial<EndedOrdersQuery>) =>
    queries.listEndedOrders({ limit: 10, ...asked }).map(({ clientOrderId }) => clientOrderId)
  expect(ids({})).toEqual(['d', 'c', 'b', 'a'])
  expect(ids({ limit: 2 })).toEqual(['d', 'c'])
  expect(ids({ limit: 2, before: 'c' })).toEqual(['b', 'a'])
  expect(ids({ instrument: 'BTC/USDT' })).toEqual(['d', 'c', 'a'])
  expect(ids({ status: 'DENIED' })).toEqual(['d', 'a'])
  expect(ids({ status: 'CANCELED', instrument: 'ETH/USDT' })).toEqual(['b'])
})
