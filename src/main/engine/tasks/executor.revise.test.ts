import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isFinalStep, type Plan, type Step, stepTransitions } from '#shared/domain/plan.ts'
import { ParleyError } from '#shared/lib/error.ts'
import { createRandom } from '#shared/lib/random.ts'
import { createVirtualClock } from '#shared/lib/virtual-clock.ts'
import { planOf, stepOf, takingTime, turn } from '#test/builders/plan-run.ts'
import { type Perform, type PlanRun, type RunResult, type StepEvent, startPlan } from './executor.ts'

/** Runs a plan, and lets it be changed whenever something is recorded. */
async function reviseWhile(
  plan: Plan,
  onEvent: (event: StepEvent, run: PlanRun) => void,
  given: { perform?: Perform; spendable?: () => number } = {},
): Promise<{ result: RunResult; lines: string[]; endedMs: number }> {
  const clock = createVirtualClock(0)
  const lines: string[] = []
  const ended: { result?: RunResult } = {}
  const run = startPlan({
    runId: 'run_1',
    plan,
    perform: given.perform ?? takingTime(clock),
    clock,
    random: createRandom(1),
    signal: new AbortController().signal,
    async record(event) {
      lines.push(`${event.kind} ${event.data.stepId}`)
      // The first steps begin before there is a handle to change the plan by.
      if (event.kind === 'stepStarted') await Promise.resolve()
      onEvent(event, run)
    },
    ...(given.spendable && { spendable: given.spendable }),
  })
  void run.result.then((result) => {
    ended.result = result
  })
  await turn()
  while (ended.result === undefined && clock.step()) await turn()
  if (ended.result === undefined) throw new Error('The run never ended.')
  return { result: ended.result, lines, endedMs: clock.now() }
}

const nothing = new Map<string, string>()
const state = (result: RunResult, id: string) => result.steps.find((step) => step.id === id)?.state
const later = (change: () => void) => queueMicrotask(change)

