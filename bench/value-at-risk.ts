import { simulateRisk } from '#engine/portfolio/stress.ts'
import { expectedShortfall, valueAtRisk } from '#engine/portfolio/value-at-risk.ts'
import { createRandom } from '#shared/lib/random.ts'
import { growth } from './growth.ts'

/** Equally held assets that share half of their variance. */
function book(assets: number) {
  const covariances = Array.from({ length: assets }, (_, i) =>
    Float64Array.from({ length: assets }, (_, j) => (i === j ? 0.0004 : 0.0002)),
  )
  return { weights: new Float64Array(assets).fill(1 / assets), means: new Float64Array(assets), covariances }
}

/** Measures value at risk: by Monte Carlo as draws and assets grow, and from history as the history grows. */
export function benchValueAtRisk(): void {
  const simulation = (assets: number, draws: number, size: number) => {
    const { weights, means, covariances } = book(assets)
    const run = () => simulateRisk(createRandom(1), weights, means, covariances, { draws })
    return { size, about: `${draws.toLocaleString('en-US')} draws of ${assets} assets`, run }
  }
  growth(
    'Value at risk by Monte Carlo, more draws',
    [1_000, 10_000, 100_000, 500_000].map((draws) => simulation(20, draws, draws)),
  )
  growth(
    'Value at risk by Monte Carlo, more assets',
    [5, 20, 80, 320].map((assets) => simulation(assets, 10_000, assets)),
  )
  growth(
    'Historical value at risk and expected shortfall',
    [250, 2_500, 25_000, 250_000].map((bars) => {
      const random = createRandom(bars)
      const returns = Float64Array.from({ length: bars }, () => 0.02 * random.normal())
      const run = () => [valueAtRisk(returns), expectedShortfall(returns)]
      return { size: bars, about: `${bars.toLocaleString('en-US')} bars`, run }
    }),
  )
}
