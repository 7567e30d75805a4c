import { describe, expect, it } from 'vitest'
import { shareUsed } from './risk-view.ts'

describe('how much of a limit is used', () => {
  it('is a share, unavailable where it cannot be measured, and all of a limit of nothing as soon as anything is', () => {
    expect(shareUsed({ limit: 'exposure', used: 15, maximum: 60 })).toBe(0.25)
    expect(shareUsed({ limit: 'value-at-risk', used: null, maximum: 60 })).toBeNull()
    expect(shareUsed({ limit: 'daily-loss', used: 0, maximum: 0 })).toBe(0)
    expect(shareUsed({ limit: 'daily-loss', used: 1, maximum: 0 })).toBe(1)
  })
})
