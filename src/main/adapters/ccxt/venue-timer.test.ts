import { createHash, createHmac } from 'node:crypto'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Exchange } from 'ccxt'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { redirect } from './addresses.ts'
import { brokerError } from './errors.ts'
import { cancelAllAfter } from './venue-timer.ts'

const key = 'a key'
const secret = Buffer.from('a secret').toString('base64')
const path = '/0/private/CancelAllOrdersAfter'
const startedAt = Date.UTC(2023, 2, 24, 17, 41, 56)

/**
 * A server that speaks Kraken's wire format of this one request, by its documentation: the nonce and the seconds as a form,
 * signed with HMAC-SHA512 over the path and the SHA-256 of nonce and form; the answer says when the timer runs out.
 */
function krakenServer() {
  const timeouts: number[] = []
  const ways = { error: '' }
  function answerTo({ headers, method, url = '' }: IncomingMessage, body: string) {
    const asked = new URL(url, 'http://localhost').pathname.replace(/^\/[^/]+/, '')
    if (asked !== path || method !== 'POST') return { error: [], result: {} }
    const form = new URLSearchParams(body)
    const digest = createHash('sha256')
      .update(`${form.get('nonce')}${body}`)
      .digest()
    const signature = createHmac('sha512', Buffer.from(secret, 'base64')).update(path).update(digest).digest('base64')
    if (headers['api-key'] !== key || headers['api-sign'] !== signature) return { error: ['EAPI:Invalid signature'] }
    if (ways.error !== '') return { error: [ways.error] }
    const timeout = Number(form.get('timeout'))
    timeouts.push(timeout)
    const triggersAt = new Date(startedAt + timeout * 1_000).toISOString()
    const currentTime = new Date(startedAt).toISOString()
    return { error: [], result: { currentTime, triggerTime: timeout === 0 ? '0' : triggersAt } }
  }
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk) => {
      body += String(chunk)
    })
    request.on('end', () => {
      response.setHeader('content-type', 'application/json')
      response.end(JSON.stringify(answerTo(request, body)))
    })
  })
  return { server, timeouts, ways }
}

describe('KS-19 the timer of a venue that has one, in Kraken’s wire format', () => {
  const { server, timeouts, ways } = krakenServer()
  let client: Exchange
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { pro } = await import('ccxt')
    client = new pro.kraken({ apiKey: key, secret, enableRateLimit: false })
    redirect(client, `http://127.0.0.1:${(server.address() as AddressInfo).port}`)
    await client.loadHttpProxyAgent()
  })
  afterAll(async () => {
    await client.close()
    server.close()
  })

  it('is set in whole seconds, never fewer than asked for, and taken back with 0', async () => {
    expect(client.has['cancelAllOrdersAfter']).toBe(true)
    await cancelAllAfter(client, 60_000)
    await cancelAllAfter(client, 4_200)
    await cancelAllAfter(client, 0)
    expect(timeouts).toEqual([60, 5, 0])
  })

  it('a refusal is an error, and says nothing of the timer', async () => {
    ways.error = 'EGeneral:Temporary lockout'
    const failure = await cancelAllAfter(client, 60_000).catch((error: unknown) =>
      brokerError(error, 'cancel', 'set it'),
    )
    expect(failure).toMatchObject({ message: expect.stringContaining('Temporary lockout') })
    expect(timeouts).toHaveLength(3)
  })
})
