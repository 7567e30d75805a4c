import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { decodeText } from '#adapters/csv/decode-text.ts'
import { type ParsedBars, parseBars } from '#adapters/csv/parse-bars.ts'
import { fileMarket } from '#main/cli/analysis-market.ts'
import type { Bar } from '#shared/domain/bar.ts'
import { absolute, compare, decimal, subtract } from '#shared/lib/decimal.ts'
import { ParleyError } from '#shared/lib/error.ts'
import type { CaseResult } from './case.ts'

/** What a file has to come out as; what is left out is not asked. */
interface Right {
  readonly instrument?: string
  readonly timeframe?: string
  readonly bars?: number
  /** Times of the first bars in ISO 8601, as long as they are told. */
  readonly times?: readonly string[]
  readonly open?: readonly number[]
  readonly high?: readonly number[]
  readonly close?: readonly number[]
  readonly volume?: readonly number[]
  /** Every pattern stands in a note or a warning. */
  readonly said?: readonly RegExp[]
}

interface PriceCase {
  readonly file: string
  readonly rule: string
  /** The name it is imported under; undefined where the file has to say it. */
  readonly instrument?: string
  /** Bars, or the words of a refusal, which names the line and the reason. */
  readonly right: Right | RegExp
}

const days = (...texts: string[]) => texts.map((text) => `2024-01-${text}`)
const named = (file: string, instrument: string, said: readonly RegExp[] = []): PriceCase => ({
  file,
  rule: instrument,
  right: { instrument, bars: 3, timeframe: '1d', times: days('02', '03', '04'), said },
})
const as = 'GOLD/USD'

