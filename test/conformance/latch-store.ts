import { describe, expect, it } from 'vitest'
import type { LatchStore } from '#engine/ports/latch-store.ts'
import type { Latch, StopLevel } from '#shared/domain/trading-state.ts'

/** A latch store under test: `reopened` is what the next start of the desk would see. */
export interface LatchStoreUnderTest {
  readonly store: LatchStore
  readonly reopened: () => LatchStore
  readonly requestStop: (reason: string, level: StopLevel) => void
}

const halted: Latch = {
  state: 'HALTED',
  epoch: 4,
  level: 2,
  by: 'trader',
  reason: 'Ünsicher "now"',
  at: 1_700_000_000_000,
}
const active: Latch = { state: 'ACTIVE', epoch: 5, level: null, by: 'trader', reason: 'checked', at: 1_700_000_000_001 }

/** What every latch store must do. */
export function latchStoreConformance(name: string, create: () => LatchStoreUnderTest): void {
  describe(`latch store conformance: ${name}`, () => {
    it('has no latch before the first was saved', () => {
      expect(create().store.load()).toBeUndefined()
    })

    it('KS-7 gives back the last latch that was saved, on the next start too', () => {
      const { store, reopened } = create()
      store.save(active)
      store.save(halted)
      expect(store.load()).toEqual(halted)
      expect(reopened().load()).toEqual(halted)
      reopened().save(active)
      expect(store.load()).toEqual(active)
    })

    it('KS-17 sees a stop that was asked for from outside until it has been taken up', () => {
      const { store, reopened, requestStop } = create()
      expect(store.stopRequested()).toBeUndefined()
      requestStop('The fire alarm rings', 3)
      expect(store.stopRequested()).toEqual({ level: 3, reason: 'The fire alarm rings' })
      expect(reopened().stopRequested()).toEqual({ level: 3, reason: 'The fire alarm rings' })
      store.clearStopRequest()
      store.clearStopRequest()
      expect(store.stopRequested()).toBeUndefined()
      requestStop('Again', 1)
      expect(store.stopRequested()).toEqual({ level: 1, reason: 'Again' })
    })
  })
}
