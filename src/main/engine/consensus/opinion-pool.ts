import { ParleyError } from '#shared/lib/error.ts'

/** One voter's opinion: how probable it holds each option, and what it weighs. */
export interface Opinion {
  readonly probabilities: readonly number[]
  readonly weight: number
}

/** The surest that an opinion is taken to be: nobody's certainty alone decides. */
const surest = 0.99

/**
 * The logarithmic opinion pool (Genest and Zidek 1986): probabilities in proportion to the weighted geometric mean of the
 * opinions, the weights scaled to sum to 1. It does not matter whether evidence comes before or after pooling. Each
 * opinion's probabilities must be above zero. Throws OPINION_INVALID.
 */
export function logOpinionPool(opinions: readonly Opinion[]): number[] {
  const [first] = opinions
  if (first === undefined) return []
  const logarithms = first.probabilities.map(() => 0)
  const whole = opinions.reduce((sum, { weight }) => sum + weight, 0)
  for (const { probabilities, weight } of opinions) {
    if (probabilities.length !== logarithms.length || !probabilities.every((chance) => chance > 0)) {
      throw new ParleyError('OPINION_INVALID', 'Every opinion needs a probability above zero for every option.', {
        details: { probabilities },
      })
    }
    probabilities.forEach((chance, option) => {
      logarithms[option] = (logarithms[option] ?? 0) + (weight / whole) * Math.log(chance)
    })
  }
  const most = Math.max(...logarithms)
  const raw = logarithms.map((logarithm) => Math.exp(logarithm - most))
  const sum = raw.reduce((sum, value) => sum + value, 0)
  return raw.map((value) => value / sum)
}

/**
 * The probabilities behind a vote for one of several options with a calibrated confidence: that for the option chosen, the
 * rest in equal parts. Confidence is taken between 1 % and 99 %.
 */
export function opinionOf(options: readonly string[], chosen: string, confidence: number): number[] {
  if (options.length === 1) return [1]
  const sure = Math.min(surest, Math.max(1 - surest, confidence))
  return options.map((option) => (option === chosen ? sure : (1 - sure) / (options.length - 1)))
}

/** How a voter's stated confidence maps to how often it is right: log-odds times slope plus intercept. */
export interface Calibration {
  readonly slope: number
  readonly intercept: number
}

/** A vote whose outcome is known. */
export interface ScoredForecast {
  readonly confidence: number
  readonly right: boolean
}

/** What a calibration is held towards, and by how much: the precision (1 / variance) of a normal prior on both numbers. */
export interface CalibrationPrior extends Calibration {
  readonly precision: number
}

const asStated: CalibrationPrior = { slope: 1, intercept: 0, precision: 4 }

/**
 * Fits a voter's calibration to its forecasts by logistic regression on the log-odds (Platt 1999), held towards a prior: "as
 * stated" (slope 1, intercept 0) unless given, with a standard deviation of 0.5, so that a short record changes little.
 */
export function fitCalibration(
  forecasts: readonly ScoredForecast[],
  { precision, ...prior }: CalibrationPrior = asStated,
): Calibration {
  let { slope, intercept } = prior
  const points = forecasts.map(({ confidence, right }) => ({ odds: logOdds(confidence), right: right ? 1 : 0 }))
  for (let step = 0; step < 50; step++) {
    let gradientSlope = -precision * (slope - prior.slope)
    let gradientIntercept = -precision * (intercept - prior.intercept)
    let [ss, si, ii] = [precision, 0, precision]
    for (const { odds, right } of points) {
      const chance = logistic(slope * odds + intercept)
      const curvature = chance * (1 - chance)
      gradientSlope += (right - chance) * odds
      gradientIntercept += right - chance
      ss += curvature * odds * odds
      si += curvature * odds
      ii += curvature
    }
    const determinant = ss * ii - si * si
    const moveSlope = (ii * gradientSlope - si * gradientIntercept) / determinant
    const moveIntercept = (ss * gradientIntercept - si * gradientSlope) / determinant
    slope += Math.max(-1, Math.min(1, moveSlope))
    intercept += Math.max(-1, Math.min(1, moveIntercept))
    if (Math.abs(moveSlope) + Math.abs(moveIntercept) < 1e-12) break
  }
  return { slope, intercept }
}

/** A stated confidence as the calibration reads it, from 0 to 1. */
export function calibrated(confidence: number, { slope, intercept }: Calibration): number {
  return logistic(slope * logOdds(confidence) + intercept)
}

function logOdds(confidence: number): number {
  const sure = Math.min(surest, Math.max(1 - surest, confidence))
  return Math.log(sure / (1 - sure))
}

function logistic(value: number): number {
  return 1 / (1 + Math.exp(-value))
}
