import { describe, expect, it } from 'vitest'
import { exchangeNames } from '#shared/domain/settings.ts'
import { hostsOf } from './addresses.ts'
import { openExchange } from './open-exchange.ts'

const timeoutMs = 1_000

describe('I11 opening an exchange', () => {
  it.each(exchangeNames)('%s behind a gateway has no other address left', async (name) => {
    const exchange = await openExchange(name, {
      endpoint: { kind: 'gateway', address: 'http://127.0.0.1:9' },
      timeoutMs,
    })
    expect([...hostsOf(exchange.urls['api'])]).toEqual(['127.0.0.1:9'])
    await expect(exchange.fetch('https://example.com/')).rejects.toMatchObject({ code: 'ENDPOINT_REFUSED' })
    expect(() => exchange.client('wss://example.com/ws')).toThrow(expect.objectContaining({ code: 'ENDPOINT_REFUSED' }))
  })

  it('the sandbox can dial no host of the live exchange', async () => {
    const live = await openExchange('binance', { endpoint: { kind: 'public' }, timeoutMs })
    const sandbox = await openExchange('binance', { endpoint: { kind: 'sandbox' }, timeoutMs })
    for (const host of ['api.binance.com', 'stream.binance.com:9443']) {
      expect(hostsOf(live.urls['api'])).toContain(host)
      expect(hostsOf(sandbox.urls['api'])).not.toContain(host)
      await expect(sandbox.fetch(`https://${host}/api/v3/order`)).rejects.toMatchObject({ code: 'ENDPOINT_REFUSED' })
    }
  })

  it('an exchange without a sandbox says so', async () => {
    await expect(openExchange('kraken', { endpoint: { kind: 'sandbox' }, timeoutMs })).rejects.toMatchObject({
      code: 'EXCHANGE_NO_SANDBOX',
    })
  })
})
