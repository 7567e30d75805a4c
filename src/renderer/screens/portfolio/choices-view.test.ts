import { describe, expect, it } from 'vitest'
import type { PortfolioChoice } from '#shared/domain/portfolio-report.ts'
import { choiceNames, daysToExitWords, givenUp } from './choices-view.ts'

const choice = (about: Partial<PortfolioChoice>): PortfolioChoice => ({
  kind: 'other',
  expected: 0.01,
  volatility: 0.05,
  turnover: 0.2,
  exitDays: 0.5,
  cost: 0.0002,
  cash: 0.5,
  weights: [],
  trades: [],
  ...about,
})

/** With ordinary spaces. */
const plain = (words: readonly string[]) => words.map((word) => word.replaceAll('\u202f', ' '))

describe('the choices between return, risk, turnover and liquidity', () => {
  const stay = choice({ kind: 'stay', turnover: 0, expected: 0.002, volatility: 0.02, exitDays: 0.1 })
  const bold = choice({ expected: 0.03, volatility: 0.12, turnover: 0.6, exitDays: 3 })

  it('say what is given up against the best of each, and nothing where nothing is', () => {
    expect(plain(givenUp(stay, [stay, bold]))).toEqual(['2.80 % of return'])
    expect(plain(givenUp(bold, [stay, bold]))).toEqual([
      '10.00 % more volatility',
      '60.00 % more turnover',
      '2.9 days longer to exit',
    ])
    expect(givenUp(stay, [stay])).toEqual([])
  })

  it('leave out a measure that is unavailable', () => {
    const unknown = { ...bold, exitDays: null }
    expect(givenUp(unknown, [unknown, { ...stay, exitDays: null }])).toHaveLength(2)
    expect(daysToExitWords(null)).toBe('unavailable')
    expect(daysToExitWords(0.5)).toBe('12 h 00 min')
  })

  it('are named by what they are, else by letters', () => {
    expect(choiceNames([bold, stay, bold])).toEqual(['Choice A', 'Current positions', 'Choice B'])
  })
})
