import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, describe, expect, it } from 'vitest'
import { computeConformance } from '#test/conformance/compute.ts'
import { climb, heavyFunctions, roots, spin, vanish } from '#test/fakes/heavy-functions.ts'
import { createComputePool } from './compute-pool.ts'

const worker = join(import.meta.dirname, '../../../test/fakes/heavy-functions.worker.ts')
const pool = createComputePool({ table: heavyFunctions, worker, threads: 2 })
afterAll(() => pool.close())

const values = Float64Array.of(4)

computeConformance('on worker threads', () => pool)

describe('the compute pool', () => {
  it('ends a busy loop when its caller gives up, and goes on with the next call', async () => {
    const giveUp = new AbortController()
    const spinning = pool.run(spin, null, { signal: giveUp.signal })
    await wait(50)
    const reason = new Error('given up')
    giveUp.abort(reason)
    await expect(spinning).rejects.toBe(reason)
    expect((await pool.run(roots, { values })).count).toBe(1)
  })

  it('replaces a worker that hangs, and says that the call may be made again', async () => {
    await expect(pool.run(spin, null, { timeoutMs: 100 })).rejects.toMatchObject({
      code: 'COMPUTE_TIMED_OUT',
      retry: 'retryable',
    })
    expect((await pool.run(roots, { values })).count).toBe(1)
  })

  it('replaces workers that die, however often, and says that the call may be made again', async () => {
    for (let time = 0; time < 4; time++) {
      await expect(pool.run(vanish, null)).rejects.toMatchObject({ code: 'COMPUTE_CRASHED', retry: 'retryable' })
    }
    expect((await pool.run(roots, { values })).count).toBe(1)
  })

  it('outlives callers that give up while workers start', async () => {
    for (let time = 0; time < 6; time++) {
      const giveUp = new AbortController()
      const spinning = pool.run(spin, null, { signal: giveUp.signal })
      await wait(time)
      giveUp.abort('changed my mind')
      await expect(spinning).rejects.toBe('changed my mind')
    }
    expect((await pool.run(roots, { values })).count).toBe(1)
  })

  it('leaves the event loop free while it computes', async () => {
    let turns = 0
    const timer = setInterval(() => turns++, 5)
    await pool.run(climb, { steps: 4, stepMs: 50 })
    clearInterval(timer)
    expect(turns).toBeGreaterThan(1)
  })

  it('ends what is under way when it is closed, and takes nothing any more', async () => {
    const closing = createComputePool({ table: heavyFunctions, worker, threads: 1 })
    const under = closing.run(spin, null)
    const waiting = closing.run(roots, { values })
    const ended = Promise.all([
      expect(under).rejects.toMatchObject({ code: 'COMPUTE_CLOSED' }),
      expect(waiting).rejects.toMatchObject({ code: 'COMPUTE_CLOSED' }),
    ])
    await wait(50)
    await closing.close()
    await ended
    await expect(closing.run(roots, { values })).rejects.toMatchObject({ code: 'COMPUTE_CLOSED' })
  })
})
