import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MEDIATOR, type Negotiation, negotiate } from './negotiation.ts'
import type { Deal, Issue, Party } from './negotiation-deals.ts'

const size: Issue = { kind: 'range', name: 'size', min: 0, max: 10 }
const stop: Issue = { kind: 'range', name: 'stop', min: 1, max: 5 }
const horizon: Issue = { kind: 'options', name: 'horizon', options: ['day', 'week', 'month'] }

function at(deal: Deal, name: string): number {
  return Number(deal[name])
}

const strategist: Party = {
  name: 'strategist',
  utility: (deal) => at(deal, 'size') / 10 + at(deal, 'stop') / 20 + (deal['horizon'] === 'month' ? 0.3 : 0),
  reservation: 0.5,
}
const risk: Party = {
  name: 'risk',
  utility: (deal) => 1 - at(deal, 'size') / 20 - at(deal, 'stop') / 8 + (deal['horizon'] === 'day' ? 0.1 : 0),
  reservation: 0.2,
}

function agreedDeal(negotiation: Negotiation): Deal {
  if (negotiation.status !== 'agreed') throw new Error('They did not agree.')
  return negotiation.deal
}

describe('a negotiation', () => {
  it('settles by concession what each cares about most: each gives way where it costs less', () => {
    const outcome = negotiate([size, stop, horizon], [strategist, risk])
    expect(outcome).toMatchObject({ status: 'agreed', by: 'concession' })
    expect(outcome.transcript.slice(0, 2).map(({ kind, by }) => `${by} ${kind}`)).toEqual([
      'strategist offer',
      'risk offer',
    ])
    expect(agreedDeal(outcome)).toMatchObject({ stop: 1, horizon: 'month' })
  })

  it('that stalls is mediated towards the Nash solution, from an offer on the table', () => {
    const holdOut = (party: Party, holdsOut: number): Party => ({ ...party, holdsOut })
    const outcome = negotiate([size, stop, horizon], [holdOut(strategist, 1.2), holdOut(risk, 0.8)])
    expect(outcome).toMatchObject({ status: 'agreed', by: 'mediation' })
    const texts = outcome.transcript.filter(({ by }) => by === MEDIATOR)
    const offers = outcome.transcript.filter(({ kind }) => kind === 'offer')
    expect(offers.map(({ deal }) => deal)).toContainEqual(texts[0]?.deal)
    expect(outcome.transcript.slice(-2).map(({ kind }) => kind)).toEqual(['acceptance', 'acceptance'])
    const free = negotiate([size, stop, horizon], [strategist, risk])
    expect(product(outcome)).toBeGreaterThanOrEqual(product(free) - 1e-9)
  })

  it('without rounds goes to the mediator at once', () => {
    expect(negotiate([size], [strategist, risk].map(onlySize), 0)).toMatchObject({ by: 'mediation' })
  })

  it('ends where there is no common ground, and says what each asked for', () => {
    const outcome = negotiate(
      [size, stop, horizon],
      [
        { ...strategist, reservation: 1.4 },
        { ...risk, reservation: 0.9 },
      ],
    )
    expect(outcome.status).toBe('no-common-ground')
    expect(outcome.transcript.map(({ by, kind }) => `${by} ${kind}`)).toEqual([
      'strategist offer',
      'risk offer',
      'strategist refusal',
      'risk refusal',
    ])
  })

  it('keeps to the steps of a range', () => {
    const lots: Issue = { kind: 'range', name: 'size', min: 0.5, max: 10, step: 0.25 }
    const deal = agreedDeal(negotiate([lots], [strategist, risk].map(onlySize)))
    expect((at(deal, 'size') - 0.5) / 0.25).toBe(Math.round((at(deal, 'size') - 0.5) / 0.25))
  })

  it('needs issues and parties named apart, something to settle, and finite utilities', () => {
    const code = (issues: Issue[], one: Party, other: Party) => {
      try {
        return negotiate(issues, [one, other]).status
      } catch (error) {
        return (error as { code: string }).code
      }
    }
    expect(code([], strategist, risk)).toBe('PARTIES_INVALID')
    expect(code([size, size], strategist, risk)).toBe('PARTIES_INVALID')
    expect(code([size], risk, risk)).toBe('PARTIES_INVALID')
    expect(code([size], risk, { ...strategist, name: MEDIATOR })).toBe('PARTIES_INVALID')
    expect(code([{ kind: 'options', name: 'horizon', options: [] }], strategist, risk)).toBe('ISSUE_INVALID')
    expect(code([{ kind: 'range', name: 'size', min: 2, max: 1 }], strategist, risk)).toBe('ISSUE_INVALID')
    expect(code([size], { ...strategist, utility: () => Number.NaN }, risk)).toBe('UTILITY_INVALID')
  })
})

