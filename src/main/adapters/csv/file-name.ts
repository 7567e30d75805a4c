import { currencies, quoteCoins } from './currencies.ts'
import { parseSymbol, readSymbol } from './symbol.ts'

const venues = (
  'binance bitfinex bitflyer bitmex bitstamp bybit coinbase deribit gemini huobi kraken kucoin nasdaq ' +
  'nyse okx poloniex stooq yahoo nse bse asx histdata dukascopy tradingview investing'
).split(' ')
const plainWords = (
  'adjusted bars candles chart crypto csv daily data day download export historical history hour hourly ' +
  'intraday min minute ohlc ohlcv price prices quotes sample simulated spot stock txt tsv utc d h m'
).split(' ')

/** What a file's name says: an instrument (coinbase_btcusd_1d.csv), or the bare assets and the quote it mentions. */
export interface NamedByFile {
  /** A name that readSymbol reads as one instrument, as written. */
  readonly instrument: string | undefined
  readonly assets: readonly string[]
  readonly quote: string | undefined
  /** 1d of spy_1d.csv, as written; the 1440 of XBTUSD_1440.csv is in minutes. */
  readonly length: string | undefined
}

const isPlain = (word: string) =>
  word === '' ||
  venues.includes(word.toLowerCase()) ||
  plainWords.includes(word.toLowerCase()) ||
  /^\d+(?:-\d+)*[a-z]{0,3}$/i.test(word)

/** Reads the words of a file's name, leaving out venues, years, bar lengths and words such as "data". */
export function readFileName(file: string): NamedByFile {
  const name = (file.split(/[/\\]/).at(-1) ?? '').replace(/\.(csv|tsv|txt|prn|asc)$/i, '')
  const all = name.split(/[^A-Za-z0-9]+/)
  const words = all.filter((word) => !isPlain(word))
  const isQuote = (word: string) => currencies.includes(word.toUpperCase()) || quoteCoins.includes(word.toUpperCase())
  const joined = words.find((word) => parseSymbol(word) !== undefined && !isQuote(word))
  const assets = words.filter((word) => /^[a-z][a-z0-9]{1,9}$/i.test(word)).map((word) => word.toUpperCase())
  const last = assets.at(-1)
  const quote = assets.length > 1 && last !== undefined && isQuote(last) ? last : undefined
  const bases = quote === undefined ? assets : assets.slice(0, -1)
  const pair = quote !== undefined && bases.length === 1 ? `${bases[0]}/${quote}` : undefined
  return {
    instrument: shareIn(name) ?? joined ?? pair,
    assets: bases,
    quote,
    length: all
      .map((word) => word.toLowerCase())
      .find((word) => /^\d+(m|min|h|d)$|^(daily|hourly|1440|240)$/.test(word)),
  }
}

/** BRK-B and RELIANCE.NS are one name, where the rest of a file's name says nothing. */
function shareIn(name: string): string | undefined {
  const [only, ...others] = name.split(/[_\s,()[\]]+/).filter((word) => !isPlain(word))
  if (only === undefined || others.length > 0 || !/^[A-Z0-9]{1,12}[-.][A-Z]{1,3}$/i.test(only)) return undefined
  const [, ending = ''] = only.split(/[-.]/)
  return !isPlain(ending) && readSymbol(only).pair === undefined ? only : undefined
}
