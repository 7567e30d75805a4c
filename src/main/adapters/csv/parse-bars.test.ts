import { existsSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Bar, type Timeframe, timeframeMs } from '#shared/domain/bar.ts'
import { ParleyError } from '#shared/lib/error.ts'
import { formatBars } from './format-bars.ts'
import { type ParseOptions, parseBars } from './parse-bars.ts'

const reference = new URL('../../../../../shared/reference/', import.meta.url)
const hasReference = existsSync(reference)
const read = (path: string, options: ParseOptions = {}) =>
  parseBars(readFileSync(new URL(path, reference), 'utf8'), { file: path, ...options })

function refusal(text: string, options: ParseOptions = {}): ParleyError {
  try {
    parseBars(text, options)
  } catch (error) {
    if (error instanceof ParleyError) return error
  }
  throw new Error('The file was taken.')
}

const header = 'date,open,high,low,close,volume'
const option = { file: 'spy.csv' }

// The reference data does not belong to the project and may be missing.
describe.skipIf(!hasReference)('real files', () => {
  it.each([
    ['prices/btcusdt_1d_2017-2021.csv', 1_246, 'BTC/USDT', '2017-08-16', '2021-01-12'],
    ['prices/coinbase_btcusd_1d.csv', 1_770, 'BTC/USD', '2014-12-01', '2019-10-17'],
    ['prices/spx_1d_1990-2022.csv', 8_111, 'SPX/USD', '1990-01-02', '2022-03-10'],
    ['indicators/spy-502-daily.csv', 502, 'SPY/USD', '2017-01-03', '2018-12-31'],
    ['indicators/compare-502-daily.csv', 502, 'COMPARE/USD', '2017-01-03', '2018-12-31'],
  ])('%s imports whole', (path, rows, instrument, from, to) => {
    const parsed = read(path)
    expect([parsed.bars.length, parsed.instrument, parsed.timeframe]).toEqual([rows, instrument, '1d'])
    expect([parsed.bars[0]?.time, parsed.bars.at(-1)?.time]).toEqual([Date.parse(from), Date.parse(to)])
    expect(parsed.blankRows).toBe(0)
  })

  it('takes the volume in bitcoin, not in dollars, and turns newest first round', () => {
    const { bars, notes } = read('prices/coinbase_btcusd_1d.csv')
    expect(bars.at(-1)).toEqual({
      time: Date.parse('2019-10-17'),
      open: 7993.54,
      high: 8070,
      low: 7937.01,
      close: 8034.32,
      volume: 1570.08,
    })
    expect(notes.join(' ')).toMatch(/newest row to the oldest.*UTC|UTC.*newest row to the oldest/)
  })

  it('asks which instrument of several, and counts the days before the chosen one was listed', () => {
    const path = 'prices/bitstamp_btc_eth_ltc_usd_1d.csv'
    expect(() => read(path)).toThrowError(
      expect.objectContaining({
        code: 'CSV_WHICH_INSTRUMENT',
        details: { instruments: ['BTC/USD', 'ETH/USD', 'LTC/USD'] },
      }),
    )
    for (const [instrument, blank] of [
      ['BTC', 0],
      ['eth/usd', 1_077],
      ['LTC/USD', 940],
    ] as const) {
      const parsed = read(path, { instrument })
      expect([parsed.bars.length, parsed.blankRows]).toEqual([1_865 - blank, blank])
      expect(parsed.instrument).toBe(`${instrument.slice(0, 3).toUpperCase()}/USD`)
    }
  })

  it('names what it found where there are no bars in a file', () => {
    expect(() => read('portfolio/pypfopt/stock_prices.csv')).toThrowError(
      expect.objectContaining({ code: 'CSV_NO_COLUMNS', message: expect.stringContaining('GOOG') }),
    )
  })
})

