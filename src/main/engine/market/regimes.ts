import { type Regime, regimes } from '#shared/domain/situation.ts'
import { ParleyError } from '#shared/lib/error.ts'
import { logReturns, median, sampleDeviation } from './statistics.ts'

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

/** The rows' features one after the other. */
function flatten(rows: Observations): Float64Array {
  const features = rows[0]?.length ?? 0
  const flat = new Float64Array(rows.length * features)
  for (const [t, row] of rows.entries()) flat.set(row, t * features)
  return flat
}

type Parameters = Pick<RegimeModel, 'initial' | 'transition' | 'means' | 'deviations'>

/** What the forward pass leaves behind; tables hold one number a state for each row. */
interface Pass {
  /** Densities, scaled so that the largest of a row is 1. */
  readonly density: Float64Array
  readonly filtered: Float64Array
  readonly norms: Float64Array
  readonly logLikelihood: number
}

/**
 * Scaled forward pass (Rabiner 1989): the probability of each state given the rows up to each one, and the log
 * likelihood.
 */
function forward(data: Float64Array, count: number, model: Parameters): Pass {
  const states = model.initial.length
  const features = data.length / Math.max(1, count)
  const transition = flatten(model.transition)
  const means = flatten(model.means)
  const deviations = flatten(model.deviations)
  const constants = model.deviations.map((row) =>
    row.reduce((sum, deviation) => sum - Math.log(deviation) - halfLogTwoPi, 0),
  )
  const density = new Float64Array(count * states)
  const filtered = new Float64Array(count * states)
  const norms = new Float64Array(count)
  let logLikelihood = 0
  for (let t = 0; t < count; t++) {
    let top = Number.NEGATIVE_INFINITY
    for (let j = 0; j < states; j++) {
      let log = constants[j] as number
      for (let k = 0; k < features; k++) {
        const at = j * features + k
        const z = ((data[t * features + k] as number) - (means[at] as number)) / (deviations[at] as number)
        log -= 0.5 * z * z
      }
      density[t * states + j] = log
      if (log > top) top = log
    }
    let norm = 0
    for (let j = 0; j < states; j++) {
      let prior = model.initial[j] as number
      if (t > 0) {
        prior = 0
        for (let i = 0; i < states; i++) {
          prior += (filtered[(t - 1) * states + i] as number) * (transition[i * states + j] as number)
        }
      }
      const scaled = Math.exp((density[t * states + j] as number) - top)
      density[t * states + j] = scaled
      filtered[t * states + j] = prior * scaled
      norm += prior * scaled
    }
    for (let j = 0; j < states; j++) {
      const at = t * states + j
      filtered[at] = norm > 0 ? (filtered[at] as number) / norm : 1 / states
    }
    const share = norm > 0 ? norm : Number.MIN_VALUE
    norms[t] = share
    logLikelihood += Math.log(share) + top
  }
  return { density, filtered, norms, logLikelihood }
}

/** Filtered probabilities: row t holds the probability of each state given the rows up to t alone. */
export function filterRegimes(rows: Observations, model: RegimeModel): Float64Array[] {
  const states = model.initial.length
  const { filtered } = forward(flatten(rows), rows.length, model)
  return rows.map((_, t) => filtered.slice(t * states, (t + 1) * states))
}

/** Means and deviations of each state's rows, weighed by how probable the state is at each row. */
function estimateStates(data: Float64Array, weights: Float64Array, states: number, floors: Float64Array) {
  const features = floors.length
  const count = data.length / features
  const means: Float64Array[] = []
  const deviations: Float64Array[] = []
  for (let j = 0; j < states; j++) {
    const centre = new Float64Array(features)
    const spread = new Float64Array(features)
    let total = 1e-12
    for (let t = 0; t < count; t++) total += weights[t * states + j] as number
    for (let k = 0; k < features; k++) {
      let sum = 0
      for (let t = 0; t < count; t++) sum += (weights[t * states + j] as number) * (data[t * features + k] as number)
      const value = sum / total
      let squares = 0
      for (let t = 0; t < count; t++) {
        const gap = (data[t * features + k] as number) - value
        squares += (weights[t * states + j] as number) * gap * gap
      }
      centre[k] = value
      spread[k] = Math.max(Math.sqrt(squares / total), floors[k] as number)
    }
    means.push(centre)
    deviations.push(spread)
  }
  return { means, deviations }
}

