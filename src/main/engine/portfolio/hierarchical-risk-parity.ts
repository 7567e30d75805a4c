import { correlationMatrix, type Matrix, portfolioVariance } from './matrix.ts'

/** The assets in the order of a single-linkage tree over the distances sqrt((1 - correlation) / 2). */
function treeOrder(correlations: Matrix): number[] {
  const n = correlations.length
  const pairs: { i: number; j: number; distance: number }[] = []
  for (let i = 0; i < n; i++) {
    for (let j = i + 1; j < n; j++) {
      const correlation = correlations[i]?.[j] as number
      pairs.push({ i, j, distance: Math.sqrt(Math.max(0, Math.min(1, (1 - correlation) / 2))) })
    }
  }
  pairs.sort((a, b) => a.distance - b.distance)
  // Clusters carry the number of the merge that made them; the lower number stands first.
  const cluster = Array.from({ length: n }, (_, i) => ({ id: i, members: [i] }))
  let next = n
  for (const { i, j } of pairs) {
    const [a, b] = [cluster[i], cluster[j]]
    if (!a || !b || a === b) continue
    const [first, second] = a.id < b.id ? [a, b] : [b, a]
    const merged = { id: next++, members: [...first.members, ...second.members] }
    for (const member of merged.members) cluster[member] = merged
  }
  return cluster[0]?.members ?? []
}

/**
 * Hierarchical risk parity (Lopez de Prado 2016): long weights that add up to 1, from splitting the assets, ordered
 * by a tree of their correlations, in halves that share by inverse variance. Needs no expected returns and no
 * invertible matrix. Correlations are those of the covariances unless given (pairwise ones differ where histories
 * do).
 */
export function hierarchicalRiskParity(
  covariances: Matrix,
  correlations: Matrix = correlationMatrix(covariances),
): Float64Array {
  const weights = new Float64Array(covariances.length).fill(1)
  const variance = (assets: readonly number[]) => {
    const inverse = Float64Array.from(assets, (asset) => 1 / (covariances[asset]?.[asset] as number))
    const total = inverse.reduce((sum, value) => sum + value, 0)
    const block = assets.map((i) => Float64Array.from(assets, (j) => covariances[i]?.[j] as number))
    return portfolioVariance(
      inverse.map((value) => value / total),
      block,
    )
  }
  const divide = (assets: readonly number[]): void => {
    if (assets.length < 2) return
    const half = assets.length >> 1
    const [left, right] = [assets.slice(0, half), assets.slice(half)]
    const [a, b] = [variance(left), variance(right)]
    for (const asset of left) weights[asset] = (weights[asset] as number) * (b / (a + b))
    for (const asset of right) weights[asset] = (weights[asset] as number) * (a / (a + b))
    divide(left)
    divide(right)
  }
  divide(treeOrder(correlations))
  return weights
}