const cases: readonly PriceCase[] = [
  {
    file: 'A01_krw.csv',
    rule: 'groups of three in quotes: 57600, 55000, 54600',
    instrument: as,
    right: { times: days('02', '03', '04'), close: [57_600, 55_000, 54_600], volume: [17_140_000], said: [/commas/] },
  },
  {
    file: 'A02_eu.csv',
    rule: '79.600 beside 17.142.847 is 79600',
    instrument: as,
    right: { close: [79_600, 77_000, 76_600], volume: [17_142_847], said: [/separated by dots/] },
  },
  {
    file: 'A02b_eu_novol.csv',
    rule: 'either reading, and which one is said',
    instrument: as,
    right: { bars: 3, said: [/78\.2.*78200.*taken as/] },
  },
  {
    file: 'A03_nse_mrf.csv',
    rule: 'Indian groups: 131650.10',
    instrument: as,
    right: {
      open: [129_000, 129_800, 130_500],
      close: [129_760.9, 130_120.05, 131_650.1],
      volume: [9_001, 8_210, 12_345],
      times: days('02'),
    },
  },
  {
    file: 'A04_EURUSD_duka.csv',
    rule: 'GMT+0100: from 2024-01-01 23:00',
    right: { instrument: 'EUR/USD', timeframe: '1h', times: ['2024-01-01T23:00', '2024-01-02T00:00'] },
  },
  {
    file: 'A05_stooq_eurusd.txt',
    rule: '20240102 and 100000: 10:00',
    right: { instrument: 'EUR/USD', timeframe: '1h', times: ['2024-01-02T10:00', '2024-01-02T11:00'] },
  },
  {
    file: 'A05b_stooq_aapl_d.txt',
    rule: '000000 of a daily file is the day',
    right: { instrument: 'AAPL/USD', timeframe: '1d', times: ['2024-01-02T00:00'], close: [185.64] },
  },
  {
    file: 'A06_histdata_GBPUSD.csv',
    rule: '20240102 170000 is 17:00',
    right: { instrument: 'GBP/USD', timeframe: '1m', times: ['2024-01-02T17:00', '2024-01-02T17:01'] },
  },
  {
    file: 'A07_tcs_2digit.csv',
    rule: '02-Jan-24 is of 2024',
    instrument: as,
    right: { timeframe: '1d', times: days('02', '03', '04'), said: [/1970 to 2069/] },
  },
  {
    file: 'A07b_us_2digit_aapl.csv',
    rule: '1/29/24 is 29 January 2024',
    instrument: as,
    right: { timeframe: '1d', times: days('29', '30', '31') },
  },
  {
    file: 'A08_SPX_1970.csv',
    rule: 'epochs about 1970',
    instrument: as,
    right: { timeframe: '1d', times: ['1969-12-30', '1969-12-31', '1970-01-02', '1970-01-03', '1970-01-04'] },
  },
  {
    file: 'A09_mt5_xauusd_utf16.csv',
    rule: 'UTF-16: 3 bars',
    right: { instrument: 'XAU/USD', bars: 3, timeframe: '1h', times: ['2024-01-02T01:00'] },
  },
  {
    file: 'A10_mt4_EURUSD60.csv',
    rule: 'MetaTrader without a header, said so',
    instrument: 'EUR/USD',
    right: { bars: 3, timeframe: '1h', times: ['2024-01-02T10:00'], close: [1.10431], said: [/no header.*MetaTrader/] },
  },
  {
    file: 'A10b_BTCUSDT-1h-2025-01.csv',
    rule: 'Binance klines without a header, said so',
    right: {
      instrument: 'BTC/USDT',
      bars: 3,
      timeframe: '1h',
      times: ['2025-01-01T00:00'],
      close: [94_401.14],
      volume: [755.9901],
      said: [/no header.*Binance/],
    },
  },
  { file: 'A12_dax_dst.csv', rule: 'refused: the clock change', instrument: as, right: /line 4:.*clocks.*time zone/i },
  {
    file: 'A13_spy_est.csv',
    rule: 'EST: 14:30 UTC',
    instrument: as,
    right: { timeframe: '1h', times: ['2024-01-02T14:30', '2024-01-02T15:30'] },
  },
  { file: 'A15_PEPEUSDT_1h.csv', rule: '12 places kept', right: { instrument: 'PEPE/USDT', close: [0.000001236969] } },
  {
    file: 'A15b_BABYDOGEUSDT_1h.csv',
    rule: '13 places kept',
    right: { instrument: 'BABYDOGE/USDT', close: [4.3296e-9, 4.344e-9] },
  },
  { file: 'A16_inf.csv', rule: 'refused with line 2', instrument: as, right: /line 2:.*1e400/ },
  {
    file: 'A19_swiss_NESN.csv',
    rule: "1'018.75, volume 1250300",
    instrument: as,
    right: { times: days('03'), close: [1_018.75, 1_021.5], volume: [1_250_300, 998_100], said: [/apostrophes/] },
  },
  {
    file: 'A19b_french_LVMH.csv',
    rule: '1 018,75 with narrow spaces',
    instrument: as,
    right: { times: days('15', '16'), close: [1_018.75, 1_021.5], volume: [1_250_300, 998_100], said: [/spaces/] },
  },
  {
    file: 'A23_BHP_asx.csv',
    rule: 'the trading day in Sydney',
    instrument: as,
    right: {
      timeframe: '1d',
      times: ['2024-03-27', '2024-03-28', '2024-04-02', '2024-04-03', '2024-04-04', '2024-04-05', '2024-04-08'],
    },
  },
  {
    file: 'A23b_cn_epoch.csv',
    rule: 'the trading day in China',
    instrument: as,
    right: { timeframe: '1d', times: ['2026-07-14', '2026-07-15', '2026-07-16', '2026-07-17', '2026-07-20'] },
  },
  {
    file: 'A24_cmc_BTC.csv',
    rule: 'the open time',
    instrument: 'BTC/USD',
    right: { timeframe: '1h', times: ['2024-01-02T00:00', '2024-01-02T01:00'], close: [44_050] },
  },
  {
    file: 'A25_bse_500325_RIL.csv',
    rule: 'No.of Shares is the volume',
    instrument: as,
    right: { times: days('03', '04', '05'), volume: [410_034, 227_110, 160_452] },
  },
  {
    file: 'A27b_dayfirst_hours_BTCUSD.csv',
    rule: '10, 11 and 12 January by spacing',
    right: { instrument: 'BTC/USD', timeframe: '1h', bars: 60, times: ['2024-01-10T00:00'], said: [/day first/] },
  },
  {
    file: 'A32_2400_BTCUSD.csv',
    rule: '24:00 is the next midnight',
    right: { timeframe: '1h', times: ['2024-01-01T22:00', '2024-01-01T23:00', '2024-01-02T00:00', '2024-01-02T01:00'] },
  },
  { file: 'A33_inr_TCSINR.csv', rule: '₹3790.00 is 3790', right: { instrument: 'TCS/INR', open: [3_790, 3_745.5] } },
  {
    file: 'A35_split_AAPL.csv',
    rule: 'a probable split 4:1 is named',
    instrument: 'AAPL',
    right: { instrument: 'AAPL/USD', bars: 4, said: [/probable split 4:1 between 2020-08-28 and 2020-08-31/i] },
  },
  {
    file: 'A36_yfinance_multi_AAPL.csv',
    rule: 'three header rows',
    right: {
      instrument: 'AAPL/USD',
      times: days('02', '03', '04'),
      open: [187.15],
      close: [185.64],
      volume: [82_488_700],
    },
  },
  {
    file: 'A37_ib_ESUSD.csv',
    rule: '20240102  09:30:00',
    right: { timeframe: '1m', times: ['2024-01-02T09:30', '2024-01-02T09:31'] },
  },
  {
    file: 'A38_tohlcv_BTCUSD.csv',
    rule: 't is a time',
    right: { instrument: 'BTC/USD', timeframe: '1h', times: ['2024-01-01T00:00'], volume: [1_271.68] },
  },
  {
    file: 'A39_bybit_BTCUSDT.csv',
    rule: 'startTime is a time',
    right: { instrument: 'BTC/USDT', timeframe: '1h', times: ['2024-01-01T00:00'], volume: [1_271.68] },
  },
  {
    file: 'A40b_mt5py_XAUUSD.csv',
    rule: 'the tick volume, said so',
    right: { instrument: 'XAU/USD', volume: [3_521, 2_980, 2_711], said: [/tick volume/i] },
  },
  {
    file: 'A41_databento.csv',
    rule: 'ts_event is a time',
    right: { timeframe: '1m', times: ['2024-01-02T14:30', '2024-01-02T14:31'], close: [4_788.5] },
  },
  {
    file: 'A42_quotedvolume.csv',
    rule: '"250,300" is 250300',
    instrument: as,
    right: { times: days('02'), close: [1_018, 1_021], volume: [250_300, 998_100] },
  },
  { file: 'A43_pandas_index.csv', rule: 'index is a time', instrument: as, right: { times: days('02', '03') } },
  {
    file: 'A44_BTCUSD.csv',
    rule: 'dollars turned into coins by the close, said so',
    right: { volume: [21e9 / 44_900, 30e9 / 42_800], said: [/base units/] },
  },
  { file: 'A45_sparse_1m_ABCUSD.csv', rule: '1m', right: { timeframe: '1m', bars: 80, instrument: 'ABC/USD' } },
  { file: 'A45b_sparse_1m_ABCUSD.csv', rule: '1m', right: { timeframe: '1m', bars: 80 } },
  { file: 'A46_ragged_GOLDUSD.csv', rule: 'refused with line 2', right: /line 2:.*9 cells.*header 5/ },
  {
    file: 'A49_outlier_BTCUSD.csv',
    rule: 'the high of line 3 is warned about',
    right: { bars: 3, high: [45_000, 455_000], said: [/line 3: .*455000.*10\.\d times/i] },
  },
  named('ARBUSD_1440.csv', 'ARB/USD'),
  named('AUDNZD.csv', 'AUD/NZD'),
  named('BNBUSD_1440.csv', 'BNB/USD'),
  named('BRK-B.csv', 'BRK-B/USD', [/BRK-B is taken as/]),
  named('BTCUSD_1440.csv', 'BTC/USD'),
  named('ETHUSDT_1440.csv', 'ETH/USDT'),
  named('GRTUSD_1440.csv', 'GRT/USD'),
  named('Kraken_DOTUSD_d.csv', 'DOT/USD'),
  named('RELIANCE.NS.csv', 'RELIANCE.NS/INR', [/RELIANCE\.NS is taken as/]),
  named('SHIBUSD_1440.csv', 'SHIB/USD'),
  named('USDINR.csv', 'USD/INR'),
  named('USDTUSD_1440.csv', 'USDT/USD'),
  named('tv1.csv', 'BTC/USDT'),
  named('tv2.csv', 'RELIANCE/INR', [/trades in INR/]),
  named('tv3.csv', 'BTC/USDT:USDT'),
  named('tv4.csv', 'DOT/USD'),
  named('tv5.csv', 'BRK-B/USD', [/BRK-B is taken as/]),
]

