import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Entry } from '#engine/journal/journal.ts'
import type { LatchStore } from '#engine/ports/latch-store.ts'
import type { Latch, TradingState } from '#shared/domain/trading-state.ts'
import { latchSchema } from '#shared/domain/trading-state.ts'
import { createVirtualClock } from '#shared/lib/virtual-clock.ts'
import { createMemoryLatchStore } from '#test/fakes/memory-latch-store.ts'
import { createDeskLatch, type LatchChange, readLatch } from './latch.ts'

const active: Latch = { state: 'ACTIVE', epoch: 4, level: null, by: 'system', reason: 'new', at: 5 }
const halted: Latch = { ...active, state: 'HALTED', level: 1 }
const trader = { kind: 'human', id: 'trader' } as const
const stop: LatchChange = { state: 'HALTED', level: 2, by: trader, reason: 'drill' }
const rearm: LatchChange = { state: 'ACTIVE', by: trader, reason: 'all is well again' }

function latchOn(initial: Latch, store: LatchStore = createMemoryLatchStore(initial)) {
  const entries: Entry[] = []
  const changes: Latch[] = []
  const latch = createDeskLatch({
    store,
    journal: {
      append(...appended) {
        entries.push(...appended)
        return Promise.resolve([])
      },
    },
    clock: createVirtualClock(100),
    initial,
    onChange: (after) => changes.push(after),
  })
  return { latch, entries, changes }
}

describe('reading the latch at the start', () => {
  it('KS-7 a halted desk starts halted', () => {
    expect(readLatch(createMemoryLatchStore(halted), 9)).toEqual({ latch: halted, isNew: false })
  })

  it('a desk that was never used starts active, and its latch is kept at once', () => {
    const store = createMemoryLatchStore()
    const { latch, isNew } = readLatch(store, 9.5)
    expect(isNew).toBe(true)
    expect(latch).toMatchObject({ state: 'ACTIVE', epoch: 1, at: 9 })
    expect(store.load()).toEqual(latch)
  })

  it('KS-8 a latch that cannot be read starts halted, says why, and in an epoch that no decision was made in', () => {
    let saved: Latch | undefined
    const store: LatchStore = {
      ...createMemoryLatchStore(),
      load() {
        throw new Error('Its checksum does not fit.')
      },
      save(latch) {
        saved = latch
      },
    }
    const { latch, isNew } = readLatch(store, 1_700_000_000_000.25)
    expect(isNew).toBe(false)
    expect(latch).toMatchObject({ state: 'HALTED', level: 2, reason: 'Its checksum does not fit.' })
    expect(latch.epoch).toBe(1_700_000_000_000)
    expect(saved).toEqual(latchSchema.parse(latch))
  })
})

