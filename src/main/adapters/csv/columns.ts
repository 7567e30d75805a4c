import { currencies, quoteCoins } from './currencies.ts'

const fields = ['open', 'high', 'low', 'close', 'volume'] as const
type Field = (typeof fields)[number]

/** A column that may be the volume. */
export interface VolumeColumn {
  readonly column: number
  /** What its name adds to the word, such as the asset it is counted in. */
  readonly unit: string
  /** It counts the changes of the price rather than what was traded. */
  readonly ticks: boolean
}

/** Where each number of a bar stands in a row; `symbol` is the instrument that the columns name, if they do. */
export interface CsvColumns {
  readonly symbol: string | undefined
  readonly open: number
  readonly high: number
  readonly low: number
  readonly close: number
  readonly volumes: readonly VolumeColumn[]
  /** The close after splits and dividends, where it stands beside the close. */
  readonly adjusted: number | undefined
}

/** The columns of a file with bars in it. */
export interface Columns {
  /** One column, or a date column and a clock column to be joined. */
  readonly time: readonly number[]
  /** The name of the time column tells that a bar's close is meant. */
  readonly isCloseTime: boolean
  /** The name of the time column tells that its times are in UTC. */
  readonly isUtc: boolean
  readonly symbol: number | undefined
  /** One a symbol; at least one. */
  readonly groups: readonly CsvColumns[]
}

const openTimes = (
  'opentime timeopen starttime timestart startdate start begintime begin from candlebegintime unix timestamp ' +
  'unixtimestamp epoch datetime dateutc timeutc date dtyyyymmdd time gmttime localtime day datetimeutc timestamputc ' +
  'unixtime datetimegmt timegmt tsevent tsopen ts t tradedate tradingday index bartime barstart unnamed0 ' +
  'datum fecha data zeit datumzeit datetimelocal tradingdate dategmt'
).split(' ')
const closeTimes = 'closetime timeclose endtime timeend end tsclose to'.split(' ')
const dates = 'date dtyyyymmdd tradedate tradingday day datum fecha dateutc dategmt'.split(' ')
const clocks = 'time timeutc gmttime localtime timestamp clock hour zeit hora timegmt tradetime'.split(' ')

const names: Readonly<Record<Field | 'symbol', readonly string[]>> = {
  symbol: 'symbol ticker tic pair instrument market asset product scrip stock code'.split(' '),
  open: 'open o openprice priceopen opening openingprice first opn eroffnung eroffnungskurs ouverture ouv apertura abertura aperture'.split(
    ' ',
  ),
  high: 'high h highprice pricehigh max highest hoch tageshoch haut plushaut maximo massimo maxima alto hi'.split(' '),
  low: 'low l lowprice pricelow min lowest tief tagestief bas plusbas minimo minima bajo basso lo'.split(' '),
  close:
    'close c closeprice priceclose closing closingprice closelast last price schluss schlusskurs cloture dernier cierre chiusura fechamento ultimo zuletzt settle settlement settlementprice'.split(
      ' ',
    ),
  volume:
    'volume vol v qty quantity volumetraded tradevolume realvolume noofshares numberofshares sharestraded shares totaltradedquantity totaltradequantity tottrdqty ttltrdqnty contracts volumen volumes volumi stuck umsatz'.split(
      ' ',
    ),
}
const tickVolumes = 'tickvol tickvolume ticks upticks'.split(' ')
const adjustedCloses = 'adjclose adjustedclose closeadj closeadjusted adjcloseprice'.split(' ')

const plain = (text: string) =>
  text
    .toLowerCase()
    .normalize('NFD')
    .replaceAll(/[^a-z0-9]/g, '')

/**
 * Finds the columns by their names, or undefined when the row is no header of bars. `sample` is a row below it: a cell in
 * it tells a date that lacks its clock time.
 */
export function findColumns(header: readonly string[], sample: readonly string[]): Columns | undefined {
  const plainNames = header.map(plain)
  const time = findTime(plainNames, sample)
  if (time === undefined) return undefined
  const symbol = plainNames.findIndex((name) => names.symbol.includes(name))
  const alone = findGroup(header, undefined, time)
  const groups = alone ? [alone] : findSymbols(header).flatMap((name) => findGroup(header, name, time) ?? [])
  if (groups.length === 0) return undefined
  const timeNames = time.map((column) => plainNames[column] ?? '')
  return {
    time,
    isCloseTime: timeNames.every((name) => closeTimes.includes(name)),
    isUtc: timeNames.some((name) => /utc|gmt/.test(name)),
    symbol: symbol < 0 ? undefined : symbol,
    groups,
  }
}

/** Which kinds of column a row lacks to be a header of bars, in words. */
export function missingColumns(header: readonly string[]): readonly string[] {
  const found = header.map(plain)
  const required = ['open', 'high', 'low', 'close'] as const
  const missing: string[] = required.filter((field) => !found.some((name) => names[field].includes(name)))
  return findTime(found, []) === undefined ? ['time', ...missing] : missing
}

