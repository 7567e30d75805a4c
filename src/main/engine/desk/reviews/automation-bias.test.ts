import { describe, expect, it } from 'vitest'
import { createBiasWatch } from './automation-bias.ts'

function notices(decisions: readonly { approved: boolean; dwellMs: number }[]) {
  const watch = createBiasWatch()
  return decisions.flatMap((decision, index) => (watch.add(decision) === null ? [] : [index + 1]))
}
const slow = { approved: true, dwellMs: 10_000 }

describe('HO-11 approving out of habit', () => {
  it('is noticed at 20 decisions of which more than 95 % are approvals, and again after 20 more', () => {
    expect(notices(Array.from({ length: 45 }, () => slow))).toEqual([20, 40])
  })

  it('is not noticed where one in twenty is rejected, nor before twenty', () => {
    const one = [{ ...slow, approved: false }, ...Array.from({ length: 19 }, () => slow)]
    expect(notices(one)).toEqual([])
    expect(notices(Array.from({ length: 19 }, () => slow))).toEqual([])
  })

  it('is noticed where half of the decisions took less than three seconds, whatever they were', () => {
    const fast = Array.from({ length: 20 }, (_, index) => ({ approved: index % 2 === 0, dwellMs: 2_999 }))
    expect(notices(fast)).toEqual([20])
    expect(notices(fast.map((each) => ({ ...each, dwellMs: 3_000 })))).toEqual([])
  })
})
