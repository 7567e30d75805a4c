import { ParleyError } from '#shared/lib/error.ts'
import { logReturns, median, sampleDeviation } from './statistics.ts'

const regimes = ['trend up', 'trend down', 'range', 'crisis'] as const
/** What kind of market it is; 'crisis' is high volatility, whichever way. */
type Regime = (typeof regimes)[number]

/** A hidden Markov model with one independent Gaussian a feature in each state. */
interface RegimeModel {
  /** Probability of each state at the first observation. */
  readonly initial: Float64Array
  /** transition[i][j]: probability that state j follows state i. */
  readonly transition: readonly Float64Array[]
  /** means[state][feature] and deviations[state][feature]. */
  readonly means: readonly Float64Array[]
  readonly deviations: readonly Float64Array[]
  readonly logLikelihood: number
  readonly iterations: number
}

/** One observation a row: the features of a bar. */
type Observations = readonly Float64Array[]

const halfLogTwoPi = 0.5 * Math.log(2 * Math.PI)

function logDensity(row: Float64Array, means: Float64Array, deviations: Float64Array): number {
  let log = 0
  for (let k = 0; k < row.length; k++) {
    const deviation = deviations[k] as number
    const z = ((row[k] as number) - (means[k] as number)) / deviation
    log -= 0.5 * z * z + Math.log(deviation) + halfLogTwoPi
  }
  return log
}

/** Densities of each row in each state, scaled so that the largest of a row is 1; the scale's logs are returned too. */
function densities(rows: Observations, means: readonly Float64Array[], deviations: readonly Float64Array[]) {
  const scales = new Float64Array(rows.length)
  const table = rows.map((row, t) => {
    const logs = means.map((centre, state) => logDensity(row, centre, deviations[state] as Float64Array))
    const top = Math.max(...logs)
    scales[t] = top
    return Float64Array.from(logs, (log) => Math.exp(log - top))
  })
  return { table, scales }
}

/** Scaled forward pass (Rabiner 1989): the probability of each state given the rows up to each one, and the log likelihood. */
function forward(
  table: readonly Float64Array[],
  scales: Float64Array,
  initial: Float64Array,
  transition: readonly Float64Array[],
) {
  const states = initial.length
  const norms = new Float64Array(table.length)
  const filtered: Float64Array[] = []
  let logLikelihood = 0
  let before: Float64Array | undefined
  for (const [t, density] of table.entries()) {
    const now = new Float64Array(states)
    let norm = 0
    for (let j = 0; j < states; j++) {
      let prior = initial[j] as number
      if (before) {
        prior = 0
        for (let i = 0; i < states; i++) prior += (before[i] as number) * (transition[i]?.[j] as number)
      }
      now[j] = prior * (density[j] as number)
      norm += now[j] as number
    }
    for (let j = 0; j < states; j++) now[j] = norm > 0 ? (now[j] as number) / norm : 1 / states
    norms[t] = norm > 0 ? norm : Number.MIN_VALUE
    logLikelihood += Math.log(norms[t]) + (scales[t] as number)
    filtered.push(now)
    before = now
  }
  return { filtered, norms, logLikelihood }
}

/** Filtered probabilities: row t holds the probability of each state given the rows up to t alone. */
export function filterRegimes(rows: Observations, model: RegimeModel): Float64Array[] {
  const { table, scales } = densities(rows, model.means, model.deviations)
  return forward(table, scales, model.initial, model.transition).filtered
}

/**
 * Fits the model by Baum-Welch from a first guess of each row's state (0 to states - 1), so the same rows and guess give
 * the same model. Ends when the log likelihood gains less than 1e-6 a row, or after `maxIterations`. Deviations keep a floor of 1 % of
 * the feature's own, so that no state collapses on one row.
 */
