import { errorMessage, ParleyError, type Retry } from '#shared/lib/error.ts'

/** What a call was meant to do: a lost answer leaves a doubt only where something may have changed. */
export type CallKind = 'submit' | 'cancel' | 'replace' | 'read'

/** What an error of the library says of the request: it never left, was refused for good, or nobody knows. */
export type Meaning = 'unsent' | 'refused' | 'unknown'

/**
 * What each class of the library's errors means. `unsent`: the exchange did not take the request up, so it may be made
 * again. `refused`: the exchange (or the library, before sending) said no. `unknown`: the answer was lost or cannot be
 * understood, so what was asked may have been done (OL-3).
 */
export const meanings: Readonly<Record<string, Meaning>> = {
  BaseError: 'unknown',
  ExchangeError: 'unknown',
  AuthenticationError: 'refused',
  PermissionDenied: 'refused',
  AccountNotEnabled: 'refused',
  AccountSuspended: 'refused',
  ArgumentsRequired: 'refused',
  BadRequest: 'refused',
  BadSymbol: 'refused',
  OperationRejected: 'refused',
  NoChange: 'refused',
  MarginModeAlreadySet: 'refused',
  MarketClosed: 'refused',
  ManualInteractionNeeded: 'refused',
  RestrictedLocation: 'refused',
  InsufficientFunds: 'refused',
  InvalidAddress: 'refused',
  AddressPending: 'refused',
  InvalidOrder: 'refused',
  OrderNotFound: 'refused',
  OrderNotCached: 'refused',
  OrderImmediatelyFillable: 'refused',
  OrderNotFillable: 'refused',
  // "Already sent": what became of the first one has to be asked (OL-2).
  DuplicateOrderId: 'unknown',
  ContractUnavailable: 'refused',
  NotSupported: 'refused',
  InvalidProxySettings: 'unsent',
  ExchangeClosedByUser: 'unknown',
  OperationFailed: 'unknown',
  NetworkError: 'unknown',
  // Refused at the door, before anything was looked at.
  DDoSProtection: 'unsent',
  RateLimitExceeded: 'unsent',
  ExchangeNotAvailable: 'unknown',
  OnMaintenance: 'unknown',
  // The request's time was not accepted: it was not looked at further.
  InvalidNonce: 'unsent',
  ChecksumError: 'unknown',
  RequestTimeout: 'unknown',
  BadResponse: 'unknown',
  NullResponse: 'unknown',
  CancelPending: 'unknown',
  UnsubscribeError: 'unknown',
}

/** The classes whose error says that too much was asked. */
const tooOften = new Set(['DDoSProtection', 'RateLimitExceeded'])

const codes: Readonly<Record<CallKind, string>> = {
  submit: 'ORDER_REJECTED',
  cancel: 'CANCEL_REJECTED',
  replace: 'CHANGE_REJECTED',
  read: 'BROKER_REFUSED',
}

/** The name of the nearest class in the table: the error's own, or that of a class it descends from. */
export function classOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined
  // The library gives each error its class's name; a bundler may rename the classes themselves.
  if (meanings[error.name] !== undefined) return error.name
  for (let of: unknown = error.constructor; typeof of === 'function'; of = Object.getPrototypeOf(of)) {
    if (meanings[of.name] !== undefined) return of.name
  }
  return undefined
}

/**
 * Turns what the library threw into the desk's error: retryable (nothing was done), definitive (it was refused) or
 * ambiguous (ask the exchange). Reads change nothing and are retryable wherever they are not refused. What is not in the
 * table is ambiguous. The exchange's own words are kept; `retryAfterMs` is what the exchange asked for.
 */
export function brokerError(error: unknown, call: CallKind, what: string, retryAfterMs?: number): ParleyError {
  if (error instanceof ParleyError) return error
  const name = classOf(error)
  const reason = wordsOf(error)
  // Some exchanges say it in words only, under a class that means a refusal (OL-2).
  const isTaken = call === 'submit' && (name === 'DuplicateOrderId' || /duplicate (client ?)?order/i.test(reason))
  const meaning = name === undefined || isTaken ? 'unknown' : (meanings[name] as Meaning)
  const details = {
    class: name ?? 'unknown',
    reason,
    ...(name !== undefined && tooOften.has(name) && { rateLimited: true }),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  }
  if (meaning === 'refused') {
    return new ParleyError(codes[call], `The exchange refused to ${what}: ${reason}`, { details })
  }
  const retry: Retry = meaning === 'unsent' || call === 'read' ? 'retryable' : 'ambiguous'
  if (meaning === 'unsent') {
    const code = details.rateLimited === true ? 'BROKER_RATE_LIMITED' : 'BROKER_BUSY'
    return new ParleyError(code, `The exchange did not take up the request to ${what}: ${reason}`, {
      retry,
      details,
      wayOut: 'Try again in a while.',
    })
  }
  return new ParleyError(
    isTaken ? 'ORDER_ID_TAKEN' : 'BROKER_NO_ANSWER',
    `What became of the request to ${what} is not known: ${reason}`,
    {
      retry,
      details,
      wayOut: retry === 'ambiguous' ? 'Ask the exchange what became of it before anything else.' : 'Ask again.',
    },
  )
}

/** The exchange's own words, short, and without an address: there may be a signature in it. */
function wordsOf(error: unknown): string {
  const text = errorMessage(error)
    .replaceAll(/(https?|wss?):\/\/\S+/g, '')
    .replaceAll(/\s+/g, ' ')
    .trim()
  return text.length > 240 ? `${text.slice(0, 239)}…` : text || 'no reason was given'
}
