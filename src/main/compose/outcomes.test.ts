import { describe, expect, it } from 'vitest'
import { deskKernel } from '#test/builders/desk-kernel.ts'
import { outcomesFrom } from './outcomes.ts'

describe('what earlier decisions came to', () => {
  it('is told of one instrument, newest first, with what was decided', async () => {
    const desk = deskKernel({ seed: 2 })
    await desk.start()
    const first = await desk.decide({ policy: 'simple-majority' })
    await desk.decide({ instrument: 'ETH/USDT' })
    const second = await desk.decide()
    const outcomes = outcomesFrom(desk.queries)('BTC/USDT')
    expect(outcomes.map(({ runId }) => runId)).toEqual([second.runId, first.runId])
    expect(outcomes[1]).toMatchObject({
      action: first.decision?.action,
      confidence: first.decision?.confidence,
      filledQuantity: first.outcome?.filledQuantity,
    })
    expect(outcomesFrom(desk.queries)('SOL/USDT')).toEqual([])
  })
})
