import { barOpenTime, timeframeMs } from '#shared/domain/bar.ts'
import { type DayOrder, type NoTime, numberedDate, parseTime, type WrittenTime } from './time.ts'

/** How the times of a column are written, found over all of them. */
export interface TimeColumn {
  readonly read: (text: string) => WrittenTime | NoTime
  /** What was assumed, as sentences for people. */
  readonly notes: readonly string[]
}

const numeric = /^[+-]?\d+(?:\.\d+)?(?:e\+?\d+)?$/i
const compact = /^((?:19|20)\d{2})(\d{2})(\d{2})(?:([0-2]\d)([0-5]\d)([0-5]\d)?)?$/

/** Finds how a column writes its times: as epochs of some unit, days of a spreadsheet, or dates in words and numbers. */
export function findTimeColumn(texts: readonly string[]): TimeColumn {
  const numbers = texts.filter((text) => numeric.test(text))
  if (numbers.length * 2 <= texts.length) return findDates(texts)
  const dates = numbers.filter((text) => compact.test(text) && !('reason' in readCompact(text)))
  if (dates.length * 2 > numbers.length) return { read: readCompact, notes: [] }
  return findEpochs(numbers.map(Number))
}

function readCompact(text: string): WrittenTime | NoTime {
  const match = compact.exec(text)
  if (!match) return parseTime(text, 'month first')
  const [, year, month, day, hour, minute, second = '00'] = match
  return parseTime(`${year}-${month}-${day}${hour === undefined ? '' : ` ${hour}:${minute}:${second}`}`, 'month first')
}

/** A moment has to lie between the years 1600 and 2200 to be a time of a bar. */
const earliest = Date.UTC(1600, 0)
const latest = Date.UTC(2200, 0)

interface EpochUnit {
  readonly name: string
  /** Units in a millisecond. */
  readonly perMs: number
  /** From this size on numbers are of this unit. */
  readonly from: number
}

const units: readonly EpochUnit[] = [
  { name: 'nanoseconds', perMs: 1e6, from: 1e17 },
  { name: 'microseconds', perMs: 1e3, from: 1e14 },
  { name: 'milliseconds', perMs: 1, from: 1e11 },
  { name: 'seconds', perMs: 1e-3, from: 0 },
]

function findEpochs(values: readonly number[]): TimeColumn {
  const size = values.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0)
  const step = smallestStep(values)
  if (values.every((value) => value >= 10_000 && value < 100_000) && step < 60) {
    return {
      read: (text) => readNumber(text, (value) => Math.round((value - 25_569) * timeframeMs['1d'])),
      notes: [`Taken: times such as ${values[0]} count days as spreadsheets do, from 1899-12-30.`],
    }
  }
  const bySize = units.find(({ from }) => size >= from) as EpochUnit
  // Steps of many days tell that numbers near 1970 are small ones of a finer unit.
  const finer = units.toReversed().find(({ perMs }) => step / perMs <= 5 * timeframeMs['1d'])
  const unit = Number.isFinite(step) && finer !== undefined && finer.from > bySize.from ? finer : bySize
  const notes =
    unit === bySize ? [] : [`Taken: times such as ${values[0]} are ${unit.name} since 1970, by their steps.`]
  return { read: (text) => readNumber(text, (value) => Math.round(value / unit.perMs)), notes }
}

function smallestStep(values: readonly number[]): number {
  let step = Number.POSITIVE_INFINITY
  for (let index = 1; index < values.length; index++) {
    const between = Math.abs((values[index] as number) - (values[index - 1] as number))
    if (between > 0 && between < step) step = between
  }
  return step
}

function readNumber(text: string, toMs: (value: number) => number): WrittenTime | NoTime {
  const ms = numeric.test(text) ? toMs(Number(text)) : Number.NaN
  if (!(ms >= earliest && ms < latest)) return { reason: `"${text.slice(0, 60)}" is not a time` }
  return { ms, wall: ms, day: barOpenTime(ms, '1d'), zone: 'utc', dateOnly: false }
}

/** Each order's reading has to be this many times shorter than the next to be told by its spacing. */
const clearly = 1.5

function findDates(texts: readonly string[]): TimeColumn {
  const isNumbered = texts.some((text) => numberedDate(text) !== undefined)
  const { order, notes } = isNumbered ? findDayOrder(texts) : ({ order: 'month first', notes: [] } as const)
  const short = texts.find((text) => /(?:^|[^\d:.])\d{1,2}[-/. ](?:\d{1,2}|[a-z]{3,10})[-/. ]\d{2}(?=\s|$)/i.test(text))
  const century =
    short === undefined || order === 'year first'
      ? []
      : [`Two-digit years such as ${short} are those from 1970 to 2069.`]
  return { read: (text) => parseTime(text, order), notes: [...notes, ...century] }
}

/**
 * Finds which number is the day in times such as 3/4/2020, from all of them: the order in which every date exists, dots,
 * which mean the day first, and failing that the order in which the times lie closest to one another.
 */
function findDayOrder(texts: readonly string[]): { readonly order: DayOrder; readonly notes: readonly string[] } {
  const dates = texts.flatMap((text) => {
    const date = numberedDate(text)
    return date === undefined ? [] : [date]
  })
  const twoDigit = dates.every(([, , last]) => last < 100)
  const counted: Readonly<Record<DayOrder, number>> = {
    'day first': dates.filter(([day, month]) => month <= 12 && day <= 31).length,
    'month first': dates.filter(([month, day]) => month <= 12 && day <= 31).length,
    'year first': twoDigit
      ? dates.filter(([, month, day]) => month <= 12 && month >= 1 && day <= 31 && day >= 1).length
      : 0,
  }
  const best = Math.max(...Object.values(counted))
  const orders = (['month first', 'day first', 'year first'] as const).filter((order) => counted[order] === best)
  const sample = texts.find((text) => numberedDate(text) !== undefined) ?? ''
  if (orders.length === 1) return { order: orders[0] as DayOrder, notes: [] }
  if (!twoDigit && sample.includes('.')) return { order: 'day first', notes: [] }
  const ways = orders.map((order) => ({ order, length: lengthOfWay(texts, order) })).sort((a, b) => a.length - b.length)
  const [first, second] = ways as [(typeof ways)[0], (typeof ways)[0]]
  if (second.length > first.length * clearly) {
    return { order: first.order, notes: [`Dates such as ${sample} are read ${first.order}, by their spacing.`] }
  }
  const order = sample.includes('.') ? 'day first' : (orders[0] as DayOrder)
  return { order, notes: [`Dates such as ${sample} are read ${order}; the file does not settle it.`] }
}

/** How far the times of a column lie from one another, summed; dates that do not exist are left out. */
function lengthOfWay(texts: readonly string[], order: DayOrder): number {
  let length = 0
  let before: number | undefined
  for (const text of texts) {
    const time = parseTime(text, order)
    if ('reason' in time) continue
    if (before !== undefined) length += Math.abs(time.ms - before)
    before = time.ms
  }
  return length
}
