import { expect, it } from 'vitest'
import type { Entry } from '#engine/journal.ts'
import { emptyBook } from '#engine/trading/book.ts'
import type { Decision } from '#shared/domain/decision.ts'
import type { Proposal } from '#shared/domain/proposal.ts'
import { decimal } from '#shared/lib/decimal.ts'
import { createVirtualClock } from '#shared/lib/virtual-clock.ts'
import { planOf, stepOf } from '#test/builders/plan-run.ts'
import type { DeskParts } from './parts.ts'
import { performRun } from './perform.ts'
import { beginRunMemory } from './run-memory.ts'

it('OL-1 an order that ended before the desk was started again is neither sent again nor a failure of its step', async () => {
  const appended: Entry[] = []
  const book = emptyBook()
  book.closedOrders.add('order_1')
  const parts = {
    book,
    clock: createVirtualClock(0),
    ids: { next: (kind: string) => `${kind}_1` },
    journal: { append: async (...entries: Entry[]) => void appended.push(...entries) },
    orders: { submit: () => Promise.reject(new Error('It was sent again.')) },
  } as unknown as DeskParts
  const goal = { instrument: 'BTC/USDT', profile: 'balanced', policy: 'weighted' } as const
  const fill = {
    tradeId: 't',
    instrument: 'BTC/USDT',
    side: 'buy',
    price: decimal('100'),
    fee: decimal('0'),
    at: 0,
  } as const
  const memory = {
    ...beginRunMemory('run_1', goal, planOf([]), 0),
    proposals: [{ id: 'prop_1', quantity: decimal('2') } as Proposal],
    decision: { id: 'dec_1', proposalId: 'prop_1', status: 'agreed', action: 'buy' } as Decision,
    orders: ['order_1'],
    fills: [{ ...fill, clientOrderId: 'order_1', quantity: decimal('1.5') }],
  }
  const result = await performRun({ parts, memory, epoch: 1, outcomes: [] })({
    runId: 'run_1',
    step: stepOf('execute', { action: 'execute', owner: 'executor' }),
    attempt: 1,
    attemptsLeft: 0,
    signal: new AbortController().signal,
    outputOf: () => undefined,
    failureOf: () => undefined,
  })
  expect(result).toEqual({ status: 'succeeded', output: { clientOrderId: 'order_1' }, usd: 0 })
  expect(JSON.stringify(appended)).toContain('with 1.5 of 2 filled')
})