export function fitRegimeModel(
  rows: Observations,
  guess: Uint8Array,
  states: number,
  maxIterations = 100,
): RegimeModel {
  const features = rows[0]?.length ?? 0
  if (rows.length < 4 * states || features === 0) {
    throw new ParleyError('REGIME_ROWS_TOO_FEW', `${rows.length} rows are too few to tell ${states} regimes apart.`, {
      wayOut: `Give at least ${4 * states} bars.`,
    })
  }
  const floors = Float64Array.from({ length: features }, (_, k) => {
    const spread = sampleDeviation(Float64Array.from(rows, (row) => row[k] as number))
    return spread > 0 ? spread * 0.01 : 1e-12
  })
  // Weights start at the guess and become the posterior of each state.
  let weights = rows.map((_, t) => Float64Array.from({ length: states }, (_, j) => (guess[t] === j ? 1 : 0)))
  let initial = new Float64Array(states).fill(1 / states)
  let transition = Array.from({ length: states }, (_, i) =>
    Float64Array.from({ length: states }, (_, j) => (i === j ? 0.9 : 0.1 / (states - 1))),
  )
  let means: Float64Array[] = []
  let deviations: Float64Array[] = []
  let logLikelihood = Number.NEGATIVE_INFINITY
  let iterations = 0
  for (; iterations < maxIterations; iterations++) {
    means = []
    deviations = []
    for (let j = 0; j < states; j++) {
      const centre = new Float64Array(features)
      const spread = new Float64Array(features)
      let total = 1e-12
      for (const weight of weights) total += weight[j] as number
      for (let k = 0; k < features; k++) {
        let sum = 0
        for (const [t, row] of rows.entries()) sum += (weights[t]?.[j] as number) * (row[k] as number)
        const value = sum / total
        let squares = 0
        for (const [t, row] of rows.entries())
          squares += (weights[t]?.[j] as number) * ((row[k] as number) - value) ** 2
        centre[k] = value
        spread[k] = Math.max(Math.sqrt(squares / total), floors[k] as number)
      }
      means.push(centre)
      deviations.push(spread)
    }
    const { table, scales } = densities(rows, means, deviations)
    const pass = forward(table, scales, initial, transition)
    const gained = pass.logLikelihood - logLikelihood
    logLikelihood = pass.logLikelihood
    if (gained < 1e-6 * rows.length && iterations > 0) break

    const counts = Array.from({ length: states }, () => new Float64Array(states).fill(1e-6))
    let after = new Float64Array(states).fill(1)
    weights = weights.map(() => new Float64Array(states))
    for (let t = rows.length - 1; t >= 0; t--) {
      const now = pass.filtered[t] as Float64Array
      const posterior = weights[t] as Float64Array
      for (let j = 0; j < states; j++) posterior[j] = (now[j] as number) * (after[j] as number)
      if (t === 0) break
      const past = pass.filtered[t - 1] as Float64Array
      const density = table[t] as Float64Array
      const norm = pass.norms[t] as number
      const earlier = new Float64Array(states)
      for (let i = 0; i < states; i++) {
        for (let j = 0; j < states; j++) {
          const step = ((transition[i]?.[j] as number) * (density[j] as number) * (after[j] as number)) / norm
          earlier[i] = (earlier[i] as number) + step
          const row = counts[i] as Float64Array
          row[j] = (row[j] as number) + (past[i] as number) * step
        }
      }
      after = earlier
    }
    initial = new Float64Array(weights[0] as Float64Array)
    transition = counts.map((row) => {
      const total = row.reduce((sum, count) => sum + count, 0)
      return row.map((count) => count / total)
    })
  }
  return { initial, transition, means, deviations, logLikelihood, iterations }
}

interface RegimeState {
  readonly regime: Regime
  /** Mean log return and standard deviation of a bar in this state. */
  readonly meanReturn: number
  readonly volatility: number
  /** Bars that the state lasts on average. */
  readonly expectedBars: number
  /** Probability that the market is in this state now. */
  readonly probability: number
}

