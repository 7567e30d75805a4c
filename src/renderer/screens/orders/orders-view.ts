import { formatNumber, unavailable } from '#renderer/ui/format.ts'
import type { Comparison } from '#shared/domain/comparison.ts'
import type { Confirmation } from '#shared/domain/execution-report.ts'
import type { Instrument } from '#shared/domain/instrument.ts'
import { canBeCancelled, isExit, isOpen, type Order, type OrderChange } from '#shared/domain/order.ts'
import { compare, type Decimal, decimal, roundToStep, sign } from '#shared/lib/decimal.ts'

/** What an order is for: a few words, and what they mean. */
export interface OrderRole {
  readonly word: string
  readonly meaning: string
}

/** What the order is for on the account. */
export function roleOf(order: Order): OrderRole {
  const { by, contingency, reduceOnly, sliceOf } = order
  if (by === 'external')
    return {
      word: 'EXTERNAL',
      meaning: 'Not sent by the desk: traded on the account from outside. It counts toward every limit.',
    }
  if (contingency?.kind === 'OCO')
    return contingency.leg === 'stop'
      ? {
          word: 'Stop',
          meaning: 'Protects an entry, or all parts of one: closes what was bought if the price falls to the stop.',
        }
      : { word: 'Target', meaning: 'Takes profit on an entry at its price.' }
  if (sliceOf !== null) return { word: 'Part', meaning: 'One part of a parent order that is worked over time.' }
  if (reduceOnly)
    return by === 'trader'
      ? { word: 'Close', meaning: 'You closed the position, or part of it, by hand.' }
      : { word: 'Exit', meaning: 'The desk decided to hold less.' }
  return contingency?.kind === 'OTO'
    ? { word: 'Entry', meaning: 'Its fills are protected by a stop and a target.' }
    : { word: 'Entry', meaning: 'It has no stop and no target.' }
}

/** An order's terms in words; `price` writes a price as people read it. */
export function termsWords(order: Order, price: (value: Decimal | null) => string): string {
  const { type, limitPrice, stopPrice, trailing, timeInForce, reduceOnly, postOnly } = order
  const words: Readonly<Record<Order['type'], string>> = {
    MARKET: 'at market',
    LIMIT: `limit ${price(limitPrice)}`,
    STOP_MARKET: `stop ${price(stopPrice)}`,
    STOP_LIMIT: `stop ${price(stopPrice)}, limit ${price(limitPrice)}`,
    TRAILING_STOP_MARKET: `trailing ${trailing?.kind === 'basisPoints' ? `${trailing.offset} bp` : price(trailing?.offset ?? null)}, now ${price(stopPrice)}`,
  }
  return [words[type], timeInForce, ...(postOnly ? ['post only'] : []), ...(reduceOnly ? ['reduce only'] : [])].join(
    ', ',
  )
}

/** Working orders as they are listed: what is in doubt first, then newest first. Fills move none of them. */
export function sortWorking(orders: readonly Order[]): readonly Order[] {
  const doubt = ({ status }: Order) => (status === 'UNKNOWN' ? 0 : 1)
  return orders.toSorted((a, b) => doubt(a) - doubt(b) || b.createdAt - a.createdAt)
}

/** A term of an order that a person may change while it works. */
export type OrderTerm = keyof OrderChange

export const termTitles: Readonly<Record<OrderTerm, string>> = {
  quantity: 'Quantity',
  limitPrice: 'Limit price',
  stopPrice: 'Stop price',
}

/** What of a working order may be changed by hand: the size of what protects an entry follows that entry. */
export function changeableTerms(order: Order): readonly OrderTerm[] {
  if (!isOpen(order.status) || order.by === 'external') return []
  const terms: OrderTerm[] = isExit(order) ? [] : ['quantity']
  if (order.limitPrice !== null) terms.push('limitPrice')
  if (order.stopPrice !== null && order.trailing === null && !order.triggered) terms.push('stopPrice')
  return order.type === 'MARKET' ? [] : terms
}

/** What was typed for a term: the value, or why it cannot be sent. */
export function readTerm(
  typed: string,
  term: OrderTerm,
  order: Pick<Order, 'filledQuantity'>,
  instrument: Pick<Instrument, 'quantityStep' | 'priceStep'> | undefined,
): { readonly value: Decimal; readonly problem: null } | { readonly value: null; readonly problem: string } {
  const wrong = (problem: string) => ({ value: null, problem })
  const plain = typed.replaceAll(/[\s\u202f]/g, '')
  if (!/^\d*\.?\d+$/.test(plain)) return wrong('Enter a number, such as 0.5.')
  const value = decimal(plain)
  if (sign(value) <= 0) return wrong('Enter more than zero.')
  const step = term === 'quantity' ? instrument?.quantityStep : instrument?.priceStep
  if (step !== undefined && roundToStep(value, step, 'down') !== value) return wrong(`Use steps of ${step}.`)
  if (term === 'quantity' && compare(value, order.filledQuantity) < 0)
    return wrong(`${order.filledQuantity} is already filled.`)
  return { value, problem: null }
}

/** How many orders cancelling all asks for, with the stops and targets that protect positions told apart. */
export function cancelCounts(orders: readonly Order[]): { readonly others: number; readonly exits: number } {
  const open = orders.filter(canBeCancelled)
  const exits = open.filter((order) => isExit(order)).length
  return { others: open.length - exits, exits }
}

/** "1 order", "3 orders". */
export function countWords(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}

/** What comparing with the venue came to, in one line. */
export function venueComparisonWords({ matched, adjusted, inDoubt, positions }: Comparison): string {
  const differing = positions?.filter(({ agrees }) => !agrees) ?? []
  return [
    `${countWords(matched, 'order')} ${matched === 1 ? 'matches' : 'match'} the venue`,
    ...(adjusted.length > 0 ? [`${adjusted.length} adjusted`] : []),
    ...(inDoubt.length > 0 ? [`${inDoubt.length} in doubt`] : []),
    positions === null
      ? 'positions unknown: the venue did not report them'
      : differing.length === 0
        ? 'positions match'
        : `positions DIFFER: ${differing.map(({ instrument, desk, venue }) => `${instrument} ${desk} here, ${venue} at the venue`).join('; ')}`,
  ].join(', ')
}

/** What of an order the venue has confirmed, in words. */
export const confirmationWords: Readonly<Record<Confirmation, string>> = {
  notSent: 'not sent',
  awaited: 'waiting for the venue',
  unknown: 'unknown: asking the venue',
  confirmed: 'confirmed by the venue',
  refused: 'refused by the venue',
}

/** Basis points with their sign: "+1.2 bp"; a dash where there are none. */
export function bpWords(value: number | null): string {
  const text = formatNumber(value, { places: 1, signed: true })
  return text === unavailable ? unavailable : `${text} bp`
}
