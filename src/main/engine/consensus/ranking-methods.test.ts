import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { condorcetWinner } from './condorcet-methods.ts'
import { type Election, electionSchema, type Ranking } from './election.ts'
import { bordaPoints } from './positional-methods.ts'
import { rank, type VotingMethod, votingMethods, winnerOf } from './ranking-methods.ts'

const file = resolve('../shared/reference/voting/elections.json')
const ranking = z.array(z.array(z.string())).optional()
const winners = z.array(z.string()).optional()
const reference = z.object({
  elections: z.array(
    electionSchema.extend({
      name: z.string(),
      expected: z.object({
        schulze_winning: ranking,
        schulze_winning_winners: winners,
        schulze_margin_winners: winners,
        schulze_ratio_winners: winners,
        ranked_pairs: ranking,
        borda: ranking,
        borda_points_start1: z.record(z.string(), z.number()).optional(),
        instant_runoff: ranking,
        plurality_winner: z.string().optional(),
        condorcet_winner: z.string().optional(),
      }),
    }),
  ),
})

describe.skipIf(!existsSync(file))('the reference elections (skipped where the reference data is missing)', () => {
  const elections = existsSync(file) ? reference.parse(JSON.parse(readFileSync(file, 'utf8'))).elections : []
  it.each(elections)('$name comes out as published', ({ expected, ...election }) => {
    const given: [VotingMethod, Ranking | undefined][] = [
      ['schulze', expected.schulze_winning],
      ['ranked-pairs', expected.ranked_pairs],
      ['borda', expected.borda],
      ['instant-runoff', expected.instant_runoff],
    ]
    for (const [method, ranking] of given) if (ranking) expect(rank(election, method), method).toEqual(ranking)
    const best: [VotingMethod, string[] | undefined][] = [
      ['schulze', expected.schulze_winning_winners],
      ['schulze-margin', expected.schulze_margin_winners],
      ['schulze-ratio', expected.schulze_ratio_winners],
      ['plurality', expected.plurality_winner ? [expected.plurality_winner] : undefined],
    ]
    for (const [method, winners] of best) if (winners) expect(rank(election, method)[0], method).toEqual(winners)
    if (expected.condorcet_winner) expect(condorcetWinner(election)).toBe(expected.condorcet_winner)
    if (expected.borda_points_start1) {
      const points = bordaPoints(election).map((point, index) => [election.candidates[index], point])
      expect(Object.fromEntries(points)).toEqual(expected.borda_points_start1)
    }
  })
})

const names = ['A', 'B', 'C', 'D']
const ballotOrder = fc
  .tuple(fc.shuffledSubarray(names), fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }))
  .map(([order, joins]) => {
    const groups: string[][] = []
    order.forEach((name, index) => {
      if (index > 0 && joins[index]) groups.at(-1)?.push(name)
      else groups.push([name])
    })
    return groups
  })
const elections: fc.Arbitrary<Election> = fc
  .array(fc.tuple(ballotOrder, fc.integer({ min: 1, max: 9 })), { minLength: 1, maxLength: 8 })
  .map((ballots) => ({ candidates: names, ballots }))
const methods = fc.constantFrom(...votingMethods)
const condorcetMethods = fc.constantFrom(
  ...votingMethods.filter((method) => /condorcet|copeland|ranked|schulze/.test(method)),
)

describe('for all elections', () => {
  it('every method ranks every candidate once, whatever the order of the ballots', () => {
    fc.assert(
      fc.property(elections, methods, (election, method) => {
        const result = rank(election, method)
        expect(result.flat().sort()).toEqual(names)
        const reversed = { ...election, ballots: [...election.ballots].reverse() }
        expect(rank(reversed, method)).toEqual(result)
      }),
    )
  })

  it('neutrality: names carry no weight', () => {
    const rename = (name: string) => names[(names.indexOf(name) + 1) % names.length] ?? ''
    const inAll = (ranking: Ranking) => ranking.map((group) => group.map(rename).sort())
    fc.assert(
      fc.property(elections, methods, (election, method) => {
        const renamed: Election = {
          ...election,
          ballots: election.ballots.map(([ranking, count]) => [inAll(ranking), count]),
        }
        expect(rank(renamed, method)).toEqual(inAll(rank(election, method)))
      }),
    )
  })

  it('a Condorcet winner alone wins by every Condorcet method', () => {
    fc.assert(
      fc.property(elections, condorcetMethods, (election, method) => {
        const winner = condorcetWinner(election)
        fc.pre(winner !== undefined)
        expect(rank(election, method)[0]).toEqual([winner])
      }),
    )
  })

  it('monotonicity: moving the sole winner to the top of a ballot keeps it in front', () => {
    const monotone = fc.constantFrom<VotingMethod>('approval', 'borda', 'copeland', 'schulze', 'plurality')
    fc.assert(
      fc.property(elections, monotone, fc.nat(), (election, method, pick) => {
        const [first = []] = rank(election, method)
        const [winner = ''] = first
        fc.pre(first.length === 1)
        const raised: Election = {
          ...election,
          ballots: election.ballots.map(([ranking, count], index) => {
            if (index !== pick % election.ballots.length) return [ranking, count]
            const rest = ranking.map((group) => group.filter((name) => name !== winner))
            return [[[winner], ...rest.filter((group) => group.length > 0)], count]
          }),
        }
        expect(rank(raised, method)[0]).toEqual([winner])
      }),
    )
  })
})

it('a ballot that ranks a stranger, or a candidate twice, is refused by place and name', () => {
  for (const ranking of [
    [['A'], ['X']],
    [['A'], ['A']],
  ]) {
    expect(() => rank({ candidates: ['A', 'B'], ballots: [[ranking, 1]] }, 'borda')).toThrowError(
      expect.objectContaining({ code: 'BALLOT_INVALID' }),
    )
  }
})

it('a tie for the first place is won by what stands by default', () => {
  expect(winnerOf([['B'], ['A', 'none']], 'none')).toBe('B')
  expect(winnerOf([['A', 'B'], ['none']], 'none')).toBe('none')
})