export interface RegimeRead {
  /** The states of the fitted model; two states may carry the same label. */
  readonly states: readonly RegimeState[]
  /** Probability of each regime now; the four add up to 1. */
  readonly probabilities: Readonly<Record<Regime, number>>
  /** The most probable regime now, and its probability. */
  readonly regime: Regime
  readonly confidence: number
  readonly model: RegimeModel
}

/** Rolling means of the last `window` values, fewer at the start. */
function smooth(values: Float64Array, window: number): Float64Array {
  let sum = 0
  return values.map((value, index) => {
    sum += value - (index >= window ? (values[index - window] as number) : 0)
    return sum / Math.min(index + 1, window)
  })
}

/**
 * Tells the market's regime from its closes: a hidden Markov model of four states over each bar's smoothed return and log volatility
 * (both over `window` bars), fitted to these closes. The start is deterministic: the calmest 80 % of bars
 * split by their smoothed return, the rest as crisis. States are named by what they turned out to be. Needs about 100 bars to say anything;
 * throws REGIME_ROWS_TOO_FEW below 30.
 */
export function readRegime(closes: Float64Array, window = 10): RegimeRead {
  const returns = logReturns(closes)
  if (returns.length < 30) {
    throw new ParleyError('REGIME_ROWS_TOO_FEW', `${closes.length} bars are too few to tell regimes apart.`, {
      wayOut: 'Give at least 31 bars.',
    })
  }
  const drift = smooth(returns, window)
  const spread = smooth(
    returns.map((value) => value * value),
    window,
  ).map((square) => Math.log(Math.sqrt(square) + 1e-9))
  const rows = Array.from(returns, (_, t) => Float64Array.of(drift[t] as number, spread[t] as number))

  const loud = spread.slice().sort()[Math.floor(0.8 * spread.length)] as number
  const calm = drift.filter((_, t) => (spread[t] as number) < loud).sort()
  const low = calm[Math.floor(calm.length / 3)] ?? 0
  const high = calm[Math.floor((2 * calm.length) / 3)] ?? 0
  const guess = Uint8Array.from(rows, (_, t) => {
    if ((spread[t] as number) >= loud) return 3
    if ((drift[t] as number) > high) return 0
    return (drift[t] as number) < low ? 1 : 2
  })
  const model = fitRegimeModel(rows, guess, 4)
  const filtered = filterRegimes(rows, model)
  const now = filtered[filtered.length - 1] as Float64Array

  const typical = median(spread)
  const states = model.means.map((centre, state): RegimeState => {
    // Each bar's own return, weighted by how probable the state was.
    let weight = 1e-12
    let sum = 0
    let squares = 0
    for (const [t, probabilities] of filtered.entries()) {
      const p = probabilities[state] as number
      const value = returns[t] as number
      weight += p
      sum += p * value
      squares += p * value * value
    }
    const meanReturn = sum / weight
    const volatility = Math.sqrt(Math.max(0, squares / weight - meanReturn * meanReturn))
    const stay = model.transition[state]?.[state] as number
    return {
      regime: nameState(centre, typical, window),
      meanReturn,
      volatility,
      expectedBars: 1 / Math.max(1e-6, 1 - stay),
      probability: now[state] as number,
    }
  })
  const probabilities: Record<Regime, number> = { 'trend up': 0, 'trend down': 0, range: 0, crisis: 0 }
  for (const state of states) probabilities[state.regime] += state.probability
  const regime = regimes.reduce((best, name) => (probabilities[name] > probabilities[best] ? name : best))
  return { states, probabilities, regime, confidence: probabilities[regime], model }
}

/** Crisis: half as volatile again as the median bar. Trend: a drift over the window of more than half a standard error of its noise. */
function nameState(centre: Float64Array, typical: number, window: number): Regime {
  const [drift, spread] = centre as unknown as [number, number]
  if (spread - typical > Math.log(1.5)) return 'crisis'
  const noise = Math.exp(spread) / Math.sqrt(window)
  if (Math.abs(drift) < 0.5 * noise) return 'range'
  return drift > 0 ? 'trend up' : 'trend down'
}
