import { describe, expect, it } from 'vitest'
import { rank } from '#engine/consensus/ranking-methods.ts'
import { preferences } from './competing.ts'

describe('proposals that compete', () => {
  it('are preferred by how sure a seat is to vote for each, and not at all where it would not', () => {
    expect(
      preferences([
        ['a', 0.4],
        ['b', 0.9],
        ['c', 0],
        ['d', 0.4],
      ]),
    ).toEqual([['b'], ['a', 'd']])
    expect(preferences([['a', 0]])).toEqual([])
  })

  it('go by what most prefer of each two, not by who is loudest for one', () => {
    const seats: [string, number][][] = [
      [
        ['a', 0.51],
        ['b', 0.5],
      ],
      [
        ['a', 0.51],
        ['b', 0.5],
      ],
      [
        ['a', 0],
        ['b', 1],
      ],
    ]
    const ballots = seats.map((liking): [string[][], number] => [preferences(liking), 1])
    expect(rank({ candidates: ['a', 'b'], ballots }, 'schulze')).toEqual([['a'], ['b']])
  })
})
