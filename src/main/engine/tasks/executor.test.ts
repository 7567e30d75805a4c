import { describe, expect, it } from 'vitest'
import { createVirtualClock } from '#shared/lib/virtual-clock.ts'
import { planOf, runPlan, stepOf, takingTime } from '#test/builders/plan-run.ts'

describe('executePlan', () => {
  it('starts a step the moment its own needs are final, without waiting for its level', async () => {
    const clock = createVirtualClock(0)
    const steps = [
      stepOf('quick', { seconds: 1 }),
      stepOf('slow', { seconds: 10 }),
      stepOf('after quick', { seconds: 1, needs: ['quick'] }),
    ]
    const run = await runPlan({ clock, plan: planOf(steps), perform: takingTime(clock) })
    expect(run.result?.status).toBe('completed')
    expect(run.result?.steps.find(({ id }) => id === 'after quick')).toMatchObject({ startedAt: 1_000, endedAt: 2_000 })
  })
})
