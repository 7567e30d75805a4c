import { describe, expect, it } from 'vitest'
import { createVirtualClock } from '#shared/lib/virtual-clock.ts'
import { planOf, runPlan, stepOf, takingTime } from '#test/builders/plan-run.ts'
import { nestSteps } from './nested-steps.ts'

describe('nestSteps', () => {
  it('runs the nested steps before the outer one, which gathers their outputs for those that need it', async () => {
    const steps = nestSteps(
      [stepOf('before'), stepOf('outer', { needs: ['before'] }), stepOf('after', { needs: ['outer'] })],
      'outer',
      [stepOf('one'), stepOf('two', { needs: ['one'] })],
    )
    const clock = createVirtualClock(0)
    let gathered: unknown
    const run = await runPlan({
      clock,
      plan: planOf(steps),
      perform: async (context) => {
        if (context.step.id === 'outer') gathered = ['outer/one', 'outer/two'].map(context.outputOf)
        return takingTime(clock)(context)
      },
    })
    expect(run.lines().filter((line) => line.startsWith('stepSucceeded'))).toEqual(
      ['before', 'outer/one', 'outer/two', 'outer', 'after'].map((id) => `stepSucceeded ${id}`),
    )
    expect(gathered).toEqual(['outer/one', 'outer/two'])
  })

  it('makes what is nested under an optional step optional, and refuses a step that is not there', () => {
    const steps = nestSteps([stepOf('outer', { optional: true })], 'outer', [stepOf('one')])
    expect(steps.map(({ optional }) => optional)).toEqual([true, true])
    expect(() => nestSteps(steps, 'nobody', [])).toThrow(expect.objectContaining({ code: 'PLAN_INVALID' }))
  })
})