describe('bars written in any format read back as the same bars', () => {
  const price = fc.integer({ min: 1, max: 5_000_000 }).map((cents) => cents / 100)
  const row = fc.record({ prices: fc.array(price, { minLength: 4, maxLength: 4 }), volume: fc.nat(1e9) })
  const intraday: Timeframe[] = ['1m', '5m', '15m', '30m', '1h', '4h']
  const barsOf = (timeframe: Timeframe, startDay: number) =>
    fc.array(row, { minLength: 3, maxLength: 40 }).map((rows) =>
      rows.map(({ prices, volume }, index): Bar => {
        const [low = 0, open = 0, close = 0, high = 0] = [...prices].sort((a, b) => a - b)
        const time = startDay * timeframeMs['1d'] + index * timeframeMs[timeframe]
        return { time, open, high, low, close, volume: volume / 1_000 }
      }),
    )

  const two = (value: number) => String(value).padStart(2, '0')
  const clock = (date: Date) => `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}`
  const parts = (ms: number) => {
    const date = new Date(ms)
    return { date, day: date.getUTCDate(), month: date.getUTCMonth() + 1, year: date.getUTCFullYear() }
  }
  const half = (date: Date) => `${two(((date.getUTCHours() + 11) % 12) + 1)}-${date.getUTCHours() < 12 ? 'AM' : 'PM'}`
  const times: Readonly<Record<string, (ms: number) => string>> = {
    iso: (ms) => new Date(ms).toISOString(),
    'iso with an offset': (ms) => `${new Date(ms + 7_200_000).toISOString().slice(0, 19)}+02:00`,
    'without a zone': (ms) => new Date(ms).toISOString().slice(0, 16).replace('T', ' '),
    'epoch seconds': (ms) => String(ms / 1_000),
    'epoch milliseconds': String,
    'month first': (ms) => `${parts(ms).month}/${parts(ms).day}/${parts(ms).year} ${clock(new Date(ms))}`,
    'day first with dots': (ms) => `${parts(ms).day}.${parts(ms).month}.${parts(ms).year} ${clock(new Date(ms))}`,
  }
  const cases = fc
    .record({
      timeframe: fc.constantFrom<Timeframe>(...intraday, '1d'),
      startDay: fc.integer({ min: 12_000, max: 20_000 }),
    })
    .chain(({ timeframe, startDay }) =>
      fc.record({
        timeframe: fc.constant(timeframe),
        bars: barsOf(timeframe, startDay),
        time: fc.constantFrom(...Object.keys(times), ...(timeframe === '1h' ? ['hh-AM'] : [])),
        separator: fc.constantFrom(',', ';', '\t'),
        mark: fc.boolean(),
        note: fc.boolean(),
        newestFirst: fc.boolean(),
        quoted: fc.boolean(),
        lineBreak: fc.constantFrom('\n', '\r\n'),
      }),
    )

  it('whatever the separators, quotes, line breaks, times and order', () => {
    fc.assert(
      fc.property(cases, ({ timeframe, bars, time, separator, mark, note, newestFirst, quoted, lineBreak }) => {
        // Days are the calendar date as written, so an offset would move them on purpose.
        fc.pre(timeframe !== '1d' || time !== 'iso with an offset')
        const write = times[time] ?? ((ms) => `${new Date(ms).toISOString().slice(0, 10)} ${half(new Date(ms))}`)
        const cell = (text: string | number) => (quoted ? `"${text}"` : String(text))
        const lines = bars.map((bar) =>
          [write(bar.time), bar.open, bar.high, bar.low, bar.close, bar.volume].map(cell).join(separator),
        )
        if (newestFirst) lines.reverse()
        const names = ['Date', 'Open', 'High', 'Low', 'Close', 'Volume'].map(cell).join(separator)
        const top = `${mark ? '\uFEFF' : ''}${note ? `Prices of somewhere${separator}https://example.com${lineBreak}` : ''}`
        const text = `${top}${names}${lineBreak}${lines.join(lineBreak)}${lineBreak}`
        const parsed = parseBars(text, { instrument: 'BTC/USD' })
        // A slash date is a guess where every day is under 13 and both readings run one way.
        fc.pre(time !== 'month first' || !parsed.notes.some((said) => said.includes('month first')))
        expect(parsed.bars).toEqual(bars)
        expect(parsed.timeframe).toBe(timeframe)
      }),
      { numRuns: 300 },
    )
  })

  it('also as this program writes them', () => {
    fc.assert(
      fc.property(
        fc.constantFrom<Timeframe>('1m', '4h', '1d').chain((timeframe) => barsOf(timeframe, 19_000)),
        (bars) => {
          expect(parseBars(formatBars(bars), option).bars).toEqual(bars)
        },
      ),
    )
  })
})

