import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { mean } from '#shared/lib/statistics.ts'
import {
  activeReturn,
  alpha,
  benchmarkBeta,
  captureRatio,
  informationRatio,
  jensenAlpha,
  modigliani,
  riskSplit,
  trackingError,
} from './benchmark.ts'
import { componentTail } from './component-risk.ts'
import { type Drawdown, drawdowns, maxDrawdown } from './drawdowns.ts'
import {
  adjustedSharpeRatio,
  annualReturn,
  annualVolatility,
  averageDrawdown as averageDepth,
  burkeRatio,
  calmarRatio,
  conditionalDrawdown,
  cumulativeReturn,
  downsideDeviation,
  kappaRatio,
  kellyFraction,
  lowerPartialMoment,
  omegaRatio,
  painIndex,
  sharpeRatio,
  sortinoRatio,
  ulcerIndex,
  upperPartialMoment,
} from './performance.ts'
import { covariance, deviation, excessKurtosis, skewness } from './statistics.ts'
import { expectedShortfall, valueAtRisk } from './value-at-risk.ts'

const folder = '../shared/reference/risk'
const missing = !existsSync(folder)

function column(file: string, index: number): number[] {
  return readFileSync(`${folder}/${file}`, 'utf8')
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => {
      const cell = line.split(',')[index]
      return cell === undefined || cell === '' ? Number.NaN : Number(cell)
    })
}

