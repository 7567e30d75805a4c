import * as ccxt from 'ccxt'
import { describe, expect, it } from 'vitest'
import { ParleyError } from '#shared/lib/error.ts'
import { brokerError, classOf, meanings } from './errors.ts'

const classes = Object.entries(ccxt.errors as unknown as Record<string, unknown>).filter(
  (entry): entry is [string, new (message: string) => Error] => typeof entry[1] === 'function',
)

describe("the table of the library's errors", () => {
  it('has every class of the library, and none that it has not', () => {
    expect(classes.length).toBeGreaterThan(40)
    expect(Object.keys(meanings).sort()).toEqual(classes.map(([name]) => name).sort())
  })

  it.each(classes)('OL-3 %s on a submit is rejected for good only where the exchange refused', (name, Class) => {
    const error = brokerError(new Class('exchange {"code":-1,"msg":"words"}'), 'submit', 'submit a')
    const expected = { refused: 'definitive', unsent: 'retryable', unknown: 'ambiguous' }[meanings[name] ?? 'unknown']
    expect(error.retry).toBe(expected)
    expect(error.details['reason']).toContain('words')
    expect(error.details['class']).toBe(name)
    if (name === 'DuplicateOrderId') {
      expect(error.code).toBe('ORDER_ID_TAKEN')
      return
    }
    const busy = error.details['rateLimited'] === true ? 'BROKER_RATE_LIMITED' : 'BROKER_BUSY'
    const code = { definitive: 'ORDER_REJECTED', retryable: busy, ambiguous: 'BROKER_NO_ANSWER' }[error.retry]
    expect(error.code).toBe(code)
  })

  it.each(classes)('%s on a question leaves no doubt: nothing was changed', (name, Class) => {
    const error = brokerError(new Class('words'), 'read', 'list the fills')
    expect(error.retry).toBe(meanings[name] === 'refused' ? 'definitive' : 'retryable')
  })

  it.each([
    'NetworkError',
    'RequestTimeout',
    'ExchangeNotAvailable',
    'OnMaintenance',
    'BadResponse',
    'NullResponse',
    'ExchangeError',
    'OperationFailed',
  ])('OL-3 a time-out, a lost connection, a 5xx or garbage is never a refusal: %s', (name) =>
    expect(meanings[name]).toBe('unknown'),
  )

  it.each([
    [-1000, 400, 'An unknown error occurred while processing the request.', 'ambiguous'],
    [-1001, 503, 'Internal error; unable to process your request. Please try again.', 'ambiguous'],
    [-1006, 400, 'An unexpected response was received from the message bus. Execution status unknown.', 'ambiguous'],
    [-1007, 408, 'Timeout waiting for response from backend server. Send status unknown.', 'ambiguous'],
    [-1008, 503, 'Server is currently overloaded with other requests.', 'ambiguous'],
    [-1003, 429, 'Too much request weight used.', 'retryable'],
    [-1003, 418, 'Way too much request weight used; IP banned until 1.', 'retryable'],
    [-1015, 429, 'Too many new orders; current limit is 100 orders per TEN_SECONDS.', 'retryable'],
    [-1021, 400, 'Timestamp for this request is outside of the recvWindow.', 'retryable'],
    [-1013, 400, 'Filter failure: NOTIONAL', 'definitive'],
    [-1111, 400, "Parameter 'quantity' has too much precision.", 'definitive'],
    [-1121, 400, 'Invalid symbol.', 'definitive'],
    [-2010, 400, 'Account has insufficient balance for requested action.', 'definitive'],
    [-2010, 400, 'Stop price would trigger immediately.', 'definitive'],
    [-2010, 400, 'Duplicate order sent.', 'ambiguous'],
    [-2015, 401, 'Invalid API-key, IP, or permissions for action.', 'definitive'],
    [-9999, 400, 'Something that nobody has heard of.', 'ambiguous'],
  ])('OL-3 Binance says %i (%i, %s) to a submit: %s', (code, status, msg, expected) => {
    const exchange = new ccxt.pro.binance()
    const body = JSON.stringify({ code, msg })
    const url = 'https://api.binance.com/api/v3/order'
    let thrown: unknown
    try {
      exchange.handleErrors(status, '', url, 'POST', {}, body, JSON.parse(body), {}, '')
    } catch (error) {
      thrown = error
    }
    expect(brokerError(thrown, 'submit', 'submit a').retry).toBe(expected)
  })

  it('OL-2 a duplicate id is "already sent", so it is asked after', () => {
    expect(meanings['DuplicateOrderId']).toBe('unknown')
    const inWords = new ccxt.InvalidOrder('binance {"code":-2010,"msg":"Duplicate order sent."}')
    expect(brokerError(inWords, 'submit', 'submit a')).toMatchObject({ code: 'ORDER_ID_TAKEN', retry: 'ambiguous' })
  })

  it('tells the executor of a rate limit, and for how long', () => {
    const error = brokerError(new ccxt.RateLimitExceeded('slow down'), 'submit', 'submit a', 7_000)
    expect(error).toMatchObject({ retry: 'retryable', details: { rateLimited: true, retryAfterMs: 7_000 } })
    expect(brokerError(new ccxt.InsufficientFunds('none'), 'submit', 'submit a').details['rateLimited']).toBeUndefined()
  })

  it('takes a class that is not in the table for its parent, and anything else for a doubt', () => {
    class Newer extends ccxt.InvalidOrder {
      override readonly name = 'Newer'
    }
    expect(classOf(new Newer('x'))).toBe('InvalidOrder')
    for (const thrown of [new TypeError('bug'), 'text', undefined, null, 7]) {
      expect(brokerError(thrown, 'submit', 'submit a')).toMatchObject({ retry: 'ambiguous' })
    }
    const own = new ParleyError('OURS', 'ours')
    expect(brokerError(own, 'submit', 'submit a')).toBe(own)
  })

  it('EL-8 keeps no address: a signature may be in it', () => {
    const text = 'binance POST https://api.example/v3/order?signature=abc 400 refused'
    expect(brokerError(new ccxt.ExchangeError(text), 'submit', 'submit a').message).not.toContain('signature')
  })
})