/** Reads every price file, and two of them as far as the quote that an order is placed by. */
export function priceCases(folder: URL): readonly CaseResult[] {
  const prices = new URL('prices/', folder)
  return [
    ...cases.map((each) => readCase(prices, each)),
    tickCase(prices, 'A15_PEPEUSDT_1h.csv', 'PEPE/USDT', '0.000000000001'),
    tickCase(prices, 'A15b_BABYDOGEUSDT_1h.csv', 'BABYDOGE/USDT', '0.0000000000001'),
    openQuoteCase(),
  ]
}

function readCase(prices: URL, { file, rule, instrument, right }: PriceCase): CaseResult {
  const read = attempt(() => {
    const text = decodeText(readFileSync(new URL(file, prices)))
    return parseBars(text, { file, ...(instrument !== undefined && { instrument }) })
  })
  const result = { name: `prices/${file}`, expected: rule }
  if (right instanceof RegExp) {
    return { ...result, got: describe(read), isRight: read instanceof ParleyError && right.test(describe(read)) }
  }
  if (read instanceof ParleyError) return { ...result, got: describe(read), isRight: false }
  const wrong = differences(read, right)
  return { ...result, got: wrong === '' ? describe(read) : wrong, isRight: wrong === '' }
}

function attempt<T>(read: () => T): T | ParleyError {
  try {
    return read()
  } catch (error) {
    if (error instanceof ParleyError) return error
    throw error
  }
}

