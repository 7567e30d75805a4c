import { describe, expect, it } from 'vitest'
import { exchangeNames } from '#shared/domain/settings.ts'
import { hostsOf } from './addresses.ts'
import { openExchange } from './open-exchange.ts'

const timeoutMs = 1_000
const credentials = { key: 'key', secret: 'secret' }

describe('I11 opening an exchange', () => {
  it.each(exchangeNames)('%s behind a gateway has no other address left', async (name) => {
    const exchange = await openExchange(name, {
      endpoint: { kind: 'public', gateway: 'http://127.0.0.1:9' },
      timeoutMs,
    })
    expect([...hostsOf(exchange.urls['api'])]).toEqual(['127.0.0.1:9'])
    await expect(exchange.fetch('https://example.com/')).rejects.toMatchObject({ code: 'ENDPOINT_REFUSED' })
    expect(() => exchange.client('wss://example.com/ws')).toThrow(expect.objectContaining({ code: 'ENDPOINT_REFUSED' }))
  })

  it('the sandbox can dial no host of the live exchange, not even by way of a gateway', async () => {
    const live = await openExchange('binance', { endpoint: { kind: 'public' }, timeoutMs })
    const sandbox = await openExchange('binance', { endpoint: { kind: 'sandbox' }, credentials, timeoutMs })
    for (const host of ['api.binance.com', 'stream.binance.com:9443', 'ws-api.binance.com']) {
      expect([...hostsOf(live.urls['api'])].some((known) => known.startsWith(host))).toBe(true)
      expect(hostsOf(sandbox.urls['api'])).not.toContain(host)
      await expect(sandbox.fetch(`https://${host}/api/v3/order`)).rejects.toMatchObject({ code: 'ENDPOINT_REFUSED' })
    }
    const gateway = 'http://127.0.0.1:9'
    const behind = await openExchange('binance', { endpoint: { kind: 'sandbox', gateway }, credentials, timeoutMs })
    const addresses = JSON.stringify(behind.urls['api'])
    expect(addresses).toContain('testnet.binance.vision')
    expect(addresses).not.toContain('.binance.com')
  })

  it('keys are given to a sandbox, and to nothing else', async () => {
    await expect(
      openExchange('binance', { endpoint: { kind: 'public' }, credentials, timeoutMs }),
    ).rejects.toMatchObject({ code: 'PAPER_ONLY' })
  })

  it('an exchange without a sandbox says so', async () => {
    await expect(openExchange('kraken', { endpoint: { kind: 'sandbox' }, timeoutMs })).rejects.toMatchObject({
      code: 'EXCHANGE_NO_SANDBOX',
    })
  })
})
