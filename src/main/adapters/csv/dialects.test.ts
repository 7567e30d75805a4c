import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Bar, type Timeframe, timeframeMs } from '#shared/domain/bar.ts'
import { ParleyError } from '#shared/lib/error.ts'
import { createRandom } from '#shared/lib/random.ts'
import { nameSets, type PriceDialect, timeForms, writePriceFile } from '#test/builders/price-file.ts'
import { decodeText } from './decode-text.ts'
import { parseBars } from './parse-bars.ts'

/** Two hundred bars about a price, from a Monday on, days without weekends. */
function sampleSeries(timeframe: Timeframe, start: number, anchor: number): readonly Bar[] {
  const random = createRandom(start)
  const cents = (value: number) => Math.round(value * 100) / 100
  let close = cents(anchor)
  return Array.from({ length: 200 }, (_, index) => {
    const open = close
    close = cents(open * (1 + 0.004 * random.normal()))
    const day = timeframe === '1d' ? index + 2 * Math.floor(index / 5) : index
    return {
      time: start + day * timeframeMs[timeframe],
      open,
      high: cents(Math.max(open, close) * 1.001),
      low: cents(Math.min(open, close) * 0.999),
      close,
      volume: 1_000 + Math.floor(2_000_000 * random.float()),
    }
  })
}

const mondays = fc.integer({ min: 300, max: 2_800 }).map((week) => Date.UTC(1970, 0, 5) + week * 7 * timeframeMs['1d'])
const keysOf = <T extends object>(record: T) => Object.keys(record) as (keyof T)[]

const dialects: fc.Arbitrary<PriceDialect> = fc
  .record({
    separator: fc.constantFrom(',', ';', '\t', '|'),
    isQuoted: fc.boolean(),
    decimalMark: fc.constantFrom('.', ','),
    grouping: fc.constantFrom('none', 'threes', 'apostrophes', 'narrow spaces', 'Indian'),
    time: fc.constantFrom(...keysOf(timeForms)),
    names: fc.constantFrom(...keysOf(nameSets)),
    columnRanks: fc.shuffledSubarray(
      Array.from({ length: 10 }, (_, index) => index),
      { minLength: 10 },
    ),
    extraColumns: fc.nat(3),
    rowOrder: fc.constantFrom('rising', 'falling', 'mixed'),
    encoding: fc.constantFrom('utf-8', 'utf-8 with a mark', 'utf-16le', 'utf-16be', 'windows-1252'),
    lineBreak: fc.constantFrom('\n', '\r\n'),
    hasTitle: fc.boolean(),
  } as const)
  .map((dialect) => (dialect.grouping === 'Indian' ? { ...dialect, decimalMark: '.' } : dialect))

const market = fc.record({
  timeframe: fc.constantFrom<Timeframe>('5m', '1h', '1d'),
  start: mondays,
  anchor: fc.constantFrom(1.5, 78.2, 1_014.5, 131_650, 7_000_000),
})

/** The days of these are those of the place that wrote them. */
const placed = ['with an offset', 'GMT+0100', 'EST']

describe('the same two hundred bars', () => {
  it('are read out of every dialect of price files', () => {
    fc.assert(
      fc.property(market, dialects, ({ timeframe, start, anchor }, dialect) => {
        fc.pre(timeframe !== '1d' || !placed.includes(dialect.time))
        const bars = sampleSeries(timeframe, start, anchor)
        const parsed = parseBars(decodeText(writePriceFile(bars, dialect)), { instrument: 'GOLD/USD' })
        // Some hours of one day are written alike with the day and with the month first: the note says what was assumed.
        fc.pre(!parsed.notes.some((note) => /does not settle|nothing in the file settles/.test(note)))
        expect(parsed.bars).toEqual(bars)
        expect(parsed.timeframe).toBe(timeframe)
      }),
      { numRuns: 200 },
    )
  })

  it('are read without a header in the shapes of known programs, which are named', () => {
    const shapes: Readonly<Record<string, (bar: Bar) => readonly (string | number)[]>> = {
      MetaTrader: ({ time, open, high, low, close, volume }) => {
        const text = new Date(time).toISOString()
        return [text.slice(0, 10).replaceAll('-', '.'), text.slice(11, 16), open, high, low, close, volume]
      },
      Binance: ({ time, open, high, low, close, volume }) => [
        time,
        open,
        high,
        low,
        close,
        volume,
        time + 3_599_999,
        volume * close,
        9,
        1,
        1,
        0,
      ],
      Kraken: ({ time, open, high, low, close, volume }) => [time / 1_000, open, high, low, close, volume, 12],
      KuCoin: ({ time, open, high, low, close, volume }) => [
        time / 1_000,
        open,
        close,
        high,
        low,
        volume,
        volume * close,
      ],
      Coinbase: ({ time, open, high, low, close, volume }) => [time / 1_000, low, high, open, close, volume],
      'time, open, high, low, close, volume': ({ time, open, high, low, close, volume }) => [
        new Date(time).toISOString().slice(0, 19).replaceAll(/[-:]/g, '').replace('T', ' '),
        open,
        high,
        low,
        close,
        volume,
      ],
    }
    fc.assert(
      fc.property(
        fc.constantFrom(...Object.keys(shapes)),
        // Prices that stand still fit any order of open, high, low and close.
        market.map((each) => ({ ...each, anchor: Math.max(1_000, each.anchor) })),
        fc.constantFrom(',', ';'),
        fc.boolean(),
        (name, { timeframe, start, anchor }, separator, isFalling) => {
          const bars = sampleSeries(timeframe, start, anchor)
          const lines = bars.map((bar) => (shapes[name] ?? (() => []))(bar).join(separator))
          if (isFalling) lines.reverse()
          const parsed = parseBars(lines.join('\n'), { instrument: 'GOLD/USD' })
          expect(parsed.bars).toEqual(bars)
          expect(parsed.notes.join(' ')).toContain(`There is no header: taken for ${name}`)
        },
      ),
      { numRuns: 60 },
    )
  })

  it('keep the digits of prices of 0.000001 and less', () => {
    fc.assert(
      fc.property(fc.integer({ min: 5, max: 14 }), fc.boolean(), (exponent, isPlain) => {
        const scaled = sampleSeries('1h', Date.UTC(2024, 0, 1), 1_000).map((bar) => {
          const small = (value: number) => Number(`${Math.round(value * 100)}e-${exponent + 4}`)
          return { ...bar, open: small(bar.open), high: small(bar.high), low: small(bar.low), close: small(bar.close) }
        })
        const write = (value: number) => (isPlain ? value.toFixed(exponent + 4) : value.toExponential())
        const lines = scaled.map(({ time, open, high, low, close, volume }) =>
          [time, ...[open, high, low, close].map(write), volume].join(','),
        )
        const text = `time,open,high,low,close,volume\n${lines.join('\n')}`
        expect(parseBars(text, { instrument: 'GOLD/USD' }).bars).toEqual(scaled)
      }),
    )
  })
})

