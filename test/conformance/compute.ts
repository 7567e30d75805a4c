import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Compute } from '#engine/ports/compute.ts'
import { ParleyError } from '#shared/lib/error.ts'
import { climb, refuse, roots, stumble } from '#test/fakes/heavy-functions.ts'

/** What every way of computing must do, with the table of test/fakes/heavy-functions.ts. */
export function computeConformance(name: string, create: () => Compute): void {
  describe(`compute conformance: ${name}`, () => {
    it('gives what the function gives for the same input, columns included', async () => {
      const compute = create()
      await fc.assert(
        fc.asyncProperty(fc.float64Array({ min: 0, noNaN: true, maxLength: 50 }), async (values) => {
          expect(await compute.run(roots, { values })).toEqual(roots({ values }))
        }),
        { numRuns: 30 },
      )
    })

    it('leaves the input with the caller', async () => {
      const values = Float64Array.of(4, 9)
      const output = await create().run(roots, { values })
      expect([values, output.values]).toEqual([Float64Array.of(4, 9), Float64Array.of(2, 3)])
    })

    it('brings a ParleyError back whole', async () => {
      const failed = create().run(refuse, { reason: 'a test' })
      await expect(failed).rejects.toBeInstanceOf(ParleyError)
      await expect(failed).rejects.toMatchObject({
        code: 'TEST_REFUSED',
        message: 'Refused: a test.',
        retry: 'retryable',
        details: { reason: 'a test' },
        wayOut: 'Ask otherwise.',
      })
    })

    it('tells anything else that was thrown, and which function threw it', async () => {
      await expect(create().run(stumble, null)).rejects.toMatchObject({
        code: 'COMPUTE_FAILED',
        message: 'The function "stumble" failed: stumbled',
        retry: 'definitive',
      })
    })

    it('refuses what cannot be cloned, and a function that is not in the table', async () => {
      const compute = create()
      const uncloneable = { values: Float64Array.of(1), also: () => 1 }
      await expect(compute.run(roots, uncloneable)).rejects.toMatchObject({ code: 'COMPUTE_FAILED' })
      await expect(compute.run((input: number) => input, 1)).rejects.toMatchObject({ code: 'COMPUTE_UNKNOWN' })
    })

    it('begins nothing for a caller that has given up already', async () => {
      const reason = new Error('given up')
      const told: number[] = []
      const options = { signal: AbortSignal.abort(reason), onProgress: (share: number) => told.push(share) }
      await expect(create().run(climb, { steps: 3, stepMs: 1 }, options)).rejects.toBe(reason)
      expect(told).toEqual([])
    })

    it('tells the progress, which never goes back', async () => {
      const told: number[] = []
      const onProgress = (share: number) => told.push(share)
      expect(await create().run(climb, { steps: 6, stepMs: 60 }, { onProgress })).toBe(6)
      expect(told.length).toBeGreaterThan(2)
      expect(told).toEqual([...told].sort((a, b) => a - b))
      expect(told.every((share) => share > 0 && share <= 1)).toBe(true)
    })
  })
}