describe('a plan that is changed under way', () => {
  const chain = [stepOf('a'), stepOf('b', { needs: ['a'], optional: true }), stepOf('c', { needs: ['b'] })]

  it('skips what is not wanted any more, with the reason, and goes on with the rest', async () => {
    const { result, lines } = await reviseWhile(planOf(chain), ({ kind, data }, run) => {
      if (kind === 'stepSucceeded' && data.stepId === 'a') run.revise(planOf(chain), new Map([['b', 'It is late.']]))
    })
    expect(result.steps.find(({ id }) => id === 'b')).toMatchObject({ state: 'skipped', reason: 'It is late.' })
    expect(lines).not.toContain('stepStarted b')
    expect(state(result, 'c')).toBe('succeeded')
  })

  it('lets a new step stand in for one that failed, and those that waited for that one wait for it', async () => {
    const other = stepOf('other', { seconds: 3, optional: true })
    const changed = planOf([
      stepOf('a'),
      stepOf('b', { needs: ['a'], optional: true }),
      stepOf('c', { needs: ['b', 'other'] }),
      other,
    ])
    const clock = createVirtualClock(0)
    const perform: Perform = async (context) => {
      if (context.step.id === 'b') throw new ParleyError('SOURCE_REFUSED', 'No.')
      return { status: 'succeeded', output: context.step.id, usd: clock.now() }
    }
    const { result, lines } = await reviseWhile(
      planOf(chain),
      ({ kind }, run) => {
        if (kind === 'stepFailed') run.revise(changed, nothing)
      },
      { perform },
    )
    expect(result.steps.map(({ id }) => [id, state(result, id)])).toEqual([
      ['a', 'succeeded'],
      ['b', 'failed'],
      ['c', 'succeeded'],
      ['other', 'succeeded'],
    ])
    expect(lines.indexOf('stepSucceeded other')).toBeLessThan(lines.indexOf('stepStarted c'))
  })

  it('a step that was ready and is given something to wait for waits for it', async () => {
    const steps = [stepOf('long', { slots: { desk: 1 }, seconds: 5 }), stepOf('next', { slots: { desk: 1 } })]
    const changed = planOf(
      [...steps.slice(0, 1), stepOf('next', { slots: { desk: 1 }, needs: ['new'] }), stepOf('new', { seconds: 9 })],
      { slots: { desk: 1 } },
    )
    const { result } = await reviseWhile(planOf(steps, { slots: { desk: 1 } }), ({ kind, data }, run) => {
      if (kind === 'stepStarted' && data.stepId === 'long') later(() => run.revise(changed, nothing))
    })
    expect(result.steps.find(({ id }) => id === 'next')?.startedAt).toBe(9_000)
  })

  it('what has begun stays as it was, whatever the new plan says of it', async () => {
    const changed = planOf([stepOf('a', { seconds: 99, needs: [] }), ...chain.slice(1)])
    const { result, endedMs } = await reviseWhile(planOf(chain), ({ kind, data }, run) => {
      if (kind === 'stepStarted' && data.stepId === 'a') run.revise(changed, new Map([['a', 'Too late for that.']]))
    })
    expect(state(result, 'a')).toBe('succeeded')
    expect(endedMs).toBe(3_000)
  })

  it('refuses a plan in which a step is gone, leads to a circle, or could never start, and goes on unchanged', async () => {
    const wrong = [
      planOf(chain.slice(1).map((step) => ({ ...step, needs: [] }))),
      planOf([stepOf('a'), stepOf('b', { needs: ['c'] }), stepOf('c', { needs: ['b'] })]),
      planOf([...chain, stepOf('big', { slots: { desk: 4 } })]),
    ]
    const codes: unknown[] = []
    const { result, lines } = await reviseWhile(planOf(chain), ({ kind, data }, run) => {
      if (kind !== 'stepSucceeded' || data.stepId !== 'a') return
      for (const plan of wrong) {
        try {
          run.revise(plan, nothing)
        } catch (error) {
          codes.push((error as ParleyError).code)
        }
      }
    })
    expect(codes).toEqual(['PLAN_INVALID', 'PLAN_INVALID', 'PLAN_INVALID'])
    expect(result.status).toBe('completed')
    expect(lines.filter((line) => line.startsWith('stepSucceeded'))).toEqual(
      ['a', 'b', 'c'].map((id) => `stepSucceeded ${id}`),
    )
  })

  it('money that was set aside for a required step that is dropped is free for others', async () => {
    const steps = [
      stepOf('a'),
      stepOf('dear', { needs: ['a'], usd: 5 }),
      stepOf('nice', { needs: ['a'], usd: 5, optional: true }),
    ]
    const { result } = await reviseWhile(planOf(steps, { costLimitUsd: 5 }), ({ kind, data }, run) => {
      if (kind === 'stepSucceeded' && data.stepId === 'a') {
        run.revise(planOf(steps, { costLimitUsd: 5 }), new Map([['dear', 'Not needed.']]))
      }
    })
    expect(state(result, 'nice')).toBe('succeeded')
  })

  it('property: however it is changed, every step ends, in lawful moves, and none is begun twice', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(1_000_000), { minLength: 3, maxLength: 40 }), async (draws) => {
        let at = 0
        const draw = (most: number) => (draws[at++ % draws.length] as number) % most
        let steps: Step[] = Array.from({ length: 4 + draw(5) }, (_, index) =>
          stepOf(`s${index}`, {
            seconds: 1 + draw(4),
            optional: draw(3) > 0,
            needs: Array.from({ length: index }, (_unused, need) => `s${need}`).filter(() => draw(4) === 0),
            slots: draw(2) === 0 ? { desk: 1 } : {},
          }),
        )
        const before = new Map<string, string>()
        const begun = new Set<string>()
        const slots = { desk: 2 }
        let changes = 0
        const { result, lines } = await reviseWhile(planOf(steps, { slots }), ({ kind, data }, run) => {
          const moved = {
            stepStarted: 'running',
            stepSucceeded: 'succeeded',
            stepFailed: 'failed',
            stepSkipped: 'skipped',
          }
          before.set(data.stepId, moved[kind as keyof typeof moved])
          if (kind === 'stepStarted') begun.add(data.stepId)
          if (changes >= 5 || draw(3) > 0) return
          changes += 1
          const fresh = stepOf(`n${changes}`, { seconds: draw(3), optional: true })
          steps = [
            ...steps.map((step) =>
              begun.has(step.id) || draw(3) > 0 ? step : { ...step, needs: [...new Set([...step.needs, fresh.id])] },
            ),
            fresh,
          ]
          const drops = steps.filter(({ optional }) => optional && draw(5) === 0).map(({ id }) => id)
          const revise = () => run.revise(planOf(steps, { slots }), new Map(drops.map((id) => [id, 'Dropped.'])))
          if (draw(2) === 0) revise()
          else later(revise)
        })
        expect(result.status).toBe('completed')
        expect(new Set(result.steps.map(({ id }) => id))).toEqual(new Set(steps.map(({ id }) => id)))
        for (const step of result.steps) {
          expect(isFinalStep(step.state)).toBe(true)
          expect(stepTransitions[step.state]).toEqual([])
          expect(lines.filter((line) => line === `stepStarted ${step.id}`).length).toBeLessThanOrEqual(1)
        }
      }),
      { numRuns: 300 },
    )
  })
})
