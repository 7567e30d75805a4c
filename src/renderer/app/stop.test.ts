import { QueryClient } from '@tanstack/react-query'
import { describe, expect, it, vi } from 'vitest'
import type { DeskLink } from '#renderer/client.ts'
import type { StopProgress } from '#shared/domain/trading-state.ts'
import { isAllClear, isStopKey, StopControl, stopKeys } from './stop.ts'

const done: StopProgress = {
  cancelsRequested: 3,
  cancelsConfirmed: 3,
  cancelsFailed: 0,
  unknown: 0,
  stillLive: [],
  unprotected: [],
}

describe('KS-15 all clear', () => {
  it('is said when every cancel is confirmed and nothing is unknown', () => {
    expect(isAllClear(done)).toBe(true)
  })

  it.each<[string, Partial<StopProgress>]>([
    ['a cancel is not confirmed yet', { cancelsConfirmed: 2 }],
    ['a cancel failed', { cancelsFailed: 1 }],
    ['an order is unknown', { unknown: 1 }],
    ['an order is still live', { stillLive: ['ord_1'] }],
  ])('is not said while %s', (_why, change) => {
    expect(isAllClear({ ...done, ...change })).toBe(false)
  })
})

describe('the keys of the stop', () => {
  const press = { ctrlKey: false, metaKey: false, shiftKey: false, code: 'KeyH', repeat: false }

  it('are Ctrl or Cmd with Shift and H', () => {
    expect(isStopKey({ ...press, ctrlKey: true, shiftKey: true })).toBe(true)
    expect(isStopKey({ ...press, metaKey: true, shiftKey: true })).toBe(true)
  })

  it('are never a bare key, and held down they stop once', () => {
    expect(isStopKey(press)).toBe(false)
    expect(isStopKey({ ...press, shiftKey: true })).toBe(false)
    expect(isStopKey({ ...press, ctrlKey: true, shiftKey: true, repeat: true })).toBe(false)
  })

  it('are named as the machine names them', () => {
    expect(stopKeys('MacIntel')).toBe('⌘⇧H')
    expect(stopKeys('Linux x86_64')).toBe('Ctrl+Shift+H')
  })
})

describe('KS-1 a stop', () => {
  /** A desk that refuses so many stops before it takes one. */
  function deskRefusing(times: number) {
    const levels: number[] = []
    let refusals = times
    const desk = {
      client: {
        trading: {
          stop: ({ level }: { level: number }) => {
            levels.push(level)
            if (refusals-- > 0) return Promise.reject(new Error('no answer'))
            return Promise.resolve({ latch: {}, progress: done })
          },
        },
      },
      orpc: { system: { status: { queryKey: () => ['status'] } } },
      connection: { answering: () => Promise.resolve() },
    }
    return { desk: desk as unknown as DeskLink, levels }
  }

  it('is sent again until the engine has acknowledged it', async () => {
    vi.useFakeTimers()
    const { desk, levels } = deskRefusing(2)
    const stop = new StopControl(desk, new QueryClient())
    stop.stop(2)
    await vi.advanceTimersByTimeAsync(0)
    expect(stop.pending?.error).toEqual(new Error('no answer'))
    await vi.advanceTimersByTimeAsync(2_000)
    expect(levels).toEqual([2, 2, 2])
    expect(stop.pending).toBeNull()
    vi.useRealTimers()
  })

  it('asked for at a higher level while one is on its way is sent at that level too', async () => {
    vi.useFakeTimers()
    const { desk, levels } = deskRefusing(0)
    const stop = new StopControl(desk, new QueryClient())
    stop.stop(2)
    stop.stop(3)
    stop.stop(1)
    await vi.advanceTimersByTimeAsync(1_000)
    expect(levels).toEqual([2, 3])
    expect(stop.pending).toBeNull()
    vi.useRealTimers()
  })
})