describe('times', () => {
  const at = (time: string, next: string) =>
    parseBars(`${header}\n${time},1,1,1,1,1\n${next},1,1,1,1,1\n`, option).bars.map((bar) =>
      new Date(bar.time).toISOString(),
    )

  it('reads noon and midnight of the twelve-hour clock', () => {
    expect(at('2019-10-17 11-AM', '2019-10-17 12-PM')[1]).toBe('2019-10-17T12:00:00.000Z')
    expect(at('2019-10-17 12-AM', '2019-10-17 01-AM')[0]).toBe('2019-10-17T00:00:00.000Z')
    expect(at('10/17/2019 12:30 AM', '10/17/2019 12:31 AM')[0]).toBe('2019-10-17T00:30:00.000Z')
  })

  it('reads days of 23 hours, where clocks change, as days', () => {
    const lines = ['2024-03-09T05:00Z', '2024-03-10T05:00Z', '2024-03-11T04:00Z', '2024-03-12T04:00Z']
    const parsed = parseBars(`${header}\n${lines.map((line) => `${line},1,1,1,1,1`).join('\n')}`, option)
    expect([parsed.timeframe, parsed.gaps, parsed.bars[2]?.time]).toEqual(['1d', 0, Date.parse('2024-03-11')])
  })

  it('joins a date column and a clock column, reads month names, thousands and decimal commas', () => {
    const split = parseBars(
      '<DATE>\t<TIME>\t<OPEN>\t<HIGH>\t<LOW>\t<CLOSE>\t<TICKVOL>\n2024.01.02\t10:00:00\t1\t3\t1\t2\t5\n2024.01.02\t10:05:00\t2\t2\t2\t2\t5',
      option,
    )
    expect([split.timeframe, split.bars[0]?.time]).toEqual(['5m', Date.parse('2024-01-02T10:00Z')])
    const named = parseBars(
      'Date,Price,Open,High,Low,Vol.\n"Jan 03, 2024","45,000.5","44,000","45,100","43,000",1.2K\n"Jan 02, 2024","44,000","44,000","44,000","44,000",-',
      option,
    )
    expect(named.bars[1]).toEqual({
      time: Date.parse('2024-01-03'),
      open: 44_000,
      high: 45_100,
      low: 43_000,
      close: 45_000.5,
      volume: 1_200,
    })
    const comma = parseBars(
      'Datum;date;open;high;low;close\nx;13.01.2024;1.234,5;1.240;1.200,25;1.210\nx;14.01.2024;1.210;1.240,5;1.200;1.230',
      option,
    )
    expect(comma.bars[0]).toMatchObject({ time: Date.parse('2024-01-13'), open: 1_234.5, high: 1_240, low: 1_200.25 })
  })

  it('says that it took times for UTC, and that a date was a guess', () => {
    const guess = parseBars(`${header}\n1/2/2024,1,1,1,1,1`, { ...option, timeframe: '1d' })
    expect(guess.notes.join(' ')).toMatch(/month first.*UTC/)
    expect(guess.bars[0]?.time).toBe(Date.parse('2024-01-02'))
    expect(
      parseBars(`${header}\n2024-01-02T00:00Z,1,1,1,1,1`, { ...option, timeframe: '1d' }).notes.join(),
    ).not.toContain('UTC')
  })
})