function onlySize(party: Party): Party {
  return { ...party, utility: (deal) => party.utility({ ...deal, stop: 1, horizon: 'week' }) }
}

function product(outcome: Negotiation): number {
  if (outcome.status !== 'agreed') return 0
  return [strategist, risk].reduce((product, party) => product * (party.utility(outcome.deal) - party.reservation), 1)
}

/** Two parties with a best value for each of three issues and a weight on each: concave, and as opposed as it happens. */
const taste = fc.record({
  weights: fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 3, maxLength: 3 }),
  best: fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 3, maxLength: 3 }),
  order: fc.shuffledSubarray(['day', 'week', 'month'], { minLength: 3 }),
  linear: fc.boolean(),
  reservation: fc.integer({ min: 0, max: 60 }),
  holdsOut: fc.option(fc.integer({ min: 0, max: 100 }), { nil: undefined }),
})
type Taste = typeof taste extends fc.Arbitrary<infer T> ? T : never

function partyOf(name: string, { weights, best, order, linear, reservation, holdsOut }: Taste): Party {
  const whole = weights.reduce((sum, weight) => sum + weight, 0)
  const utility = (deal: Deal) => {
    const distances = [
      Math.abs(at(deal, 'size') / 10 - (best[0] ?? 0) / 4),
      Math.abs((at(deal, 'stop') - 1) / 4 - (best[1] ?? 0) / 4),
      order.indexOf(String(deal['horizon'])) / 2,
    ]
    const worth = distances.map((distance, index) => (weights[index] ?? 0) * (1 - (linear ? distance : distance ** 2)))
    return (100 * worth.reduce((sum, part) => sum + part, 0)) / whole
  }
  return { name, utility, reservation, ...(holdsOut === undefined ? {} : { holdsOut }) }
}

const issues = [size, stop, horizon]
const fineGrid: Deal[] = ['day', 'week', 'month'].flatMap((horizon) =>
  Array.from({ length: 41 * 41 }, (_, index) => ({
    size: (index % 41) / 4,
    stop: 1 + Math.floor(index / 41) / 10,
    horizon,
  })),
)

describe('for all parties', () => {
  it('it ends, gives both their reservation, and no deal on a fine grid is better for both by one part in a hundred', () => {
    fc.assert(
      fc.property(taste, taste, (first, second) => {
        const parties = [partyOf('first', first), partyOf('second', second)] as const
        const outcome = negotiate(issues, parties)
        const grid = fineGrid.map((deal) => parties.map(({ utility }) => utility(deal)))
        const [one, other] = [parties[0].reservation, parties[1].reservation]
        if (outcome.status === 'no-common-ground') {
          expect(grid.filter(([a = 0, b = 0]) => a > one && b > other)).toEqual([])
          return
        }
        const [a = 0, b = 0] = parties.map(({ utility }) => utility(outcome.deal))
        expect(a).toBeGreaterThanOrEqual(one)
        expect(b).toBeGreaterThanOrEqual(other)
        expect(grid.filter(([c = 0, d = 0]) => c > a + 1 && d > b + 1)).toEqual([])
      }),
      { numRuns: 40 },
    )
  })

  it('nobody takes a concession back, and rounds never go backwards', () => {
    fc.assert(
      fc.property(taste, taste, (first, second) => {
        const { transcript } = negotiate(issues, [partyOf('first', first), partyOf('second', second)])
        for (const [own, other] of [
          ['first', 'second'],
          ['second', 'first'],
        ] as const) {
          const offered = transcript.filter(({ by, kind }) => by === own && kind === 'offer')
          const worth = offered.map(({ utilities }) => utilities[other] ?? 0)
          expect(worth).toEqual([...worth].sort((a, b) => a - b))
        }
        const rounds = transcript.map(({ round }) => round)
        expect(rounds).toEqual([...rounds].sort((a, b) => a - b))
      }),
      { numRuns: 40 },
    )
  })

  it('Zeuthen leads to the Nash solution: among given options the greatest product of gains', () => {
    const values = fc.array(fc.tuple(fc.integer({ min: 0, max: 50 }), fc.integer({ min: 0, max: 50 })), {
      minLength: 1,
      maxLength: 20,
    })
    fc.assert(
      fc.property(values, (values) => {
        const worths = new Map(values.map((worth, index) => [`option ${index}`, worth]))
        const party = (name: string, side: 0 | 1): Party => ({
          name,
          utility: (deal) => worths.get(String(deal['choice']))?.[side] ?? 0,
          reservation: 0,
        })
        const choice: Issue = { kind: 'options', name: 'choice', options: [...worths.keys()] }
        const outcome = negotiate([choice], [party('first', 0), party('second', 1)])
        const [a = 0, b = 0] = worths.get(String(agreedDeal(outcome)['choice'])) ?? []
        expect(a * b).toBe(Math.max(...values.map(([a, b]) => a * b)))
      }),
    )
  })
})