describe.skipIf(missing)('risk beside PerformanceAnalytics (1e-9)', () => {
  if (missing) return
  const file = JSON.parse(readFileSync(`${folder}/pa-expected.json`, 'utf8')) as {
    series: Record<string, { n: number; values: Record<string, number> }>
    componentRisk: {
      columns: string[]
      weights: number[]
      byMethod: Record<
        string,
        Record<'VaR' | 'ES', number> & Record<'VaR_contrib' | 'VaR_pct' | 'ES_contrib', number[]>
      >
    }
    drawdownsHAM1: Record<'Depth' | 'Length' | 'To Trough' | 'Recovery', number>[]
  }
  const bacon = column('portfolio_bacon.csv', 2)
  const market = column('managers.csv', 8)
  const sources: Record<string, [number[], number[] | undefined]> = {
    bacon: [column('portfolio_bacon.csv', 1), bacon],
    HAM1: [column('managers.csv', 1), market],
    HAM4: [column('managers.csv', 4), market],
    SP500: [column('managers.csv', 8), undefined],
    CTA: [column('edhec.csv', 2), undefined],
    ShortSelling: [column('edhec.csv', 12), undefined],
    ConvArb: [column('edhec.csv', 1), undefined],
  }
  const year = 12
  const annual = (x: Float64Array) => annualReturn(x, year)
  const falls = (x: Float64Array) => drawdowns(x)
  const metrics: Record<string, (x: Float64Array) => number> = {
    'mean(x)': mean,
    'sd(x)': deviation,
    'skewness(x,method="moment")': skewness,
    'kurtosis(x,method="excess")': excessKurtosis,
    'kurtosis(x,method="moment")': (x) => excessKurtosis(x) + 3,
    'Return.cumulative(x)': cumulativeReturn,
    'Return.annualized(x)': annual,
    'Return.annualized(x,geometric=FALSE)': (x) => mean(x) * year,
    'StdDev.annualized(x)': (x) => annualVolatility(x, year),
    'SharpeRatio.annualized(x,Rf=0)': (x) => sharpeRatio(x) * Math.sqrt(year),
    'SharpeRatio.annualized(x,Rf=0,geometric=FALSE)': (x) => sharpeRatio(x) * Math.sqrt(year),
    'SharpeRatio.annualized(x,Rf=0.035/12)': (x) => sharpeRatio(x, 0.035 / 12) * Math.sqrt(year),
    'SharpeRatio(x,Rf=0,FUN="StdDev")': (x) => sharpeRatio(x),
    'SharpeRatio(x,Rf=0.035/12,FUN="StdDev")': (x) => sharpeRatio(x, 0.035 / 12),
    'SortinoRatio(x,MAR=0)': (x) => sortinoRatio(x),
    'SortinoRatio(x,MAR=0.005)': (x) => sortinoRatio(x, 0.005),
    'DownsideDeviation(x,MAR=0)': (x) => downsideDeviation(x),
    'DownsideDeviation(x,MAR=0,method="subset")': (x) => downsideDeviation(x.filter((value) => value < 0)),
    'SemiDeviation(x)': (x) => downsideDeviation(x, mean(x)),
    'UpsideRisk(x,MAR=0)': (x) => Math.sqrt(upperPartialMoment(x, 0, 2)),
    'DownsidePotential(x,MAR=0)': (x) => lowerPartialMoment(x, 0, 1),
    'UpsidePotentialRatio(x,MAR=0)': (x) =>
      mean(x.filter((value) => value > 0)) / downsideDeviation(x.filter((value) => value < 0)),
    'maxDrawdown(x)': (x) => maxDrawdown(x),
    'maxDrawdown(x,geometric=FALSE)': (x) => maxDrawdown(x, false),
    'CalmarRatio(x)': (x) => calmarRatio(x, year),
    'SterlingRatio(x)': (x) => annual(x) / (maxDrawdown(x) + 0.1),
    'BurkeRatio(x)': (x) => burkeRatio(x, year),
    'CDD(x,p=.95)': (x) => conditionalDrawdown(x),
    'PainIndex(x)': painIndex,
    'UlcerIndex(x)': ulcerIndex,
    'MartinRatio(x)': (x) => annual(x) / ulcerIndex(x),
    'PainRatio(x)': (x) => annual(x) / painIndex(x),
    'AverageDrawdown(x)': averageDepth,
    'AverageLength(x)': (x) => mean(Float64Array.from(falls(x), ({ start, end }) => (end ?? x.length) - start + 1)),
    'AverageRecovery(x)': (x) => mean(Float64Array.from(falls(x), ({ trough, end }) => (end ?? x.length) - trough)),
    'Omega(x,L=0)': (x) => omegaRatio(x),
    'KellyRatio(x,Rf=0)': (x) => kellyFraction(x) / 2,
    'BernardoLedoitRatio(x)': (x) => omegaRatio(x),
    'DRatio(x)': (x) =>
      (x.filter((value) => value < 0).length * lowerPartialMoment(x, 0, 1)) /
      (x.filter((value) => value > 0).length * upperPartialMoment(x, 0, 1)),
    'OmegaSharpeRatio(x)': (x) => kappaRatio(x, 0, 1),
    'Kappa(x,0.005,2)': (x) => kappaRatio(x, 0.005, 2),
    'AdjustedSharpeRatio(x)': (x) => adjustedSharpeRatio(x, year),
    'SkewnessKurtosisRatio(x)': (x) => skewness(x) / (excessKurtosis(x) + 3),
    // PerformanceAnalytics divides the target by n, too.
    'ProspectRatio(x,0.05)': (x) =>
      (upperPartialMoment(x, 0, 1) - 2.25 * lowerPartialMoment(x, 0, 1) - 0.05 / x.length) / downsideDeviation(x, 0.05),
    'VolatilitySkewness(x,MAR=0.005)': (x) => upperPartialMoment(x, 0.005, 2) / lowerPartialMoment(x, 0.005, 2),
    'MeanAbsoluteDeviation(x)': (x) => mean(x.map((value) => Math.abs(value - mean(x)))),
  }
  for (const [level, p] of [
    ['.95', 0.95],
    ['.99', 0.99],
  ] as const) {
    for (const [name, method] of [
      ['historical', 'historical'],
      ['gaussian', 'normal'],
      ['modified', 'cornish-fisher'],
    ] as const) {
      metrics[`VaR(x,p=${level},method="${name}",invert=TRUE)`] = (x) => -valueAtRisk(x, p, method)
      metrics[`ES(x,p=${level},method="${name}",invert=TRUE)`] = (x) => -expectedShortfall(x, p, method)
    }
  }
  const relative: Record<string, (x: Float64Array, b: Float64Array) => number> = {
    'CAPM.beta(x,b)': (x, b) => benchmarkBeta(x, b),
    'CAPM.alpha(x,b)': (x, b) => alpha(x, b),
    'CAPM.jensenAlpha(x,b)': (x, b) => jensenAlpha(x, b, year),
    'TrackingError(x,b)': (x, b) => trackingError(x, b, year),
    'InformationRatio(x,b)': (x, b) => informationRatio(x, b, year),
    'ActivePremium(x,b)': (x, b) => activeReturn(x, b, year),
    'TreynorRatio(x,b)': (x, b) => annual(x) / benchmarkBeta(x, b),
    'SystematicRisk(x,b)': (x, b) => riskSplit(x, b, year).systematic,
    'SpecificRisk(x,b)': (x, b) => riskSplit(x, b, year).specific,
    'TotalRisk(x,b)': (x, b) => riskSplit(x, b, year).total,
    'AppraisalRatio(x,b,method="appraisal")': (x, b) => jensenAlpha(x, b, year) / riskSplit(x, b, year).specific,
    'MSquared(x,b)': (x, b) => modigliani(x, b, year),
    'UpDownRatios(x,b,method="Capture",side="Up")': (x, b) => captureRatio(x, b, 'up'),
    'UpDownRatios(x,b,method="Capture",side="Down")': (x, b) => captureRatio(x, b, 'down'),
    'cor(x,b)': (x, b) => covariance(x, b) / (deviation(x) * deviation(b)),
  }
  describe('component risk', () => {
    const { columns, weights, byMethod } = file.componentRisk
    const header = (readFileSync(`${folder}/edhec.csv`, 'utf8').split('\n')[0] as string).split(',')
    const returns = columns.map((name) => Float64Array.from(column('edhec.csv', header.indexOf(`"${name}"`))))
    it.each(Object.entries(byMethod))('%s', (method, expected) => {
      const { valueAtRisk: value, expectedShortfall: shortfall } = componentTail(
        returns,
        Float64Array.from(weights),
        0.95,
        method === 'gaussian' ? 'normal' : 'cornish-fisher',
      )
      expect(value.total).toBeCloseTo(expected.VaR, 9)
      expect(shortfall.total).toBeCloseTo(expected.ES, 9)
      for (const [asset, part] of expected.VaR_contrib.entries()) expect(value.parts[asset]).toBeCloseTo(part, 9)
      for (const [asset, part] of expected.VaR_pct.entries()) expect(value.shares[asset]).toBeCloseTo(part, 9)
      for (const [asset, part] of expected.ES_contrib.entries()) expect(shortfall.parts[asset]).toBeCloseTo(part, 9)
    })
  })

  it('the drawdowns of HAM1', () => {
    const returns = Float64Array.from(column('managers.csv', 1))
    const worst = drawdowns(returns).sort((a, b) => b.depth - a.depth)
    for (const [rank, expected] of file.drawdownsHAM1.entries()) {
      const { start, trough, end, depth } = worst[rank] as Drawdown
      expect(depth).toBeCloseTo(-expected.Depth, 3)
      const last = end ?? returns.length - 1
      expect([last - start + 1, trough - start + 1, last - trough]).toEqual([
        expected.Length,
        expected['To Trough'],
        expected.Recovery,
      ])
    }
  })

  for (const [name, { n, values }] of Object.entries(file.series)) {
    const rows = sources[name]?.[0] ?? []
    const b = Float64Array.from(sources[name]?.[1]?.filter((_, t) => !Number.isNaN(rows[t])) ?? [])
    const x = Float64Array.from(rows.filter((value) => !Number.isNaN(value)))
    it(`${name} has the ${n} returns that the reference had`, () => expect(x.length).toBe(n))
    for (const [metric, value] of Object.entries(values)) {
      it(`${name} ${metric}`, () => {
        const actual = metrics[metric]?.(x) ?? relative[metric]?.(x, b) ?? Number.NaN
        expect(Math.abs(actual - value) / Math.max(1, Math.abs(value)), `${actual} for ${value}`).toBeLessThan(1e-9)
      })
    }
  }
})