describe('volumes', () => {
  const volumes = (names: string, rows: readonly string[], instrument = 'BTC/USD') =>
    parseBars(
      `date,open,high,low,close,${names}\n${rows.map((row, index) => `2024-01-0${index + 1},50,50,50,50,${row}`).join('\n')}`,
      { instrument },
    ).bars.map((bar) => bar.volume)

  it('are taken in base units, by name or by what they add up to', () => {
    expect(volumes('volume_btc,volume', ['3,150', '4,200'])).toEqual([3, 4])
    expect(volumes('Volume USD,Volume BTC', ['150,3', '200,4'])).toEqual([3, 4])
    expect(volumes('volume,quote_asset_volume', ['3,1', '4,1'])).toEqual([3, 4])
    expect(volumes('volume,volume_xbt', ['150,3', '200,4'], 'WBTC/EUR')).toEqual([3, 4])
    expect(volumes('volume,turnover,tradecount', ['3,150,9', '4,200,9'])).toEqual([3, 4])
  })

  it('are not taken from an average beside them', () => {
    expect(volumes('Volume,Volume MA', ['30,3', '40,4'])).toEqual([30, 40])
  })

  it('are nothing, and said to be, where there is no column or a cell is blank', () => {
    const none = parseBars('date,open,high,low,close\n2024-01-01,2,3,1,2', { instrument: 'BTC/USD' })
    expect([none.bars[0]?.volume, none.notes.join()]).toEqual([0, expect.stringContaining('no volume column')])
    const some = parseBars(`${header}\n2024-01-01,2,3,1,2,\n2024-01-02,2,3,1,2,5`, { instrument: 'BTC/USD' })
    expect([some.bars.map((bar) => bar.volume), some.notes.join()]).toEqual([[0, 5], expect.stringContaining('1 rows')])
  })
})

describe('refusals', () => {
  const good = '2024-01-01,2,3,1,2,10'

  it('reports each bad row with its line and reason, and imports nothing', () => {
    const lines = [
      '2024-01-02,2,1,3,2,10',
      '2024-01-03,-2,3,1,2,10',
      '2024-01-04,x,3,1,2,10',
      '2024-01-01,2,3,1,2,10',
      '2024-01-05,2,,1,2,10',
      'yesterday,2,3,1,2,10',
      '2024-02-30,2,3,1,2,10',
      '2024-01-06,2,3,1,2,-1',
      '2024-01-07,2,3,1,9,1',
    ]
    const error = refusal(`${header}\n${good}\n${lines.join('\n')}\n`, option)
    expect(error.code).toBe('CSV_BAD_ROWS')
    expect(error.details).toEqual({
      count: 9,
      rows: [
        { line: 3, reason: 'the high 1 is below the low 3' },
        { line: 4, reason: 'open -2 is not greater than zero' },
        { line: 5, reason: 'open "x" is not a number' },
        { line: 6, reason: 'has the same time as line 2' },
        { line: 7, reason: 'high is blank' },
        { line: 8, reason: '"yesterday" is not a time' },
        { line: 9, reason: '"2024-02-30" is not a time' },
        { line: 10, reason: 'volume -1 is negative' },
        { line: 11, reason: 'the high 3 is below 9' },
      ],
    })
  })

  it('lists twenty of many and counts them all', () => {
    const error = refusal(`${header}\n${Array(50).fill('2024-01-01,x,3,1,2,10').join('\n')}`, option)
    expect([(error.details['rows'] as unknown[]).length, error.details['count']]).toEqual([20, 50])
  })

  it('keeps line numbers right below blank lines and cells with line breaks in them', () => {
    const error = refusal(`"a note\nof two lines"\n\n${header}\n${good}\n2024-01-02,x,3,1,2,10`, option)
    expect(error.details['rows']).toEqual([{ line: 6, reason: 'open "x" is not a number' }])
  })

  it('tells an empty file, one without prices, one without columns and one without a name apart', () => {
    expect(refusal('').code).toBe('CSV_EMPTY')
    expect(refusal('PK\u0003\u0004\0\0,open,high').code).toBe('CSV_NO_TEXT')
    expect(refusal('\uFEFF \n\n').code).toBe('CSV_EMPTY')
    expect(refusal(`${header}\n2024-01-01,,,,,\n`, option).code).toBe('CSV_EMPTY')
    const columns = refusal('day,price\n2024-01-01,3', option)
    expect([columns.code, columns.message]).toEqual(['CSV_NO_COLUMNS', expect.stringContaining('day, price')])
    expect(refusal(`${header}\n${good}`).code).toBe('CSV_WHICH_INSTRUMENT')
    expect(refusal('just a letter to you\nand me', option).code).toBe('CSV_NO_COLUMNS')
  })

  it('does not take weeks for days, nor rows within a bar', () => {
    const at = (day: number) => `2024-01-${String(day).padStart(2, '0')},2,3,1,2,10`
    expect(refusal(`${header}\n${[1, 8, 15, 22].map(at).join('\n')}`, option).code).toBe('CSV_TIMEFRAME_UNKNOWN')
    const minutes = ['10:00', '10:05', '10:06', '10:10', '10:15', '10:20'].map(
      (time) => `2024-01-01 ${time},2,3,1,2,10`,
    )
    expect(refusal(`${header}\n${minutes.join('\n')}`, option).code).toBe('CSV_BAD_ROWS')
  })
})

