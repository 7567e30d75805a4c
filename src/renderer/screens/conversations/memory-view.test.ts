import { describe, expect, it } from 'vitest'
import { featureNames } from '#shared/domain/situation.ts'
import { decisionTitle, deedOf, distanceText, featureRows, isFiltered, spanWords } from './memory-view.ts'

describe('memory on the screen', () => {
  it('shows every feature of a situation; what is unavailable is a dash, never a zero', () => {
    const features = { volatility: Math.log(1.25), exposure: 0.2, rsi: 61.4, drift: -1.27, trend: 1 }
    const rows = featureRows({ instrument: 'BTC/USDT', at: 0, regime: null, features })
    expect(rows).toHaveLength(featureNames.length)
    const values = Object.fromEntries(rows.map(({ name, value }) => [name, value]))
    expect(values).toMatchObject({
      'Volatility against usual': '+25\u202f%',
      'Position, share of equity': '+20\u202f%',
      RSI: '61',
      'Drift over 60 bars': '−1.3 σ',
      'Trend of the averages': '+1.00',
      Sentiment: '–',
    })
  })

  it('tells what was done from what was only wanted', () => {
    expect(deedOf({ action: 'buy', filled: true })).toBe('Bought')
    expect(deedOf({ action: 'buy', filled: false })).toBe('Buy, not filled')
  })

  it.each([
    [null, 'Not decided'],
    [{ status: 'agreed', action: 'sell' }, 'Agreed: sell'],
    [{ status: 'noTrade', action: 'hold' }, 'No trade'],
    [{ status: 'review', action: 'buy' }, 'Sent to you: buy'],
  ])('a decision %j is titled "%s"', (decision, title) => {
    expect(decisionTitle({ decision } as never)).toBe(title)
  })

  it('shows what is nearly nothing as nothing', () => {
    expect([distanceText(2.4e-8), distanceText(null)]).toEqual(['0.00', '–'])
  })

  it('counts in days from two on', () => {
    expect([spanWords(3_600_000), spanWords(24 * 86_400_000)]).toEqual(['1 h 00 min', '24 days'])
  })

  it('knows when a search leaves something out', () => {
    expect([isFiltered({ text: '', agent: undefined }), isFiltered({ agent: 'bull' })]).toEqual([false, true])
  })
})