function describe(read: ParsedBars | ParleyError): string {
  if (read instanceof ParleyError) return `${read.message} ${read.wayOut ?? ''}`
  const { bars, instrument, timeframe, notes } = read
  const from = isoOf(bars[0]).slice(0, 16)
  return `${bars.length} bars of ${instrument} ${timeframe} from ${from}. ${notes.join(' ')}`
}

function isoOf(bar: Bar | undefined): string {
  return bar === undefined ? '' : new Date(bar.time).toISOString()
}

function differences(read: ParsedBars, right: Right): string {
  const { bars, notes, warnings } = read
  const wrong: string[] = []
  for (const field of ['instrument', 'timeframe'] as const) {
    const wanted = right[field]
    if (wanted !== undefined && read[field] !== wanted) wrong.push(`${field} ${read[field]}, not ${wanted}`)
  }
  if (right.bars !== undefined && bars.length !== right.bars) wrong.push(`${bars.length} bars, not ${right.bars}`)
  for (const [index, time] of (right.times ?? []).entries()) {
    if (!isoOf(bars[index]).startsWith(time)) wrong.push(`bar ${index} at ${isoOf(bars[index])}, not ${time}`)
  }
  for (const field of ['open', 'high', 'close', 'volume'] as const) {
    for (const [index, value] of (right[field] ?? []).entries()) {
      const got = bars[index]?.[field]
      if (got !== value) wrong.push(`${field} ${index} is ${got}, not ${value}`)
    }
  }
  const said = [...notes, ...warnings.map(({ line, reason }) => `line ${line}: ${reason}`)].join('\n')
  for (const pattern of right.said ?? []) if (!pattern.test(said)) wrong.push(`${pattern} is not said: ${said}`)
  return wrong.join('; ')
}

/** The last price, and the bid and ask an order would meet, lie within one true tick of the last close. */
function tickCase(prices: URL, file: string, instrument: string, tick: string): CaseResult {
  const path = fileURLToPath(new URL(file, prices))
  const { bars } = parseBars(decodeText(readFileSync(path)), { file })
  const close = decimal(bars.at(-1)?.close ?? 0)
  const market = fileMarket(instrument, path)
  const quote = market.feed.quote(instrument)
  const { priceStep } = market.instrument
  const isNear = [quote?.last, quote?.bid, quote?.ask].every(
    (price) => price !== undefined && compare(absolute(subtract(price, close)), decimal(tick)) <= 0,
  )
  return {
    name: `analyze --data ${file}`,
    expected: `last ${close} and its tick ${decimal(tick)}`,
    got: `last ${quote?.last}, bid ${quote?.bid}, ask ${quote?.ask}, tick ${priceStep}`,
    isRight: isNear && quote?.last === close && compare(priceStep, decimal(tick)) === 0,
  }
}

/** A quote left open in row 2,000 of 60,000. */
function openQuoteCase(): CaseResult {
  const rows = Array.from({ length: 60_000 }, (_, minute) => {
    const time = new Date(Date.UTC(2024, 0, 1, 0, minute)).toISOString()
    return minute === 1_999 ? `"${time},1,2,1,2,5` : `${time},1,2,1,2,5`
  })
  const started = performance.now()
  const read = attempt(() => parseBars(`time,open,high,low,close,volume\n${rows.join('\n')}\n`, { instrument: as }))
  const tookMs = performance.now() - started
  const got = describe(read)
  return {
    name: 'a quote open in row 2,000 of 60,000',
    expected: 'refused with line 2001, in a short sentence',
    got: `${got} (${Math.round(tookMs)} ms)`,
    isRight: read instanceof ParleyError && /line 2001:.*quote/.test(got) && got.length < 250,
  }
}
