import { describe, expect, it } from 'vitest'
import { createVirtualClock } from '#shared/lib/virtual-clock.ts'
import { pass } from '#test/builders/virtual-time.ts'
import { keepDialling, longestPause } from './redial.ts'

const retryMs = 1_000
const steadyMs = 30_000

/** Dials what fails at once, but for the attempts named, which stand for a minute; tells when each began. */
async function dialled(forMs: number, standing: readonly number[] = []): Promise<number[]> {
  const clock = createVirtualClock(0)
  const life = new AbortController()
  const attempts: number[] = []
  const session = async () => {
    attempts.push(clock.now())
    if (standing.includes(attempts.length)) await new Promise<void>((resolve) => clock.after(60_000, resolve))
    throw new Error('no link')
  }
  const done = keepDialling({ clock, life: life.signal, retryMs, steadyMs, session, broke() {}, tried() {} })
  await pass(clock, forMs)
  life.abort()
  await done
  return attempts
}

const pauses = (attempts: readonly number[]) => attempts.slice(1).map((at, index) => at - (attempts[index] ?? 0))

describe('dialling again', () => {
  it('waits twice as long after each failure, up to a most', async () => {
    const most = longestPause * retryMs
    expect(pauses(await dialled(120_000))).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, most, most])
  })

  it('begins with the first pause again after a link that stood', async () => {
    expect(pauses(await dialled(75_000, [4]))).toEqual([1_000, 2_000, 4_000, 61_000, 2_000, 4_000])
  })

  it('tells every failure, and dials no more once its life is over', async () => {
    const clock = createVirtualClock(0)
    const life = new AbortController()
    const told: string[] = []
    const session = () => Promise.reject(new Error(`failure ${told.length + 1}`))
    const broke = (error: unknown) => told.push(String(error))
    const done = keepDialling({ clock, life: life.signal, retryMs, steadyMs, session, broke, tried() {} })
    await pass(clock, 3_500)
    life.abort()
    await done
    await pass(clock, 60_000)
    expect(told).toEqual(['Error: failure 1', 'Error: failure 2', 'Error: failure 3'])
  })
})