describe('instruments', () => {
  const one = (file: string, instrument?: string) =>
    parseBars(`${header}\n2024-01-01,2,3,1,2,10`, { file, ...(instrument === undefined ? {} : { instrument }) })
      .instrument

  it('are guessed from the name of the file, and the caller knows better', () => {
    expect(one('C:\\data\\Binance_ETHUSDT_d.csv')).toBe('ETH/USDT')
    expect(one('kraken-xbt-usd-daily.csv')).toBe('BTC/USD')
    expect(one('msft_1d_1990-2022.csv')).toBe('MSFT/USD')
    expect(one('coinbase_btcusd_1d.csv', 'btc-eur')).toBe('BTC/EUR')
    expect(() => one('2024.csv')).toThrowError(expect.objectContaining({ code: 'CSV_WHICH_INSTRUMENT' }))
  })

  it('say so where the caller calls them something else than the file does', () => {
    const named = parseBars(`${header}\n2024-01-01,2,3,1,2,10`, {
      file: 'coinbase_btcusd_1d.csv',
      instrument: 'ETH/USD',
    })
    expect(named.notes.join(' ')).toContain('The file speaks of BTC/USD; it was imported as ETH/USD')
  })

  it('of a symbol column are chosen by name, and other rows left alone', () => {
    const rows = [
      '2024-01-01,BTCUSDT,2,3,1,2,10',
      '2024-01-01,ETHUSDT,1,1,1,1,4',
      '2024-01-02,BTCUSDT,x,3,1,2,10',
      '2024-01-02,ETHUSDT,1,1,1,1,5',
    ]
    const text = `date,symbol,open,high,low,close,volume\n${rows.join('\n')}`
    expect(refusal(text).details).toEqual({ instruments: ['BTC/USDT', 'ETH/USDT'] })
    expect(refusal(text, { instrument: 'SOL/USDT' }).code).toBe('CSV_WHICH_INSTRUMENT')
    expect(parseBars(text, { instrument: 'eth' })).toMatchObject({
      instrument: 'ETH/USDT',
      bars: [{ volume: 4 }, { volume: 5 }],
    })
  })
})

it('counts gaps, warns of the long ones, and lets weekends be', () => {
  const days = ['2024-01-04', '2024-01-05', '2024-01-08', '2024-01-09', '2024-01-10', '2024-01-22', '2024-01-23']
  const parsed = parseBars(`${header}\n${days.map((day) => `${day},2,3,1,2,10`).join('\n')}`, option)
  expect(parsed.gaps).toBe(2)
  expect(parsed.warnings).toEqual([{ line: 7, reason: 'follows line 6 after a gap of 12 days' }])
})

it('widens a range that rounding left just short of its close, and says so', () => {
  const parsed = parseBars(`${header}\n2024-01-01,2,3,1,3.01,10\n2024-01-02,2,3,1,2,10`, option)
  expect(parsed.bars[0]?.high).toBe(3.01)
  expect(parsed.warnings[0]).toMatchObject({ line: 2 })
})