/** True for a name that columns of times go by. */
export function isTimeName(name: string): boolean {
  return openTimes.includes(plain(name))
}

/** True where all four prices of a bar are named. */
export function namesPrices(cells: readonly string[]): boolean {
  const found = new Set(cells.map(fieldOf))
  return ['open', 'high', 'low', 'close'].every((field) => found.has(field as Field))
}

const isClock = (cell: string | undefined) => cell !== undefined && /^\d{1,2}:\d{2}|^\d{1,6}$/.test(cell)
const isDateAlone = (cell: string) => /\d/.test(cell) && !/\d{1,2}:\d{2}/.test(cell) && !/^-?\d{9,}/.test(cell)

function findTime(plainNames: readonly string[], sample: readonly string[]): readonly number[] | undefined {
  const isDated = (column: number) => isDateAlone(sample[column] ?? '')
  const named = plainNames.findIndex((name, column) => dates.includes(name) && isDated(column))
  const date = named >= 0 ? named : plainNames.findIndex((name, column) => openTimes.includes(name) && isDated(column))
  const clock = plainNames.findIndex(
    (name, column) => clocks.includes(name) && column !== date && isClock(sample[column]),
  )
  if (date >= 0 && clock >= 0) return [date, clock]
  for (const name of [...openTimes, ...closeTimes]) {
    const column = plainNames.indexOf(name)
    if (column >= 0) return [column]
  }
  // A table written with its index has no name over the first column.
  return plainNames[0] === '' ? [0] : undefined
}

function fieldOf(name: string): Field | undefined {
  return fields.find((field) => names[field].includes(plain(name)))
}

/** "BTC:close" and "close_BTC" both name BTC's close. */
function splitName(name: string): { readonly symbol: string; readonly field: Field } | undefined {
  const match = /^(.+?)[:_. -]+([a-z]+)$/i.exec(name)
  if (match) {
    const field = fieldOf(match[2] as string)
    if (field) return { symbol: match[1] as string, field }
  }
  const reverse = /^([a-z]+)[:_. -]+(.+)$/i.exec(name)
  const field = reverse ? fieldOf(reverse[1] as string) : undefined
  return reverse && field ? { symbol: reverse[2] as string, field } : undefined
}

function findSymbols(header: readonly string[]): readonly string[] {
  return [...new Set(header.flatMap((name) => splitName(name)?.symbol ?? []))]
}

function findGroup(
  header: readonly string[],
  symbol: string | undefined,
  time: readonly number[],
): CsvColumns | undefined {
  const find = (field: Field) => {
    if (symbol !== undefined) {
      return header.findIndex((name) => {
        const split = splitName(name)
        return split?.symbol === symbol && split.field === field
      })
    }
    for (const name of names[field]) {
      const column = header.findIndex((cell, index) => plain(cell) === name && !time.includes(index))
      if (column >= 0) return column
    }
    return -1
  }
  const [open, high, low, close] = [find('open'), find('high'), find('low'), find('close')]
  if (Math.min(open, high, low, close) < 0) return undefined
  const adjusted = header.findIndex((cell) => {
    const own = symbol === undefined ? cell : cell.replace(symbol, '')
    return adjustedCloses.includes(plain(own)) && (symbol === undefined || own !== cell)
  })
  return {
    symbol,
    open,
    high,
    low,
    close,
    volumes: findVolumes(header, symbol, find('volume')),
    adjusted: adjusted < 0 ? undefined : adjusted,
  }
}

const turnovers =
  'turnover totalturnover totalturnoverrs quotevolume quoteassetvolume tradedvalue totaltradedvalue'.split(' ')

function findVolumes(header: readonly string[], symbol: string | undefined, own: number): readonly VolumeColumn[] {
  if (symbol !== undefined) return own < 0 ? [] : [{ column: own, unit: '', ticks: false }]
  return header.flatMap((name, column): readonly VolumeColumn[] => {
    const text = plain(name)
    if (column === own) return [{ column, unit: '', ticks: false }]
    if (tickVolumes.includes(text)) return [{ column, unit: '', ticks: true }]
    if (turnovers.includes(text)) return [{ column, unit: 'quote', ticks: false }]
    if (/trade|tick|taker|count|average|avg/.test(text)) return []
    const unit = /^(?:volume|vol)(?:in)?(.+)$/.exec(text)?.[1] ?? /^(.+?)(?:asset)?volume$/.exec(text)?.[1]
    return unit === undefined ? [] : [{ column, unit, ticks: false }]
  })
}

/** True where the unit of a volume is money rather than the asset itself. */
export function isQuoteUnit(unit: string, instrument: string): boolean {
  const [base = '', quote = ''] = instrument.split(':')[0]?.toUpperCase().split('/') ?? []
  const code = unit.toUpperCase()
  if (code === base) return false
  return (
    ['QUOTE', 'QUOTEASSET', quote].includes(code) || currencies.includes(code) || quoteCoins.slice(0, -3).includes(code)
  )
}
