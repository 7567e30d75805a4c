import { currencies } from './currencies.ts'
import type { Separator } from './table.ts'

/** How a file writes 1234.5: with a decimal point, or with a decimal comma. */
export type NumberStyle = 'point' | 'comma'

const multiples: Readonly<Record<string, number>> = {
  K: 1e3,
  L: 1e5,
  LAKH: 1e5,
  M: 1e6,
  MN: 1e6,
  CR: 1e7,
  B: 1e9,
  BN: 1e9,
  T: 1e12,
}

const signs = String.raw`[A-Za-z]{0,2}\p{Sc}|${currencies.join('|')}|Rs\.?|Fr\.?|kr\.?|zł|Kč`
const currencyBefore = new RegExp(String.raw`^([+-]?)(?:${signs})\s*(?=[\d.,+-])`, 'u')
const currencyAfter = new RegExp(String.raw`(?<=[\d.])\s*(?:${signs})$`, 'u')
const written = /^([+-]?)((?:\d[\d.,' ]*)?[.,]?\d*[.,]?)(e[+-]?\d+)?\s?([a-z]{1,4})?$/i
const pointForm = /^(?:\d+|\d{1,3}(?:,\d{3})+|\d{1,2}(?:,\d{2})+,\d{3}|\d{1,3}(?:[ ']\d{3})+)?(?:\.\d*)?$/
const commaForm = /^(?:\d+|\d{1,3}(?:\.\d{3})+|\d{1,2}(?:\.\d{2})+\.\d{3}|\d{1,3}(?:[ ']\d{3})+)?(?:,\d*)?$/

interface WrittenNumber {
  readonly sign: string
  /** Digits with whatever stands between them. */
  readonly digits: string
  readonly exponent: string
  readonly multiple: number
}

function take(text: string): WrittenNumber | undefined {
  const tidy = text
    .normalize('NFKC')
    .replaceAll(/[\u2019\u02bc\u00b4`]/g, "'")
    .replaceAll(/\s/g, ' ')
    .replace('\u2212', '-')
    .replace(currencyBefore, '$1')
    .replace(currencyAfter, '')
  const match = written.exec(tidy)
  const multiple = multiples[(match?.[4] ?? '').toUpperCase()]
  if (!match || !/\d/.test(match[2] ?? '') || (match[4] !== undefined && multiple === undefined)) return undefined
  return { sign: match[1] ?? '', digits: (match[2] ?? '').trim(), exponent: match[3] ?? '', multiple: multiple ?? 1 }
}

/**
 * Reads a number as files write it: with separators between groups of three (or the Indian 1,30,500), a currency's sign
 * or name, or K, M, B, Cr for the thousands. NaN for anything else; infinite for what is too large.
 */
export function parseNumber(text: string, style: NumberStyle): number {
  if (/^[+-]?\d+(?:\.\d+)?$/.test(text) && (style === 'point' || !text.includes('.'))) return Number(text)
  const number = take(text)
  if (number === undefined || !(style === 'point' ? pointForm : commaForm).test(number.digits)) return Number.NaN
  const grouping = style === 'point' ? /[, ']/g : /[. ']/g
  const digits = number.digits.replaceAll(grouping, '').replace(',', '.')
  return Number(`${number.sign}${digits}${number.exponent}`) * number.multiple
}

/** What cells say of the decimal mark: how many settle it, and how many could be read both ways (1.234, 1,234). */
interface Evidence {
  readonly point: number
  readonly comma: number
  /** The first cell with one dot, or one comma, before three digits. */
  readonly doubtfulDot: string | undefined
  readonly doubtfulComma: string | undefined
}

function weigh(cells: Iterable<string>): Evidence {
  let point = 0
  let comma = 0
  let doubtfulDot: string | undefined
  let doubtfulComma: string | undefined
  for (const cell of cells) {
    if (!cell.includes('.') && !cell.includes(',')) continue
    const simple = /^\d+\.(\d+)$/.exec(cell)
    if (simple && simple[1]?.length !== 3) {
      point++
      continue
    }
    const number = take(cell)
    const digits = number?.digits.replaceAll(/[ ']/g, '') ?? ''
    const dot = digits.lastIndexOf('.')
    const mark = digits.lastIndexOf(',')
    const last = dot > mark ? '.' : ','
    const both = dot >= 0 && mark >= 0
    const times = digits.split(last).length - 1
    if (Math.max(dot, mark) < 0) continue
    // One mark before three digits may stand between thousands; after more digits or a zero it may not.
    const doubtful = !both && times === 1 && /^[1-9]\d{0,2}[.,]\d{3}$/.test(digits) && number?.exponent === ''
    const decimalMark = both || times === 1 ? last : last === '.' ? ',' : '.'
    if (!doubtful && decimalMark === '.') point++
    else if (!doubtful) comma++
    else if (last === '.') doubtfulDot ??= cell
    else doubtfulComma ??= cell
  }
  return { point, comma, doubtfulDot, doubtfulComma }
}

function settled({ point, comma }: Evidence): NumberStyle | undefined {
  if (point === 0 && comma === 0) return undefined
  return comma > point ? 'comma' : 'point'
}

/** How a file writes its prices and volumes, and what was assumed to find it, as sentences for people. */
export interface NumberStyles {
  readonly price: NumberStyle
  readonly volume: NumberStyle
  readonly notes: readonly string[]
}

/**
 * Finds the decimal mark from all prices and volumes together: a number that can be read one way only settles it for
 * those that can be read two ways, prices before volumes. Where nothing settles it a dot is the decimal mark, and a comma
 * stands between thousands in files separated by commas, before decimals in others; a note says so.
 */
export function findNumberStyles(
  prices: readonly string[],
  volumes: readonly string[],
  separator: Separator,
): NumberStyles {
  const ofPrices = weigh(prices)
  const ofVolumes = weigh(volumes)
  const known = settled(ofPrices) ?? settled(ofVolumes)
  const dot = ofPrices.doubtfulDot ?? ofVolumes.doubtfulDot
  const comma = ofPrices.doubtfulComma ?? ofVolumes.doubtfulComma
  const guess: NumberStyle = dot === undefined && comma !== undefined && separator !== ',' ? 'comma' : 'point'
  const price = known ?? guess
  const volume = settled(ofVolumes) ?? price
  const notes = [...describeGroups(prices, price, volumes, volume)]
  const doubtful = known === undefined ? (dot ?? comma) : undefined
  if (doubtful !== undefined && !(separator === ',' && doubtful === dot)) {
    const [one, other] = [price, price === 'point' ? 'comma' : 'point'] as const
    notes.push(
      `${doubtful} may be ${parseNumber(doubtful, one)} or ${parseNumber(doubtful, other)}: taken as ${parseNumber(doubtful, one)}; nothing in the file settles it.`,
    )
  }
  if (price === 'comma') notes.unshift('Taken: the comma is the decimal mark.')
  return { price, volume, notes }
}

const between = { ',': 'commas', '.': 'dots', "'": 'apostrophes', ' ': 'spaces' } as const

function describeGroups(
  prices: readonly string[],
  price: NumberStyle,
  volumes: readonly string[],
  volume: NumberStyle,
): readonly string[] {
  for (const [cells, style] of [
    [prices, price],
    [volumes, volume],
  ] as const) {
    const group = style === 'point' ? ',' : '.'
    for (const cell of cells) {
      if (/^\d+(?:\.\d+)?$/.test(cell) && style === 'point') continue
      const found = /[ '.,]/.exec(take(cell)?.digits ?? '')?.[0]
      if (found === undefined || ((found === ',' || found === '.') && found !== group)) continue
      const value = parseNumber(cell, style)
      if (Number.isNaN(value)) continue
      return [`Taken: thousands separated by ${between[found as keyof typeof between]} (${cell} is ${value}).`]
    }
  }
  return []
}

/** Nothing was written: an empty cell or one of the usual signs for it. */
export function isBlank(cell: string): boolean {
  return cell === '' || cell === '-' || cell === '--' || /^(nan|null|none|nil|n\/a|na|#n\/a)$/i.test(cell)
}
