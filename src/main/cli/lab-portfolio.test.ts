import { expect, it } from 'vitest'
import { labAlmgrenChriss, labFrontier, labRisk, readOrLibrary } from './lab-portfolio.ts'

it('reads returns as risk, null for what they cannot tell', () => {
  const risk = labRisk(Float64Array.of(0.01, -0.02, 0.03, -0.01), 252)
  expect(risk.maxDrawdown).toBeCloseTo(0.02, 12)
  expect(risk.valueAtRisk.historical).toBeCloseTo(0.0185, 12)
  expect(labRisk(Float64Array.of(0.01), 252)).toMatchObject({ sharpe: null, sortino: null })
})

it('gives the frontier of an OR-Library problem from the highest return to the least variance', () => {
  const { expected, covariances } = readOrLibrary('2\n .1 .2\n .05 .1\n 1 1 1\n 1 2 0\n 2 2 1\n')
  const { points, corners } = labFrontier(expected, covariances, { points: 5 })
  expect(points[0]).toEqual({ expectedReturn: 0.1, variance: expect.closeTo(0.04, 12), weights: [1, 0] })
  expect(points[4]?.weights[0]).toBeCloseTo(0.2, 10)
  expect(points[4]?.variance).toBeCloseTo(0.008, 10)
  expect(corners.length).toBeGreaterThan(1)
  const [asked] = labFrontier(expected, covariances, { returns: [0.08] }).points
  expect(asked?.expectedReturn).toBeCloseTo(0.08, 12)
})

it('gives a schedule for each risk aversion', () => {
  const model = { quantity: 900, horizon: 3, slices: 3, volatility: 1, permanent: 0, temporary: 0.01, fixed: 0 }
  const [even, hurried] = labAlmgrenChriss(model, [0, 0.01])
  expect(even?.holdings).toEqual([900, 600, 300, 0].map((value) => expect.closeTo(value, 9)))
  expect(hurried?.trades[0]).toBeGreaterThan(300)
})
