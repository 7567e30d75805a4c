import { describe, expect, it } from 'vitest'
import { createVirtualClock } from '#shared/lib/virtual-clock.ts'
import { deskKernel, goal } from '#test/builders/desk-kernel.ts'
import { pass, passUntil, settle } from '#test/builders/virtual-time.ts'

const trader = { kind: 'human', id: 'trader' } as const

async function opened() {
  const desk = deskKernel({ seed: 3 })
  await desk.start()
  return desk
}
const saidByMemory = ({ messages }: { messages: readonly { agent: string; runs?: unknown; text: string }[] }) =>
  messages.filter(({ runs }) => runs !== undefined)

describe('what memory brings into a run', () => {
  it('is nothing for the first, which has nothing to compare with', async () => {
    const { decide } = await opened()
    const first = await decide()
    expect(first.recollection).toEqual({ recalled: [], compared: 0, nearest: null })
    expect(saidByMemory(first)).toEqual([])
    expect(first.situation).toMatchObject({ instrument: 'BTC/USDT', features: { exposure: 0 } })
  })

  it('is an earlier decision like it, with what came of it, said with a link to its run', async () => {
    const { decide, clock } = await opened()
    const first = await decide()
    await pass(clock, 10 * 60_000)
    const second = await decide()
    expect(second.recollection).toMatchObject({
      compared: 1,
      recalled: [{ runId: first.runId, action: first.decision?.action, lessons: first.outcome?.lessons }],
    })
    const [said] = saidByMemory(second)
    expect(said).toMatchObject({
      agent: 'desk',
      kind: 'system',
      runs: [{ id: first.runId, instrument: 'BTC/USDT', startedAt: first.startedAt }],
    })
    const move = second.recollection?.recalled[0]?.move
    expect(move?.afterMs).toBeGreaterThan(9 * 60_000)
  })

  it('is not what ended only after the run began', async () => {
    const { kernel, clock, decide, kinds } = await opened()
    const beside = await settle(clock, kernel.runs.start({ ...goal, instrument: 'ETH/USDT' }, trader))
    await passUntil(clock, () => kinds().includes('evidenceGathered'))
    const run = await decide()
    await settle(clock, beside.ended)
    expect(run.recollection?.compared).toBe(0)
    const later = await decide()
    expect(later.recollection?.compared).toBe(2)
  })

  it('comes once, also where the run is taken up again after a crash', async () => {
    const desk = await opened()
    await desk.decide()
    await settle(desk.clock, desk.kernel.runs.start(goal, trader))
    const recalled = (records: readonly { kind: string }[]) =>
      records.filter(({ kind }) => kind === 'situationRecalled').length
    const onDisk = () => desk.journal.read(0, 10_000)
    await passUntil(desk.clock, () => recalled(onDisk()) === 2)
    const clock = createVirtualClock(desk.clock.now() + 5_000)
    const { journal } = deskKernel({ clock })
    for (const { kind, data, actor, correlationId } of onDisk()) {
      void journal.append({ kind, data, actor, ...(correlationId !== null && { correlationId }) } as never)
    }
    await settle(clock, journal.settled())
    const after = deskKernel({ seed: 3, clock, journal })
    await after.start()
    await settle(clock, after.kernel.runs.drained())
    expect(after.kinds()).toContain('runResumed')
    expect(after.kinds()).toContain('decisionMade')
    expect(recalled(after.records)).toBe(0)
  })

  it('is the same each time', async () => {
    const twice = async () => {
      const { decide } = await opened()
      await decide()
      return (await decide()).recollection
    }
    expect(await twice()).toEqual(await twice())
  })
})
