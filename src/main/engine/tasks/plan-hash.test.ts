import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { stepOf } from '#test/builders/plan-run.ts'
import { planHash } from './plan-hash.ts'

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')

describe('planHash', () => {
  it('does not depend on the order of keys, and changes with any step', () => {
    const step = stepOf('a', { slots: { desk: 1, api: 2 } })
    const same = { ...stepOf('a'), slots: { api: 2, desk: 1 } }
    expect(planHash([step], sha256)).toBe(planHash([same], sha256))
    expect(planHash([step], sha256)).not.toBe(planHash([{ ...step, retries: 1 }], sha256))
    expect(planHash([step], sha256)).toMatch(/^[0-9a-f]{64}$/)
  })
})
