import { formatDuration, formatPercent } from '#renderer/ui/format.ts'
import type { PortfolioChoice } from '#shared/domain/portfolio-report.ts'

const dayMs = 86_400_000

/** What choices are called: by what they are, else by letters in their order. */
export function choiceNames(choices: readonly PortfolioChoice[]): readonly string[] {
  let letter = 65
  return choices.map(({ kind }) => {
    if (kind === 'stay') return 'Current positions'
    return kind === 'target' ? 'Optimizer’s target' : `Choice ${String.fromCharCode(letter++)}`
  })
}

/** How long it takes to sell everything, in words. */
export function daysToExitWords(days: number | null): string {
  if (days === null) return 'unavailable'
  return days >= 2 ? `${days.toFixed(1)} days` : formatDuration(days * dayMs)
}

interface Measure {
  readonly of: (choice: PortfolioChoice) => number | null
  /** True where more is better. */
  readonly more: boolean
  readonly words: (gap: number) => string
}

const points = (share: number) => formatPercent(Math.abs(share), 2, false)

/** What choices are weighed by. */
const measures: readonly Measure[] = [
  { of: ({ expected }) => expected, more: true, words: (gap) => `${points(gap)} of return` },
  { of: ({ volatility }) => volatility, more: false, words: (gap) => `${points(gap)} more volatility` },
  { of: ({ turnover }) => turnover, more: false, words: (gap) => `${points(gap)} more turnover` },
  {
    of: ({ exitDays }) => exitDays,
    more: false,
    words: (gap) => `${daysToExitWords(Math.abs(gap))} longer to exit`,
  },
]

/** What is given up with a choice against the best of each measure; empty for what is best in all. */
export function givenUp(choice: PortfolioChoice, all: readonly PortfolioChoice[]): readonly string[] {
  return measures.flatMap(({ of, more, words }) => {
    const own = of(choice)
    const values = all.map(of).filter((value) => value !== null)
    if (own === null || values.length === 0) return []
    const best = more ? Math.max(...values) : Math.min(...values)
    return Math.abs(own - best) <= 1e-4 * Math.max(1e-9, Math.abs(best), Math.abs(own)) ? [] : [words(own - best)]
  })
}