describe('changing the latch', () => {
  it('closing takes effect before it is written, opening only once it is', () => {
    const seen: string[] = []
    const memory = createMemoryLatchStore(active)
    const { latch } = latchOn(active, {
      ...memory,
      save: (next) => seen.push(`saving ${next.state} while ${latch.current().state}`),
    })
    latch.change(stop)
    latch.change(rearm)
    expect(seen).toEqual(['saving HALTED while HALTED', 'saving ACTIVE while HALTED'])
  })

  it('closing holds although it cannot be saved, says so, and is saved again at every look until it is', () => {
    const memory = createMemoryLatchStore(active)
    let full = true
    const store: LatchStore = {
      ...memory,
      save(next) {
        if (full) throw new Error('the disk is full')
        memory.save(next)
      },
    }
    const { latch, changes } = latchOn(active, store)
    expect(latch.change(stop)).toMatchObject({ state: 'HALTED', epoch: 5 })
    expect(latch.current().reason).toBe('drill. A restart would not know of it: the disk is full')
    expect(changes).toHaveLength(1)
    expect(memory.load()).toEqual(active)
    full = false
    expect(latch.current().reason).toBe('drill')
    expect(memory.load()).toMatchObject({ state: 'HALTED', epoch: 5 })
  })

  it('opening that cannot be saved is refused, and whatever reached the store is closed again', () => {
    const memory = createMemoryLatchStore(halted)
    let fails = true
    const store: LatchStore = {
      ...memory,
      save(next) {
        memory.save(next)
        if (fails) throw new Error('the folder cannot be synced')
      },
    }
    const { latch, entries, changes } = latchOn(halted, store)
    expect(() => latch.change(rearm)).toThrow('the folder cannot be synced')
    expect([latch.current().state, entries.length, changes.length]).toEqual(['HALTED', 0, 0])
    fails = false
    latch.current()
    expect(memory.load()).toEqual(halted)
  })

  it('is journalled with what was before and after, who did it, and why', () => {
    const { latch, entries } = latchOn(active)
    const after = latch.change(stop)
    expect(entries).toEqual([
      { kind: 'tradingStateChanged', data: { before: active, after }, actor: trader, reason: 'drill' },
    ])
    expect(after).toEqual({ state: 'HALTED', epoch: 5, level: 2, by: 'trader', reason: 'drill', at: 100 })
  })

  it('the epoch rises with every change, and only HALTED has a level', () => {
    const states = fc.array(fc.constantFrom<TradingState>('ACTIVE', 'REDUCING', 'HALTED'), { maxLength: 20 })
    fc.assert(
      fc.property(states, (wanted) => {
        const { latch } = latchOn(active)
        for (const state of wanted) {
          const before = latch.current().epoch
          const after = latch.change({ state, by: trader, reason: 'a drill' })
          expect(after.epoch).toBe(before + 1)
          expect(after.level === null).toBe(state !== 'HALTED')
          expect(latch.current()).toEqual(after)
        }
      }),
    )
  })
})

describe('KS-17 a stop that was asked for from outside', () => {
  it('is taken up at the next look, before anybody sees the state', () => {
    const store = createMemoryLatchStore(active)
    const { latch, entries } = latchOn(active, store)
    store.requestStop('parley stop')
    expect(latch.current()).toMatchObject({ state: 'HALTED', level: 2, by: 'outside', reason: 'parley stop' })
    expect(store.stopRequested()).toBeUndefined()
    expect(entries).toHaveLength(1)
    latch.current()
    expect(entries).toHaveLength(1)
  })

  it('halts further a desk that was only halted at level 1, and leaves one halted further as it is', () => {
    const store = createMemoryLatchStore(halted)
    const { latch } = latchOn(halted, store)
    store.requestStop('again')
    expect(latch.current()).toMatchObject({ state: 'HALTED', level: 2, epoch: 5 })
    latch.change({ ...stop, level: 3 })
    store.requestStop('again')
    expect(latch.current()).toMatchObject({ level: 3, epoch: 6 })
    expect(store.stopRequested()).toBeUndefined()
  })

  it('halts at the level asked for, and no desk less than it already is', () => {
    for (const level of [1, 2, 3] as const) {
      const store = createMemoryLatchStore(active)
      const { latch } = latchOn(active, store)
      store.requestStop('drill', level)
      expect(latch.current()).toMatchObject({ state: 'HALTED', level })
    }
    const store = createMemoryLatchStore({ ...halted, level: 2 })
    const { latch } = latchOn({ ...halted, level: 2 }, store)
    store.requestStop('less', 1)
    expect(latch.current()).toMatchObject({ level: 2, epoch: 4 })
  })

  it('that cannot be removed keeps the desk from being opened, and breaks nothing', () => {
    const store: LatchStore = {
      ...createMemoryLatchStore(active),
      stopRequested: () => ({ level: 2, reason: 'for good' }),
      clearStopRequest() {
        throw new Error('not permitted')
      },
    }
    const { latch } = latchOn(active, store)
    expect(latch.current().state).toBe('HALTED')
    latch.change(rearm)
    expect(latch.current().state).toBe('HALTED')
  })
})