/** Backward pass: the probability of each state at each row given all rows, and how often each state followed each. */
function backward(pass: Pass, transitions: readonly Float64Array[]) {
  const states = transitions.length
  const { density, filtered, norms } = pass
  const transition = flatten(transitions)
  const weights = new Float64Array(filtered.length)
  const counts = new Float64Array(states * states).fill(1e-6)
  const after = new Float64Array(states).fill(1)
  const earlier = new Float64Array(states)
  for (let t = norms.length - 1; t >= 0; t--) {
    for (let j = 0; j < states; j++)
      weights[t * states + j] = (filtered[t * states + j] as number) * (after[j] as number)
    if (t === 0) break
    const norm = norms[t] as number
    for (let i = 0; i < states; i++) {
      const past = filtered[(t - 1) * states + i] as number
      let sum = 0
      for (let j = 0; j < states; j++) {
        const at = i * states + j
        const step = ((transition[at] as number) * (density[t * states + j] as number) * (after[j] as number)) / norm
        sum += step
        counts[at] = (counts[at] as number) + past * step
      }
      earlier[i] = sum
    }
    after.set(earlier)
  }
  return { weights, counts }
}

/**
 * Fits the model by Baum-Welch from a first guess of each row's state (0 to states - 1), so the same rows and guess
 * give the same model. Ends when the log likelihood gains less than 1e-6 a row, or after `maxIterations`. Deviations
 * keep a floor of 1 % of the feature's own, so that no state collapses on one row.
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
  const data = flatten(rows)
  const floors = Float64Array.from({ length: features }, (_, k) => {
    const spread = sampleDeviation(Float64Array.from(rows, (row) => row[k] as number))
    return spread > 0 ? spread * 0.01 : 1e-12
  })
  let weights = new Float64Array(rows.length * states)
  for (const [t, state] of guess.entries()) weights[t * states + state] = 1
  let initial = new Float64Array(states).fill(1 / states)
  let transition = Array.from({ length: states }, (_, i) =>
    Float64Array.from({ length: states }, (_, j) => (i === j ? 0.9 : 0.1 / (states - 1))),
  )
  let logLikelihood = Number.NEGATIVE_INFINITY
  for (let iterations = 1; ; iterations++) {
    const model = { initial, transition, ...estimateStates(data, weights, states, floors) }
    const pass = forward(data, rows.length, model)
    const gained = pass.logLikelihood - logLikelihood
    logLikelihood = pass.logLikelihood
    if (gained < 1e-6 * rows.length || iterations === maxIterations) return { ...model, logLikelihood, iterations }

    const { weights: next, counts } = backward(pass, transition)
    weights = next
    initial = weights.slice(0, states)
    transition = Array.from({ length: states }, (_, i) => {
      const row = counts.slice(i * states, (i + 1) * states)
      const total = row.reduce((sum, count) => sum + count, 0)
      return row.map((count) => count / total)
    })
  }
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

/** Bars over which returns and volatility are smoothed. */
const window = 10

/** Rolling means of the last `window` values, fewer at the start. */
function smooth(values: Float64Array): Float64Array {
  let sum = 0
  return values.map((value, index) => {
    sum += value - (index >= window ? (values[index - window] as number) : 0)
    return sum / Math.min(index + 1, window)
  })
}

/**
 * Tells the market's regime from its closes: a hidden Markov model of four states over each bar's smoothed return and
 * log volatility (both over ten bars), fitted to these closes. The start is deterministic: the calmest 80 % of
 * bars split by their smoothed return, the rest as crisis. States are named by what they turned out to be. Needs
 * about 100 bars to say anything; throws REGIME_ROWS_TOO_FEW below 30. Takes about 50 microseconds a bar: work for
 * another thread.
 */
export function readRegime(closes: Float64Array): RegimeRead {
  const returns = logReturns(closes)
  if (returns.length < 30) {
    throw new ParleyError('REGIME_ROWS_TOO_FEW', `${closes.length} bars are too few to tell regimes apart.`, {
      wayOut: 'Give at least 31 bars.',
    })
  }
  const drift = smooth(returns)
  const spread = smooth(returns.map((value) => value * value)).map((square) => Math.log(Math.sqrt(square) + 1e-9))
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
      regime: nameState(centre, typical),
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

/**
 * Crisis: half as volatile again as the median bar. Trend: a drift over the window of more than half a standard error
 * of its noise.
 */
function nameState(centre: Float64Array, typical: number): Regime {
  const [drift, spread] = centre as unknown as [number, number]
  if (spread - typical > Math.log(1.5)) return 'crisis'
  const noise = Math.exp(spread) / Math.sqrt(window)
  if (Math.abs(drift) < 0.5 * noise) return 'range'
  return drift > 0 ? 'trend up' : 'trend down'
}
