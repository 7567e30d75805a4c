import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { boundaryConstant } from './group-sequential.ts'
import { mixtureP, observeMixture, unseen, waldLimits } from './sequential.ts'

const folder = '../shared/reference/stats'
const missing = !existsSync(folder)
const read = (name: string) => JSON.parse(readFileSync(`${folder}/${name}`, 'utf8'))

type Json = number | string | readonly Json[] | { readonly [name: string]: Json }

/** Expects every number of the reference in our result, 1e-10 relative; numbers that are but rounding error, 1e-14. */
function expectAgrees(actual: unknown, expected: Json, at: string, relative = 1e-10): void {
  if (typeof expected === 'object') {
    for (const [name, value] of Object.entries(expected)) {
      expectAgrees((actual as Record<string, unknown>)[name], value, `${at}.${name}`, relative)
    }
    return
  }
  const wanted = expected === 'Inf' ? Number.POSITIVE_INFINITY : Number(expected)
  if (!Number.isFinite(wanted)) return expect(actual, at).toBe(wanted)
  const error = Math.abs((actual as number) - wanted)
  expect(error, `${at}: ${String(actual)}, not ${wanted}`).toBeLessThanOrEqual(
    Math.max(1e-14, relative * Math.abs(wanted)),
  )
}

describe.skipIf(missing)('sequential tests (skipped: the reference data is not here)', () => {
  interface Mixture {
    readonly sigma: number
    readonly tau: number
    readonly theta0: number
    readonly x: number[]
    readonly Lambda_n: number
    readonly always_valid_p: number
  }
  const reference = missing ? {} : read('sequential-expected.json')

  it('gives the mixture likelihood ratio and its p-value, and the running p-value never rises', () => {
    for (const c of reference.msprt_normal_known_variance.cases as Mixture[]) {
      let state = unseen
      for (const value of c.x) {
        const next = observeMixture(state, value, { variance: c.sigma ** 2, spread: c.tau, mu: c.theta0 })
        expect(next.p).toBeLessThanOrEqual(state.p)
        state = next
      }
      expectAgrees(state.likelihoodRatio, c.Lambda_n, 'ratio')
      expectAgrees(mixtureP(state.likelihoodRatio), c.always_valid_p, 'p')
    }
  })

  it("gives Wald's limits and the constants of group sequential tests", () => {
    const wald = reference.wald_sprt
    const { upper, lower } = waldLimits(wald.alpha, wald.beta)
    expectAgrees([upper, lower], [wald.log_A_accept_H1, wald.log_B_accept_H0], 'limits')
    const { published, tolerance } = reference['group_sequential_two_sided_alpha_.05']
    for (const [looks, constant] of Object.entries<number>(published.pocock_C)) {
      expect(Math.abs(boundaryConstant(Number(looks), 'pocock') - constant)).toBeLessThan(tolerance)
    }
    for (const [looks, constant] of Object.entries<number>(published.obrien_fleming_C)) {
      expect(Math.abs(boundaryConstant(Number(looks), 'obrien-fleming') - constant)).toBeLessThan(tolerance)
    }
  }, 20_000)
})
