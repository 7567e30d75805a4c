import { cornerPortfolios, uniformBounds } from '#engine/portfolio/critical-line.ts'
import { createRandom } from '#shared/lib/random.ts'
import { growth } from './growth.ts'

/** Assets of a market with a common factor: expected returns and covariances a bar. */
function market(assets: number) {
  const random = createRandom(assets)
  const loadings = Float64Array.from({ length: assets }, () => 0.01 + 0.01 * random.float())
  const own = Float64Array.from({ length: assets }, () => (0.005 + 0.015 * random.float()) ** 2)
  const covariances = Array.from({ length: assets }, (_, i) =>
    Float64Array.from(
      { length: assets },
      (_, j) => (loadings[i] as number) * (loadings[j] as number) + (i === j ? (own[i] as number) : 0),
    ),
  )
  return { expected: Float64Array.from({ length: assets }, () => 0.001 * random.normal()), covariances }
}

/** Measures the whole exact efficient frontier (critical line, weights from 0 to 1) as the number of assets grows. */
export function benchFrontier(): void {
  growth(
    'Exact efficient frontier, long only',
    [25, 50, 100, 200, 400].map((assets) => {
      const { expected, covariances } = market(assets)
      const run = () => cornerPortfolios(expected, covariances, uniformBounds(assets))
      return { size: assets, about: `${assets} assets, ${run().length} corners`, run }
    }),
  )
}
