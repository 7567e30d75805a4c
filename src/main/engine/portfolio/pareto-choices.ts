import { errorCode } from '#shared/lib/error.ts'
import { type BookQuestion, bookTarget } from './book-target.ts'
import { dot, portfolioVariance } from './matrix.ts'

/** What a choice of weights comes to, over the horizon of the question. */
export interface WeightChoice {
  readonly weights: Float64Array
  readonly expected: number
  readonly volatility: number
  /** Share of the equity that changes hands on the way there. */
  readonly turnover: number
  /** Days that it takes to sell all of it. */
  readonly exitDays: number
  /** What the way there costs, as a share of the equity. */
  readonly cost: number
  /** The present weights, the ones that the question asks for, or neither. */
  readonly kind: 'stay' | 'target' | 'other'
}

export interface ChoicesQuestion {
  readonly question: BookQuestion
  /** Days that it takes to sell a weight of 1, an asset; 0 where that is unavailable. */
  readonly daysToSell: Float64Array
  /** Weights to look at besides those that this finds by itself. */
  readonly also: readonly Float64Array[]
  /** At most so many choices are given. */
  readonly most: number
}

const aversions = [0.25, 0.5, 1, 2, 4, 8]
const turnovers = [0.25, 0.5, 0.75]
const exits = [1, 0.5]

/** All that is weighed against each other, each the less the better. */
const burdens = ({ expected, volatility, turnover, exitDays }: WeightChoice) => [
  -expected,
  volatility,
  turnover,
  exitDays,
]

function dominates(one: WeightChoice, other: WeightChoice): boolean {
  const [a, b] = [burdens(one), burdens(other)]
  const slack = 1e-6
  return (
    a.every((value, k) => value <= (b[k] as number) + slack) && a.some((value, k) => value < (b[k] as number) - slack)
  )
}

/** The best of each burden, the marked ones, and then those that lie the furthest from what was taken before. */
function thinned(front: readonly WeightChoice[], most: number): WeightChoice[] {
  const all = front.map(burdens)
  const ranges = [0, 1, 2, 3].map((k) => {
    const values = all.map((row) => row[k] as number)
    return [Math.min(...values), Math.max(...values)] as const
  })
  const places = all.map((row) =>
    row.map((value, k) => {
      const [low, high] = ranges[k] as readonly [number, number]
      return high > low ? (value - low) / (high - low) : 0
    }),
  )
  const best = ranges.map((_, k) => places.findIndex((place) => place[k] === 0))
  const taken = new Set([...front.keys()].filter((row) => front[row]?.kind !== 'other' || best.includes(row)))
  const distance = (a: number, b: number) =>
    Math.hypot(...(places[a] as number[]).map((value, k) => value - (places[b]?.[k] as number)))
  while (taken.size < Math.min(most, front.length)) {
    const left = [...front.keys()].filter((row) => !taken.has(row))
    const nearest = left.map((row) => Math.min(...[...taken].map((other) => distance(row, other))))
    const far = nearest.indexOf(Math.max(...nearest))
    if ((nearest[far] as number) < 1e-3) break
    taken.add(left[far] as number)
  }
  return [...taken].map((row) => front[row] as WeightChoice).sort((a, b) => a.volatility - b.volatility)
}

/**
 * Choices of weights of which none is better than another in everything: expected return, volatility, turnover, and the time
 * that getting out takes. Found by solving the question for other aversions to risk, turnovers and sizes; by rising
 * volatility. What the limits make impossible is left out. Empty where they leave nothing at all.
 */
export function paretoChoices({ question, daysToSell, also, most }: ChoicesQuestion): WeightChoice[] {
  const { current, lower, upper, costs, covariances } = question
  const sum = (values: Float64Array) => values.reduce((total, value) => total + value, 0)
  const target = solved(question)
  if (target === undefined) return []
  const { expected } = target
  const measured = (weights: Float64Array, kind: WeightChoice['kind']): WeightChoice => {
    const changes = weights.map((weight, asset) => weight - (current[asset] as number))
    const sizes = changes.map(Math.abs)
    return {
      weights,
      expected: dot(weights, expected),
      volatility: Math.sqrt(Math.max(0, portfolioVariance(weights, covariances))),
      turnover: (sum(sizes) + Math.abs(sum(changes))) / 2,
      exitDays: Math.max(...weights.map((weight, asset) => Math.abs(weight) * (daysToSell[asset] as number))),
      cost: dot(sizes, costs),
      kind,
    }
  }
  const isWithin = (weights: Float64Array) =>
    weights.every((w, asset) => w >= (lower[asset] as number) - 1e-9 && w <= (upper[asset] as number) + 1e-9) &&
    sum(weights) <= 1 + 1e-9
  const found = [measured(target.weights, 'target')]
  if (isWithin(current)) found.push(measured(current, 'stay'))
  const add = (about: Partial<BookQuestion>) => {
    const weights = solved({ ...question, ...about })?.weights
    if (weights === undefined) return undefined
    const choice = measured(weights, 'other')
    found.push(choice)
    return choice
  }
  for (const aversion of aversions) {
    const riskAversion = aversion * question.riskAversion
    const free = add({ riskAversion })
    if (free === undefined) continue
    for (const exit of exits) {
      const room = upper.map((most, asset) => {
        const days = daysToSell[asset] as number
        return exit === 1 || days === 0
          ? most
          : Math.max(lower[asset] as number, Math.min(most, (exit * free.exitDays) / days))
      })
      if (exit < 1) add({ riskAversion, upper: room })
      for (const share of turnovers) add({ riskAversion, upper: room, maxTurnover: share * free.turnover })
    }
  }
  const allowed = question.maxTurnover ?? 1
  for (const weights of also) {
    const choice = measured(weights, 'other')
    if (isWithin(weights) && choice.turnover <= allowed + 1e-9) found.push(choice)
  }
  const front = found.filter(
    (one, k) => !found.some((other, j) => j !== k && (dominates(other, one) || (j < k && same(other, one)))),
  )
  return thinned(front, most)
}

function same(one: WeightChoice, other: WeightChoice): boolean {
  return burdens(one).every((value, k) => Math.abs(value - (burdens(other)[k] as number)) <= 1e-6)
}

function solved(question: BookQuestion) {
  try {
    return bookTarget(question)
  } catch (error) {
    if (errorCode(error) === 'PORTFOLIO_INFEASIBLE') return undefined
    throw error
  }
}