it('takes any text whole or refuses it with a reason of its own', () => {
  const cell = fc.oneof(
    fc.constantFrom(
      'date',
      'time',
      'open',
      'high',
      'low',
      'close',
      'volume',
      'symbol',
      'BTC:close',
      '',
      '-',
      '"',
      '""',
    ),
    fc.constantFrom(
      '2024-01-01',
      '1/2/2024',
      '2.1.2024 10:00',
      '1704067200',
      '12-AM',
      '1',
      '2.5',
      '1,5',
      '-3',
      '1e3',
      'x',
    ),
    fc.string({ maxLength: 6 }),
  )
  const line = fc.array(cell, { maxLength: 8 })
  const text = fc
    .tuple(fc.array(line, { maxLength: 12 }), fc.constantFrom(',', ';', '\t'), fc.boolean())
    .map(([lines, separator, headed]) => {
      const top = headed ? [['date', 'open', 'high', 'low', 'close', 'volume'].join(separator)] : []
      return [...top, ...lines.map((cells) => cells.join(separator))].join('\n')
    })
  fc.assert(
    fc.property(text, (source) => {
      try {
        const { bars } = parseBars(source, option)
        expect(bars.length).toBeGreaterThan(0)
        for (const [index, bar] of bars.entries()) {
          expect(bar.time).toBeGreaterThan(bars[index - 1]?.time ?? Number.NEGATIVE_INFINITY)
          expect(bar.low).toBeGreaterThan(0)
          expect(bar.high).toBeGreaterThanOrEqual(Math.max(bar.open, bar.close, bar.low))
          expect(bar.volume).toBeGreaterThanOrEqual(0)
        }
      } catch (error) {
        if (!(error instanceof ParleyError)) throw error
        expect(error.code).toMatch(/^CSV_/)
      }
    }),
    { numRuns: 500 },
  )
})

describe('time zones', () => {
  const hours = ['01:00', '02:00', '02:00', '03:00', '04:00'].map((hour) => `2024-10-27 ${hour},1,2,1,2,5`)
  const text = (rows: readonly string[]) => `${header}\n${rows.join('\n')}`
  const opened = (rows: readonly string[]) =>
    parseBars(text(rows), { ...option, timeZone: 'Europe/Berlin' }).bars.map((bar) => new Date(bar.time).toISOString())

  it('tell the two hours apart that a clock shows twice, whichever way the file runs', () => {
    const moments = ['00', '01', '02', '03'].map((hour) => `2024-10-27T${hour}:00:00.000Z`)
    const all = ['2024-10-26T23:00:00.000Z', ...moments]
    expect(opened(hours)).toEqual(all)
    expect(opened(hours.toReversed())).toEqual(all)
  })

  it('have to be named where an hour stands twice', () => {
    const error = refusal(text(hours), option)
    expect([error.message, error.wayOut]).toEqual([
      expect.stringMatching(/line 4: has the same time as line 3.*clock/),
      expect.stringMatching(/time zone/),
    ])
  })

  it('have no hour that a clock skips, and are known by name', () => {
    const skipped = ['2024-03-31 01:00,1,2,1,2,5', '2024-03-31 02:30,1,2,1,2,5']
    expect(refusal(text(skipped), { ...option, timeZone: 'Europe/Berlin' }).message).toMatch(/line 3: .*set forward/)
    expect(refusal(text(hours), { ...option, timeZone: 'Berlin' }).code).toBe('TIME_ZONE_UNKNOWN')
  })
})

it('warns of a price that is ten times too big in one bar, and takes it for no split', () => {
  const rows = ['02,100,101,99,100,5', '03,1000,1010,990,1000,5', '04,100,101,9.9,100,5', '05,100,101,99,100,5']
  const parsed = parseBars(`${header}\n${rows.map((row) => `2024-01-${row}`).join('\n')}`, option)
  expect(parsed.warnings.map(({ line }) => line)).toEqual([3, 4])
  expect(parsed.notes.join()).not.toContain('split')
})

it('reads zones by their names, and volumes in crores', () => {
  const rows = ['09:30', '10:30'].map((time) => `2024-07-02 ${time}:00 America/New_York,Rs. 1,Rs. 2,Rs. 1,₹ 2,1.2 Cr`)
  const { bars } = parseBars(`${header}\n${rows.join('\n')}`, option)
  expect(bars[0]).toEqual({
    time: Date.parse('2024-07-02T13:30Z'),
    open: 1,
    high: 2,
    low: 1,
    close: 2,
    volume: 12_000_000,
  })
})