describe('a file with one thing wrong is refused with the line', () => {
  const bars = sampleSeries('1h', Date.UTC(2024, 0, 1), 1_000)
  const rows = bars.map(({ time, open, high, low, close, volume }) => [
    new Date(time).toISOString(),
    ...[open, high, low, close, volume].map(String),
  ])
  const faults: Readonly<
    Record<string, { reason: RegExp; break: (cells: string[], before: readonly string[]) => void }>
  > = {
    'a word for a price': { reason: /"x1" is not a number/, break: (cells) => void (cells[2] = 'x1') },
    'a blank price': { reason: /close is blank/, break: (cells) => void (cells[4] = '') },
    'a price of nothing': { reason: /not greater than zero/, break: (cells) => void (cells[1] = '0') },
    'an infinite price': { reason: /too large/, break: (cells) => void (cells[2] = '1e400') },
    'a word for infinity': { reason: /not a number/, break: (cells) => void (cells[2] = 'Infinity') },
    'groups that are no groups': { reason: /not a number/, break: (cells) => void (cells[1] = '"1,0,14.5"') },
    'a negative volume': { reason: /negative/, break: (cells) => void (cells[5] = '-5') },
    'a high below the low': {
      reason: /below the low/,
      break: (cells) => void ([cells[2], cells[3]] = ['900', '1100']),
    },
    'a close outside of the range': { reason: /below 5000/, break: (cells) => void (cells[4] = '5000') },
    'a date that does not exist': { reason: /is not a time/, break: (cells) => void (cells[0] = '2024-02-30T00:00Z') },
    'a zone with two meanings': { reason: /CST.*China/, break: (cells) => void (cells[0] = '2024-01-03 00:00 CST') },
    'the time of the row before': {
      reason: /same time as line/,
      break: (cells, before) => void (cells[0] = before[0] ?? ''),
    },
    'more cells than the header': { reason: /7 cells, and the header 6/, break: (cells) => void cells.push('1') },
    'a quote left open': { reason: /quote is opened/, break: (cells) => void (cells[3] = `"${cells[3]}`) },
    'text after a quote': { reason: /quote is opened/, break: (cells) => void (cells[3] = `"${cells[3]}"9`) },
  }

  it.each(Object.entries(faults))('%s', (_, fault) => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: rows.length - 1 }), fc.boolean(), (at, isWindows) => {
        const broken = rows.map((cells, index) => {
          const copy = [...cells]
          if (index === at) fault.break(copy, rows[index - 1] ?? [])
          return copy.join(',')
        })
        const text = ['time,open,high,low,close,volume', ...broken, ''].join(isWindows ? '\r\n' : '\n')
        let error: unknown
        try {
          parseBars(text, { instrument: 'GOLD/USD' })
        } catch (thrown) {
          error = thrown
        }
        expect(error).toBeInstanceOf(ParleyError)
        const { code, details, message } = error as ParleyError
        expect([code, details['count'], (details['rows'] as { line: number }[])[0]?.line]).toEqual([
          'CSV_BAD_ROWS',
          1,
          at + 2,
        ])
        expect(message).toMatch(fault.reason)
        expect(message.length).toBeLessThan(250)
      }),
      { numRuns: 25 },
    )
  })
})
