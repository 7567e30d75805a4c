import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type CollaborativePlan, planPriorities } from '#shared/domain/collaborative-plan.ts'
import { fairShares, type PlanIntent, planConflicts, type SharedLimit } from './plan-conflicts.ts'

let made = 0
function intent(
  about: Partial<PlanIntent> & { priority?: CollaborativePlan['priority']; on?: string } = {},
): PlanIntent {
  const { priority = 'medium', on = 'BTC/USDT', ...rest } = about
  const id = `plan_${++made}`
  const plan = { id, title: id, instrument: on, priority, createdAt: made } as CollaborativePlan
  return { plan, side: 'buy', adds: rest.side !== 'sell', worth: 100, isFixed: false, waits: false, ...rest }
}
const room = (amount: number): SharedLimit => ({ kind: 'resource', name: 'the cash', room: amount, counts: () => true })
const fatesOf = (intents: readonly PlanIntent[], limits: readonly SharedLimit[] = []) =>
  planConflicts(intents, limits).map(({ settled, fates }) => [
    settled,
    ...intents.map(({ plan }) => {
      const fate = fates.get(plan.id)
      return fate?.kind === 'cut' ? Math.round(fate.worth) : fate?.kind
    }),
  ])

describe('plans that are open at once', () => {
  it('on one instrument in opposite directions: the more urgent goes first, and what adds risk gives way to it', () => {
    const buys = intent()
    const exit = intent({ side: 'sell', priority: 'high', waits: true, worth: null })
    expect(fatesOf([buys, exit])).toEqual([['priority', 'givesWay', 'keeps']])
    expect(fatesOf([{ ...buys, isFixed: true }, exit])).toEqual([['open', 'trader', 'keeps']])
    expect(fatesOf([buys, intent({ side: 'sell', on: 'ETH/USDT', priority: 'high' })])).toEqual([])
    expect(fatesOf([buys, intent()])).toEqual([])
  })

  it('HO-8 what reduces is never called off for what adds; what waits goes on waiting', () => {
    const sells = intent({ side: 'sell' })
    expect(fatesOf([sells, intent({ priority: 'high' })])).toEqual([['priority', 'keeps', 'keeps']])
    expect(fatesOf([intent({ priority: 'high' }), intent({ side: 'sell', waits: true })])).toEqual([
      ['priority', 'keeps', 'keeps'],
    ])
  })

  it('a short sale adds as a purchase does: it gives way, and counts towards a limit', () => {
    const short = intent({ side: 'sell', adds: true })
    expect(fatesOf([short, intent({ priority: 'high' })])).toEqual([['priority', 'givesWay', 'keeps']])
    expect(fatesOf([short, intent({ on: 'ETH/USDT' })], [room(100)])).toEqual([['mediation', 49, 49]])
    const reduces = intent({ side: 'sell', on: 'ETH/USDT' })
    expect(fatesOf([reduces, intent()], [room(100)])).toEqual([])
  })

  it('equally urgent in opposite directions are for the trader', () => {
    expect(fatesOf([intent(), intent({ side: 'sell', waits: true })])).toEqual([['open', 'trader', 'keeps']])
  })

  it('a plan is not at odds with the one that it serves', () => {
    const parent = intent()
    const child = intent({ side: 'sell' })
    expect(planConflicts([parent, { ...child, plan: { ...child.plan, parentId: parent.plan.id } }], [])).toEqual([])
  })

  it('that together pass a limit: the more urgent keeps its size, the next is cut to what is left', () => {
    expect(fatesOf([intent(), intent({ priority: 'high' })], [room(150)])).toEqual([['priority', 47, 'keeps']])
    expect(fatesOf([intent(), intent({ priority: 'high' })], [room(100)])).toEqual([['open', 'trader', 'keeps']])
    expect(fatesOf([intent(), intent()], [room(200)])).toEqual([])
  })

  it('that are equally urgent share what there is', () => {
    expect(fatesOf([intent(), intent({ worth: 40 })], [room(100)])).toEqual([['mediation', 58, 'keeps']])
    expect(fatesOf([intent(), intent(), intent()], [room(120)])).toEqual([['mediation', 39, 39, 39]])
  })

  it('what is decided keeps its size whatever its priority, and where all is decided the trader is told', () => {
    const decided = intent({ priority: 'low', isFixed: true })
    expect(fatesOf([decided, intent({ priority: 'critical' })], [room(130)])).toEqual([['priority', 'keeps', 27]])
    expect(fatesOf([decided, intent({ isFixed: true })], [room(130)])).toEqual([['open', 'keeps', 'keeps']])
  })

  it('what one of them passes by itself is its own conflict', () => {
    expect(fatesOf([intent({ worth: 300 }), intent()], [room(200)])).toEqual([])
  })

  it('never get more than there is, and no more urgent plan less than one that is less urgent would leave it', () => {
    const worths = fc.array(
      fc.tuple(fc.integer({ min: 1, max: 100 }), fc.constantFrom(...planPriorities), fc.boolean()),
      {
        minLength: 2,
        maxLength: 6,
      },
    )
    fc.assert(
      fc.property(worths, fc.integer({ min: 100, max: 400 }), (worths, amount) => {
        const intents = worths.map(([worth, priority, isFixed]) => intent({ worth, priority, isFixed }))
        const [found] = planConflicts(intents, [room(amount)])
        if (found === undefined) return
        const given = intents.map(({ plan, worth }) => {
          const fate = found.fates.get(plan.id)
          return fate?.kind === 'keeps' ? (worth ?? 0) : fate?.kind === 'cut' ? fate.worth : 0
        })
        const fixed = intents.reduce((sum, { isFixed, worth }) => sum + (isFixed ? (worth ?? 0) : 0), 0)
        expect(given.reduce((sum, each) => sum + each, 0)).toBeLessThanOrEqual(Math.max(amount, fixed) + 1e-6)
        for (const [place, one] of intents.entries()) {
          for (const [other, less] of intents.entries()) {
            const isAbove = planPriorities.indexOf(one.plan.priority) > planPriorities.indexOf(less.plan.priority)
            if (!isAbove || one.isFixed || less.isFixed || (given[place] ?? 0) >= (one.worth ?? 0)) continue
            expect(given[other]).toBe(0)
          }
        }
      }),
    )
  })
})

describe('sharing by mediation', () => {
  it('makes the product of what everybody gets of its wish greatest', () => {
    const wanted = fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 2, maxLength: 3 })
    fc.assert(
      fc.property(wanted, fc.integer({ min: 3, max: 90 }), (wanted, whole) => {
        const shares = fairShares(wanted, whole)
        const total = shares.reduce((sum, share) => sum + share, 0)
        expect(total).toBeCloseTo(
          Math.min(
            whole,
            wanted.reduce((sum, each) => sum + each, 0),
          ),
          9,
        )
        const product = shares.reduce((sum, share) => sum * share, 1)
        // Taking from one for another makes it no greater.
        for (const [from] of shares.entries()) {
          for (const [to, share] of shares.entries()) {
            if (from === to || share + 0.1 > (wanted[to] ?? 0)) continue
            const moved = shares.map((each, index) => (index === from ? each - 0.1 : index === to ? each + 0.1 : each))
            expect(moved.reduce((sum, each) => sum * each, 1)).toBeLessThanOrEqual(product + 1e-9)
          }
        }
      }),
    )
  })
})