describe('for three and four parties', () => {
  const several = fc.array(taste, { minLength: 3, maxLength: 4 })
  const named = (tastes: readonly Taste[]) => tastes.map((each, index) => partyOf(`party ${index}`, each))

  it('it ends, gives all their reservation, and no deal on a fine grid is better for all by one part in a hundred', () => {
    fc.assert(
      fc.property(several, (tastes) => {
        const parties = named(tastes)
        const outcome = negotiate(issues, parties)
        const isBetter = (deal: Deal, worths: readonly number[], by: number) =>
          parties.every(({ utility }, party) => utility(deal) > (worths[party] ?? 0) + by)
        if (outcome.status === 'no-common-ground') {
          const least = parties.map(({ reservation }) => reservation)
          expect(fineGrid.filter((deal) => isBetter(deal, least, 0))).toEqual([])
          return
        }
        const worths = parties.map(({ utility }) => utility(outcome.deal))
        for (const [party, { reservation }] of parties.entries()) {
          expect(worths[party]).toBeGreaterThanOrEqual(reservation)
        }
        expect(fineGrid.filter((deal) => isBetter(deal, worths, 1))).toEqual([])
      }),
      { numRuns: 40 },
    )
  })

  it('nobody takes a concession back: every offer leaves all others at least what the one before did, and its maker less', () => {
    let conceded = 0
    fc.assert(
      fc.property(several, (tastes) => {
        const parties = named(tastes)
        const { transcript } = negotiate(issues, parties)
        for (const { name } of parties) {
          const offers = transcript.filter(({ by, kind }) => by === name && kind === 'offer')
          for (const [index, { utilities }] of offers.slice(1).entries()) {
            conceded++
            const before = offers[index]?.utilities ?? {}
            for (const party of parties) {
              const [now, then] = [utilities[party.name] ?? 0, before[party.name] ?? 0]
              if (party.name === name) expect(now).toBeLessThan(then)
              else expect(now).toBeGreaterThanOrEqual(then)
            }
          }
        }
        const rounds = transcript.map(({ round }) => round)
        expect(rounds).toEqual([...rounds].sort((a, b) => a - b))
      }),
      { numRuns: 40 },
    )
    expect(conceded).toBeGreaterThan(0)
  })

  it('the order in which they sit changes nothing that matters: somebody of the same mind adds no deal of its own', () => {
    const twin: Party = { ...risk, name: 'another of its mind' }
    const outcome = negotiate([size, stop, horizon], [strategist, risk, twin])
    expect(outcome.status).toBe('agreed')
    const deal = agreedDeal(outcome)
    expect(risk.utility(deal)).toBe(twin.utility(deal))
    // Two against one weigh more than one against one.
    const alone = agreedDeal(negotiate([size, stop, horizon], [strategist, risk]))
    expect(risk.utility(deal)).toBeGreaterThanOrEqual(risk.utility(alone) - 0.01)
  })

  it('what all but one want most is no deal where that one would rather walk away', () => {
    const wantsMore = (name: string): Party => ({ name, utility: (deal) => at(deal, 'size'), reservation: 1 })
    const wantsLess: Party = { name: 'careful', utility: (deal) => -at(deal, 'size'), reservation: -0.5 }
    expect(negotiate([size], [wantsMore('one'), wantsMore('two'), wantsLess]).status).toBe('no-common-ground')
    const outcome = negotiate([size], [wantsMore('one'), wantsMore('two'), { ...wantsLess, reservation: -4 }])
    expect(at(agreedDeal(outcome), 'size')).toBeGreaterThanOrEqual(1)
    expect(at(agreedDeal(outcome), 'size')).toBeLessThanOrEqual(4)
  })
})

it('settles ten issues too', () => {
  const many = Array.from(
    { length: 10 },
    (_, index): Issue => ({ kind: 'range', name: `issue ${index}`, min: 0, max: 1 }),
  )
  const party = (name: string, weight: (index: number) => number): Party => ({
    name,
    utility: (deal) => many.reduce((sum, issue, index) => sum + weight(index) * at(deal, issue.name), 0),
    reservation: 0,
  })
  const outcome = negotiate(
    many,
    [party('first', (index) => index + 1), party('second', (index) => index - 10)].map((party, index) =>
      index === 0 ? party : { ...party, reservation: -40 },
    ),
  )
  const deal = agreedDeal(outcome)
  // Efficient: no issue that the first cares less about is given more than one it cares more about.
  const given = many.map((issue) => at(deal, issue.name))
  for (let index = 1; index < given.length; index++) {
    expect(given[index]).toBeGreaterThanOrEqual((given[index - 1] ?? 0) - 0.01)
  }
})
