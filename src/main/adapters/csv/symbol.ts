const quotes = 'FDUSD USDT USDC BUSD TUSD DAI USD EUR GBP JPY CHF AUD CAD TRY BRL KRW BTC ETH BNB'.split(' ')

const venues = (
  'binance bitfinex bitflyer bitmex bitstamp bybit coinbase deribit gemini huobi kraken kucoin nasdaq ' +
  'nyse okx poloniex stooq yahoo'
).split(' ')

const plainWords = (
  'adjusted bars candles chart crypto csv daily data day download export historical history hour hourly ' +
  'intraday min minute ohlc ohlcv price prices quotes sample simulated spot stock txt tsv utc'
).split(' ')

/** BASE/QUOTE out of "btcusd", "BTC-USD", "tBTCUSD" or "BTC/USD"; undefined where the quote currency cannot be told. */
export function parseSymbol(text: string): string | undefined {
  const typed = text.trim().replace(/^t(?=[A-Z]{6,}$)/, '')
  const parts = typed
    .toUpperCase()
    .split(/[^A-Z0-9]+/)
    .filter((part) => part !== '')
  if (parts.length === 2) return `${asset(parts[0] as string)}/${asset(parts[1] as string)}`
  const [whole = ''] = parts
  if (parts.length !== 1) return undefined
  const quote = quotes.find((candidate) => whole.endsWith(candidate) && whole.length >= candidate.length + 2)
  return quote === undefined ? undefined : `${asset(whole.slice(0, -quote.length))}/${quote}`
}

function asset(name: string): string {
  return name === 'XBT' ? 'BTC' : name
}

/** What a file's name says: an instrument (coinbase_btcusd_1d.csv), or the bare assets and the quote it mentions. */
export interface NamedByFile {
  readonly instrument: string | undefined
  readonly assets: readonly string[]
  readonly quote: string | undefined
  /** 1d of spy_1d.csv, as written. */
  readonly length: string | undefined
}

/** Reads the words of a file's name, leaving out venues, years, bar lengths and words such as "data". */
export function readFileName(file: string): NamedByFile {
  const name = file.split(/[/\\]/).at(-1) ?? ''
  const all = name
    .toLowerCase()
    .replace(/\.(csv|tsv|txt)$/, '')
    .split(/[^a-z0-9]+/)
  const words = all.filter(
    (word) => word !== '' && !venues.includes(word) && !plainWords.includes(word) && !/^\d+[a-z]{0,3}$/.test(word),
  )
  const isQuote = (word: string) => quotes.includes(word.toUpperCase())
  const joined = words.find((word) => parseSymbol(word) !== undefined && !isQuote(word))
  const assets = words.filter((word) => /^[a-z][a-z0-9]{1,9}$/.test(word)).map((word) => word.toUpperCase())
  const last = assets.at(-1)
  const quote = assets.length > 1 && last !== undefined && isQuote(last) ? last : undefined
  const bases = quote === undefined ? assets : assets.slice(0, -1)
  const pair = quote !== undefined && bases.length === 1 ? `${asset(bases[0] as string)}/${quote}` : undefined
  return {
    instrument: joined === undefined ? pair : parseSymbol(joined),
    assets: bases,
    quote,
    length: all.find((word) => /^\d+(m|min|h|d)$/.test(word) || word === 'daily' || word === 'hourly'),
  }
}
