import { currencies, quoteCoins } from './currencies.ts'
import { isKnownAsset } from './known-assets.ts'

/** The longer codes first, so that what ends with USDT is not taken apart before it. */
const quotes = [...quoteCoins, ...currencies]
/** Codes that nothing but a pair ends with; a name such as INDUSTRY ends with TRY by chance. */
const plainQuotes = ['USDT', 'USDC', 'FDUSD', 'USD', 'BTC']

/** The currencies that venues, and what stands behind the point of a share's name, trade in. */
const tradedIn: ReadonlyMap<string, string> = new Map(
  Object.entries({
    USD: 'NASDAQ NYSE AMEX ARCA BATS US',
    EUR: 'XETR XETRA FWB EURONEXT DE F PA AS MI MC',
    INR: 'NSE BSE NS BO',
    AUD: 'ASX AX',
    CAD: 'TSX TO',
    CHF: 'SIX SW',
    JPY: 'TSE T',
    HKD: 'HKEX HK',
    KRW: 'KRX KS KQ',
    SGD: 'SGX SI',
    CNY: 'SS SZ',
    SEK: 'ST',
    NOK: 'OL',
    DKK: 'CO',
  }).flatMap(([currency, names]) => names.split(' ').map((name) => [name, currency] as const)),
)

/** What a name of an instrument says. */
export interface ReadSymbol {
  /** BASE/QUOTE, of a perpetual BASE/QUOTE:QUOTE; undefined where no quote currency is named: a share, an index. */
  readonly pair: string | undefined
  /** The base, or the whole name where it is no pair. */
  readonly asset: string
  /** The currency that the named venue trades in, where the name itself has none. */
  readonly venueQuote: string | undefined
  /** What was assumed, as a sentence for people; undefined where the name leaves no doubt. */
  readonly note: string | undefined
}

/**
 * Reads "btcusd", "BTC-USD", "tBTCUSD", "BINANCE:BTCUSDT" (a venue before the colon), "BTCUSDT.P" (a perpetual),
 * "EURUSD=X" or "RELIANCE.NS". What ends with no known quote currency stays whole.
 */
export function readSymbol(text: string): ReadSymbol {
  const colon = /^([A-Za-z0-9_.]+):(.+)$/.exec(text.trim())
  const venue = colon?.[1]?.toUpperCase()
  const typed = (colon?.[2] ?? text.trim()).replace(/^t(?=[A-Z]{6,}$)/, '').replace(/=X$/i, '')
  const settled = /^(.+\/[^:]+):[^:]+$/.exec(typed)?.[1]
  const spot = settled ?? typed.replace(/(?:\.P|[-_]?PERP|[-_]SWAP)$/i, '')
  const read = readSpot(spot)
  const perpetual = spot !== typed
  const pair = perpetual ? perpetualOf(read) : read.pair
  const venueQuote = read.venueQuote ?? (venue === undefined ? undefined : tradedIn.get(venue))
  return { ...read, pair, venueQuote: pair === undefined ? venueQuote : undefined }
}

function perpetualOf({ pair, asset }: ReadSymbol): string {
  const [base = '', quote = ''] = (pair ?? `${asset}/USD`).split('/')
  return `${base}/${quote}:${quote}`
}

/** BASE/QUOTE as readSymbol finds it; undefined where the quote currency cannot be told. */
export function parseSymbol(text: string): string | undefined {
  return readSymbol(text).pair
}

/** The base of a pair, or a share without the ending that names its venue: RELIANCE of RELIANCE.NS. */
export function baseOfSymbol(text: string): string {
  const { pair, asset: whole } = readSymbol(text)
  const base = pair?.split('/')[0] ?? whole
  const ending = /\.([A-Z]+)$/.exec(base)?.[1]
  return ending !== undefined && tradedIn.has(ending) ? base.slice(0, -ending.length - 1) : base
}

function readSpot(typed: string): ReadSymbol {
  const whole = typed.toUpperCase()
  const [base = '', quote = '', ...more] = whole.split('/')
  if (base !== '' && quote !== '' && more.length === 0) return pairOf(base, quote)
  const [first = '', second = '', ...rest] = whole.split(/[/\-_. ]+/).filter((part) => part !== '')
  const suffix = /^(.+)\.([A-Z]+)$/.exec(whole)
  if (second !== '' && rest.length === 0) {
    const isPair = quotes.includes(second) && (!suffix || isKnownAsset(first))
    if (isPair) return pairOf(first, second)
    const venueQuote = suffix ? tradedIn.get(suffix[2] ?? '') : undefined
    const known = venueQuote !== undefined && suffix?.[2] === 'US' ? (suffix[1] ?? whole) : whole
    return { pair: undefined, asset: known, venueQuote, note: undefined }
  }
  if (second !== '') return alone(whole)
  const kraken = /^X([A-Z]{3})Z([A-Z]{3})$/.exec(first)
  return kraken ? pairOf(kraken[1] ?? '', kraken[2] ?? '') : divide(first, typed)
}

/** Takes apart what is written in one word, where the base is known; else with a note, or not at all. */
function divide(whole: string, typed: string): ReadSymbol {
  if (isKnownAsset(whole)) return alone(whole)
  const candidates = quotes.filter((quote) => whole.endsWith(quote) && whole.length >= quote.length + 2)
  const baseOf = (quote: string) => whole.slice(0, -quote.length)
  // USDTUSD is USDT/USD rather than USD/TUSD.
  const known = candidates.toSorted((a, b) => a.length - b.length).find((quote) => isKnownAsset(baseOf(quote)))
  if (known !== undefined) return pairOf(baseOf(known), known)
  const capitals = /^[A-Z]{5,9}$/.test(typed) ? candidates.at(0) : undefined
  const guess = plainQuotes.find((quote) => candidates.includes(quote)) ?? capitals
  if (guess === undefined) return alone(whole)
  const pair = pairOf(baseOf(guess), guess)
  const others = candidates.filter((quote) => quote !== guess).map((quote) => ` or ${baseOf(quote)}/${quote}`)
  return { ...pair, note: `Taken: ${whole} is ${pair.pair}, not one name${others.join('')}.` }
}

function pairOf(base: string, quote: string): ReadSymbol {
  return { pair: `${asset(base)}/${asset(quote)}`, asset: asset(base), venueQuote: undefined, note: undefined }
}

function alone(name: string): ReadSymbol {
  return { pair: undefined, asset: asset(name), venueQuote: undefined, note: undefined }
}

function asset(name: string): string {
  return name === 'XBT' ? 'BTC' : name
}
