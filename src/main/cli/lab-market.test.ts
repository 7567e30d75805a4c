import { expect, it } from 'vitest'
import { barSeries } from '#shared/domain/bar.ts'
import { labIndicators, labPatterns, labSentiment } from './lab-market.ts'

const series = barSeries(
  Array.from({ length: 30 }, (_, k) => ({
    time: k,
    open: k + 1,
    high: k + 2,
    low: k + 0.5,
    close: k + 1.5,
    volume: 10,
  })),
)

it('computes indicators by name and parameters, null while they warm up', () => {
  const result = labIndicators(series, ['sma:3', 'macd:3,6,2'])
  expect(result['sma:3']?.['value']?.slice(0, 4)).toEqual([null, null, 2.5, 3.5])
  expect(Object.keys(result['macd:3,6,2'] ?? {})).toEqual(['macd', 'signal', 'histogram'])
  expect(() => labIndicators(series, ['sma:x'])).toThrowError(
    expect.objectContaining({ code: 'INDICATOR_PERIOD_INVALID' }),
  )
  expect(() => labIndicators(series, ['nothing'])).toThrowError(expect.objectContaining({ code: 'INDICATOR_UNKNOWN' }))
})

it('lists patterns and scores texts by the lexicon that is given', () => {
  expect(labPatterns(series).charts).toEqual([])
  const [own] = labSentiment(['Shares plunge'])
  expect(own?.score).toBeLessThan(-0.4)
  const [given] = labSentiment(['Shares plunge', '😀'], { lexicon: 'plunge\t2\t1\t[]', emoji: '😀\tgrinning face' })
  expect(given?.score).toBeGreaterThan(0.4)
})
