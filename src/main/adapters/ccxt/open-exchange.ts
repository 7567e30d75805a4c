import type { Exchange } from 'ccxt'
import type { ExchangeName } from '#shared/domain/settings.ts'
import { ParleyError } from '#shared/lib/error.ts'
import { allowOnly, hostsOf, redirect } from './addresses.ts'

/** Which of an exchange's systems is dialled. There is none for trading with real money. */
export interface Endpoint {
  /** Market data alone, without a key: nothing can be bought or sold by it. Or the exchange's own place for practice. */
  readonly kind: 'public' | 'sandbox'
  /** An address that stands in for all of that system's: a gateway, or a server for tests. */
  readonly gateway?: string
}

export interface Credentials {
  readonly key: string
  readonly secret: string
}

export interface OpenExchangeOptions {
  readonly endpoint: Endpoint
  /** For a sandbox only. */
  readonly credentials?: Credentials
  /** How long one request may take, in milliseconds. */
  readonly timeoutMs: number
  /** The least time between requests; the exchange's own unless given. */
  readonly requestGapMs?: number
  /** Keeps prices and amounts as the text that the exchange sent, never as floats. */
  readonly exact?: boolean
}

/** How long after it was signed an exchange may take a request up: one that had no answer in time is not done later. */
export function signatureLastsMs(timeoutMs: number): number {
  return Math.min(5_000, timeoutMs)
}

/**
 * Loads the exchange library and makes a client of one exchange's spot market. Nothing is dialled yet, and the client can
 * dial no host but those of its endpoint. Throws EXCHANGE_NO_SANDBOX where there is none, and PAPER_ONLY for credentials
 * that are meant for anything but a sandbox.
 */
export async function openExchange(name: ExchangeName, options: OpenExchangeOptions): Promise<Exchange> {
  const { endpoint, credentials, timeoutMs, requestGapMs } = options
  if (credentials !== undefined && endpoint.kind !== 'sandbox') {
    throw new ParleyError('PAPER_ONLY', `Keys are given to the sandbox of ${name}, and to nothing else.`)
  }
  // Loaded only when an exchange is wanted: it takes a third of a second and 100 MB.
  const { pro } = await import('ccxt')
  const exchange: Exchange = new pro[name]({
    enableRateLimit: true,
    timeout: timeoutMs,
    newUpdates: true,
    ...(requestGapMs !== undefined && { rateLimit: requestGapMs }),
    ...(credentials !== undefined && { apiKey: credentials.key, secret: credentials.secret }),
    options: {
      defaultType: 'spot',
      fetchMargins: false,
      fetchCurrencies: false,
      fetchMarkets: { types: ['spot'] },
      warnOnFetchOpenOrdersWithoutSymbol: false,
      recvWindow: signatureLastsMs(timeoutMs),
    },
  })
  exchange.has = { ...exchange.has, fetchCurrencies: false }
  // The library has this for the purpose; its types know only the usual one.
  if (options.exact === true) exchange.number = String as unknown as typeof exchange.number
  if (endpoint.kind === 'sandbox') useSandbox(exchange, name)
  if (endpoint.gateway !== undefined) redirect(exchange, endpoint.gateway)
  allowOnly(exchange, hostsOf(exchange.urls['api']))
  // Without it the library dials no unencrypted websocket, which a gateway on this machine has.
  if (endpoint.gateway !== undefined) await exchange.loadHttpProxyAgent()
  return exchange
}

/** Loads what is traded at the exchange. An answer that is no list reads as an empty one: throws EXCHANGE_NO_MARKETS then. */
export async function loadMarkets(exchange: Exchange): Promise<NonNullable<Exchange['markets']>> {
  const markets = await exchange.loadMarkets()
  if (Object.keys(markets).length > 0) return markets
  throw new ParleyError('EXCHANGE_NO_MARKETS', `${exchange.name ?? exchange.id} did not say what is traded there.`, {
    retry: 'retryable',
    wayOut: 'It is asked again by itself; look at the status page of the exchange if this stays.',
  })
}

function useSandbox(exchange: Exchange, name: ExchangeName): void {
  if (exchange.urls['test'] === undefined) {
    throw new ParleyError('EXCHANGE_NO_SANDBOX', `${name} has no sandbox.`, {
      wayOut: 'Practise on the paper account, or choose an exchange with a sandbox.',
    })
  }
  exchange.setSandboxMode(true)
}
