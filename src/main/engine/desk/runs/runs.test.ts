import { describe, expect, it } from 'vitest'
import { createVirtualClock } from '#shared/lib/virtual-clock.ts'
import { deskKernel, goal, shippedPlanning } from '#test/builders/desk-kernel.ts'
import { pass, passUntil, settle } from '#test/builders/virtual-time.ts'

const trader = { kind: 'human', id: 'trader' } as const
const refusal = (code: string) => expect.objectContaining({ code })

async function started(given: Parameters<typeof deskKernel>[0] = {}) {
  const desk = deskKernel({ seed: 2, ...given })
  await desk.start()
  return { ...desk, begin: (about = {}) => settle(desk.clock, desk.kernel.runs.start({ ...goal, ...about }, trader)) }
}

describe('a decision run', () => {
  it('is there for everybody to see before start resolves', async () => {
    const { begin, queries, kernel } = await started()
    const { runId } = await begin()
    expect(queries.getRun(runId)).toMatchObject({ status: 'running', goal })
    expect(kernel.runs.active().map((run) => run.runId)).toEqual([runId])
  })

  it('one at a time for each instrument, as many as there are instruments', async () => {
    const { begin, kernel } = await started()
    const { runId } = await begin()
    await expect(begin()).rejects.toEqual(refusal('RUN_ACTIVE'))
    await expect(begin()).rejects.toMatchObject({ details: { runId } })
    await begin({ instrument: 'ETH/USDT' })
    expect(kernel.runs.active()).toHaveLength(2)
  })

  it('is not begun on what is not traded here, nor on a halted desk', async () => {
    const { begin, kernel, kinds } = await started()
    await expect(begin({ instrument: 'XYZ/USDT' })).rejects.toEqual(refusal('INSTRUMENT_NOT_FOUND'))
    kernel.halt(1, trader, 'drill')
    await expect(begin()).rejects.toEqual(refusal('TRADING_HALTED'))
    expect(kinds()).not.toContain('runStarted')
  })

  it('that is cancelled ends cancelled with the reason, and cannot be cancelled again', async () => {
    const { begin, kernel, clock, kinds } = await started()
    const { runId, ended } = await begin()
    await passUntil(clock, () => kinds().includes('ballotCast'))
    kernel.runs.cancel(runId, 'changed my mind')
    expect((await settle(clock, ended)).ended).toEqual({ status: 'cancelled', reason: 'changed my mind' })
    expect(() => kernel.runs.cancel(runId, 'again')).toThrow(refusal('RUN_NOT_ACTIVE'))
    expect(kinds()).not.toContain('orderInitialized')
  })

  it('a stop ends it as cancelled', async () => {
    const { begin, kernel, clock, kinds } = await started()
    const { ended } = await begin()
    await passUntil(clock, () => kinds().includes('evidenceGathered'))
    kernel.halt(2, trader, 'drill')
    expect((await settle(clock, ended)).ended).toEqual({ status: 'cancelled', reason: 'drill' })
    await settle(clock, kernel.runs.drained())
  })

  it('a journal that cannot be written ends it, and nothing is left hanging', async () => {
    const { begin, kernel, clock, journal } = await started()
    await begin()
    const { database } = journal
    database.exec("CREATE TEMP TRIGGER broken BEFORE INSERT ON journal BEGIN SELECT raise(ABORT, 'full'); END")
    await pass(clock, 10_000)
    expect(kernel.runs.active()).toEqual([])
    expect(kernel.latch.current()).toMatchObject({ state: 'HALTED', level: 1 })
  })
})

describe('HO-15 a run that a dead process left', () => {
  /** Lets a desk die when so many steps have succeeded, and begins another one on its journal. */
  async function killedAfter(steps: number, given: Parameters<typeof deskKernel>[0] = {}) {
    const dead = await started()
    void dead.begin()
    await passUntil(dead.clock, () => dead.kinds().filter((kind) => kind === 'stepSucceeded').length >= steps)
    const before = dead.journal.read(0, 10_000)
    // Its clock stands still from here on: what it had not made durable is lost.
    const clock = createVirtualClock(dead.clock.now() + 5_000)
    const { journal } = deskKernel({ clock })
    for (const { kind, data, actor, correlationId } of before) {
      const entry = { kind, data, actor, ...(correlationId !== null && { correlationId }) }
      void journal.append(entry as never)
    }
    await settle(clock, journal.settled())
    const desk = deskKernel({ seed: 2, clock, journal, ...given })
    return { ...desk, before, runId: before.find(({ kind }) => kind === 'runStarted')?.correlationId ?? '' }
  }

  const stepOf = (record: { kind: string; data: unknown }) => (record.data as { stepId?: string }).stepId
  const doneIn = (records: readonly { kind: string; data: unknown }[]) =>
    records.filter(({ kind }) => kind === 'stepSucceeded').map(stepOf)

  it.each([1, 5, 12, 24])(
    'after %i steps is taken up with the rest of its steps, none of them twice',
    async (steps) => {
      const { start, kernel, clock, before, records, runId, queries } = await killedAfter(steps)
      await start()
      await settle(clock, kernel.runs.drained())
      expect(records.some(({ kind }) => kind === 'runResumed')).toBe(true)
      const again = records.filter(({ kind }) => kind === 'stepStarted').map(stepOf)
      for (const step of doneIn(before)) expect(again).not.toContain(step)
      expect(queries.getRun(runId)?.status).toBe('completed')
      const done = [...doneIn(before), ...doneIn(records)]
      expect(new Set(done).size).toBe(done.length)
    },
  )

  it('is never taken up with another plan than it had', async () => {
    const { balanced } = shippedPlanning.profiles
    const profiles = { ...shippedPlanning.profiles, balanced: { ...balanced, debateRounds: 1 } }
    const changed = { options: { planning: { ...shippedPlanning, profiles } } }
    const { start, clock, queries, runId, records } = await killedAfter(3, changed)
    await start()
    await pass(clock, 1_000)
    expect(queries.getRun(runId)).toMatchObject({
      status: 'failed',
      reason: 'Its plan has changed since it was started.',
    })
    expect(records.map(({ kind }) => kind)).not.toContain('stepStarted')
  })

  it('whose plan cannot be made any more ends, and does not keep the desk from starting', async () => {
    const { momentum, ...tasks } = shippedPlanning.tasks
    const without = { options: { planning: { ...shippedPlanning, tasks: { momentum } as typeof tasks } } }
    const { start, clock, queries, runId } = await killedAfter(3, without)
    await start()
    await pass(clock, 1_000)
    expect(queries.getRun(runId)?.status).toBe('failed')
  })

  it('KS-10 on a desk that starts halted is not taken up', async () => {
    const { start, queries, runId, latchStore, records } = await killedAfter(3)
    latchStore.requestStop('parley stop')
    await start()
    expect(queries.getRun(runId)).toMatchObject({
      status: 'cancelled',
      reason: 'The desk was started again while halted',
    })
    expect(records.map(({ kind }) => kind)).not.toContain('stepStarted')
  })
})
