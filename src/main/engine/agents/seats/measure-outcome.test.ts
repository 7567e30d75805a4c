import { describe, expect, it } from 'vitest'
import type { Fill } from '#shared/domain/order.ts'
import { outcomeSchema } from '#shared/domain/outcome.ts'
import { decimal } from '#shared/lib/decimal.ts'
import { type Execution, lessonsOf } from './measure-outcome.ts'

function fill(quantity: string, price: string, fee: string, side: Fill['side'] = 'buy'): Fill {
  return {
    tradeId: `t${price}`,
    clientOrderId: 'o1',
    instrument: 'BTC/USDT',
    side,
    quantity: decimal(quantity),
    price: decimal(price),
    fee: decimal(fee),
    at: 1,
  }
}

const execution: Execution = {
  runId: 'run_1',
  decisionId: 'dec_1',
  at: 5,
  action: 'buy',
  quantity: decimal(2),
  arrivalPrice: decimal(100),
  fills: [fill('1', '100.1', '0.1'), fill('1', '100.3', '0.1')],
}

describe('what a decision came to', () => {
  it('is measured against the price that it was decided at', () => {
    const outcome = lessonsOf(execution)
    expect(outcomeSchema.parse(outcome)).toEqual(outcome)
    expect(outcome).toMatchObject({ filledQuantity: '2', averagePrice: '100.2', fees: '0.2', slippageBps: 20 })
    expect(outcome.lessons).toEqual([
      'Completely filled, in 2 fills.',
      'The buy filled 20 bp worse than the decision price.',
      'Fees were 10 bp: a trade like this must expect more than 60 bp to pay for the round trip.',
    ])
  })

  it('counts a sale below the arrival price as worse', () => {
    const sale = lessonsOf({ ...execution, action: 'sell', fills: [fill('2', '99.9', '0', 'sell')] })
    expect(sale.slippageBps).toBe(10)
    expect(sale.lessons[1]).toContain('10 bp worse')
  })

  it('says how much was filled, and why not all', () => {
    const part = lessonsOf({ ...execution, fills: [fill('0.5', '100', '0')], refusal: 'the rest was cancelled' })
    expect(part.lessons[0]).toContain('Only 25 % was filled, in one fill: the rest was cancelled')
    const none = lessonsOf({ ...execution, fills: [], refusal: 'the gate denied it' })
    expect(none).toMatchObject({ averagePrice: null, slippageBps: null, filledQuantity: '0' })
    expect(none.lessons).toEqual(['The decision to buy led to no fill: the gate denied it.'])
  })

  it('does not make up an arrival price', () => {
    const unknown = lessonsOf({ ...execution, arrivalPrice: null })
    expect(unknown.slippageBps).toBeNull()
    expect(unknown.lessons[1]).toContain('unavailable')
  })

  it('is nothing for hold', () => {
    expect(lessonsOf({ ...execution, action: 'hold', quantity: decimal(0), fills: [] }).lessons).toHaveLength(1)
  })
})
