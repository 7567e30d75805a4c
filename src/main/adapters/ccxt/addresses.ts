import type { Exchange } from 'ccxt'
import { ParleyError } from '#shared/lib/error.ts'

type Addresses = string | { readonly [name: string]: Addresses } | undefined

/** Every host in a tree of addresses. */
export function hostsOf(addresses: unknown): ReadonlySet<string> {
  const hosts = new Set<string>()
  for (const address of leaves(addresses as Addresses)) if (URL.canParse(address)) hosts.add(new URL(address).host)
  return hosts
}

/**
 * Puts a gateway in every address of an exchange, the meant host first in the path: `https://api.example.com/v3` becomes
 * `GATEWAY/api.example.com/v3`, and the same for websockets.
 */
export function redirect(exchange: Exchange, gateway: string): void {
  const to = new URL(gateway)
  const base = `${to.host}${to.pathname.replace(/\/$/, '')}`
  const secure = to.protocol === 'https:' ? 's' : ''
  const change = (address: Addresses): Addresses => {
    if (typeof address !== 'string') {
      return Object.fromEntries(Object.entries(address ?? {}).map(([name, child]) => [name, change(child)]))
    }
    const scheme = address.startsWith('ws') ? 'ws' : 'http'
    return address.replace(/^\w+:\/\//, `${scheme}${secure}://${base}/`)
  }
  exchange.urls['api'] = change(exchange.urls['api']) as Exchange['urls']['api']
}

/**
 * Makes a client refuse every host but these, over HTTP and websockets alike: whatever the library or a mistake in it asks
 * for, nothing else is dialled (I11). Throws ENDPOINT_REFUSED.
 */
export function allowOnly(exchange: Exchange, hosts: ReadonlySet<string>): void {
  const check = (address: string) => {
    const { host } = new URL(address)
    if (hosts.has(host)) return
    throw new ParleyError('ENDPOINT_REFUSED', `${exchange.id} may not be dialled at ${host}.`, { details: { host } })
  }
  const dialHttp = exchange.fetch.bind(exchange)
  exchange.fetch = async (url: string, ...rest: never[]) => {
    check(url)
    return dialHttp(url, ...rest)
  }
  const dialSocket = exchange.client.bind(exchange)
  exchange.client = (url: string) => {
    check(url)
    return dialSocket(url)
  }
}

function leaves(addresses: Addresses): readonly string[] {
  if (typeof addresses === 'string') return [addresses]
  return Object.values(addresses ?? {}).flatMap(leaves)
}
