import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createVirtualClock } from '#shared/lib/virtual-clock.ts'
import { body, half, silence, startWebServer, status, type WebServer } from '#test/fakes/web-server.ts'
import { createHttpClient } from './http-client.ts'
import { retryAfterMs } from './retry-after.ts'

const servers: WebServer[] = []
let server: WebServer
beforeAll(async () => {
  server = await start()
})
afterAll(async () => {
  await Promise.all(servers.map((one) => one.close()))
})

async function start(): Promise<WebServer> {
  const started = await startWebServer()
  servers.push(started)
  return started
}

const now = Date.UTC(2026, 4, 20, 9)

function client(options: { maximumBytes?: number; perMinute?: number; of?: WebServer } = {}) {
  const { maximumBytes = 10_000, perMinute = 100, of = server } = options
  const clock = createVirtualClock(now)
  const http = createHttpClient({ clock, timeoutMs: 10_000, maximumBytes })
  const get = (path: string) =>
    http.get({
      source: 'news',
      address: new URL(`${of.address}${path}?api_key=hush`),
      headers: { 'x-key': 'hush' },
      perMinute,
    })
  return { clock, http, get }
}

const fails = (retry: string, cause: string) => ({
  code: 'SOURCE_UNAVAILABLE',
  retry,
  details: { source: 'news', cause },
})

describe('asking a web address', () => {
  it('gives the body of a good answer, whatever its parts', async () => {
    const text = 'ä€😀'.repeat(500)
    server.answer('/good', (response) => {
      const bytes = Buffer.from(text)
      response.write(bytes.subarray(0, 1_001), () => response.end(bytes.subarray(1_001)))
    })
    expect(await client().get('/good')).toBe(text)
  })

  it('gives up on a host that takes too long, and may be asked again', async () => {
    const host = await start()
    host.answer('*', silence)
    const { clock, get } = client({ of: host })
    const answer = get('/silent')
    const failed = expect(answer).rejects.toMatchObject(fails('retryable', 'timeout'))
    await host.arrived(1)
    clock.step()
    await failed
    expect(clock.now()).toBe(now + 10_000)
  })

  it('tells a failure that may pass from one that will not', async () => {
    const { get } = client()
    for (const [code, retry] of [
      [500, 'retryable'],
      [502, 'retryable'],
      [503, 'retryable'],
      [400, 'definitive'],
      [404, 'definitive'],
    ] as const) {
      server.answer('/fails', status(code))
      await expect(get('/fails')).rejects.toMatchObject({ retry, details: { cause: 'failure', status: code } })
    }
    server.answer('/refused', status(403))
    await expect(get('/refused')).rejects.toMatchObject(fails('definitive', 'refused'))
    server.answer('/half', half('x'.repeat(9_000)))
    await expect(get('/half')).rejects.toMatchObject(fails('retryable', 'no connection'))
    const gone = await startWebServer()
    await gone.close()
    await expect(client({ of: gone }).get('/')).rejects.toMatchObject({
      ...fails('retryable', 'no connection'),
      message: expect.stringContaining('ECONNREFUSED'),
    })
  })

  it('reads no more than the limit of a huge answer', async () => {
    let sent = 0
    server.answer('/huge', (response) => {
      const more = () => {
        while (!response.destroyed && response.write(Buffer.alloc(64_000))) sent += 64_000
        sent += 64_000
        if (sent < 50_000_000) response.once('drain', more)
      }
      more()
    })
    await expect(client().get('/huge')).rejects.toMatchObject(fails('definitive', 'too large'))
    expect(sent).toBeLessThan(20_000_000)
  })

  it('leaves a host alone for as long as it asks, and tells the executor so', async () => {
    const host = await start()
    host.answer('*', status(429, { 'retry-after': '7' }), body('again'))
    const { clock, get } = client({ of: host })
    const refused = { retry: 'retryable', details: { rateLimited: true, retryAfterMs: 7_000, cause: 'rate limit' } }
    await expect(get('/a')).rejects.toMatchObject(refused)
    await expect(get('/b')).rejects.toMatchObject(refused)
    expect(host.asked).toHaveLength(1)
    clock.after(7_000, () => undefined)
    clock.step()
    expect(await get('/b')).toBe('again')
  })

  it('rests of itself where a host says no time, and takes an overload for what it is', async () => {
    const host = await start()
    host.answer('*', status(429))
    await expect(client({ of: host }).get('/a')).rejects.toMatchObject({ details: { retryAfterMs: 30_000 } })
    host.answer('*', status(503, { 'retry-after': '3' }))
    await expect(client({ of: host }).get('/a')).rejects.toMatchObject({
      details: { status: 503, retryAfterMs: 3_000 },
    })
  })

  it('asks a host no more often than agreed: it waits a little, and does not wait long', async () => {
    const host = await start()
    host.answer('*', body('yes'))
    const { clock, get } = client({ of: host, perMinute: 2 })
    await get('/1')
    clock.after(55_000, () => undefined)
    clock.step()
    await get('/2')
    const third = get('/3')
    expect(host.asked).toHaveLength(2)
    clock.step()
    expect(await third).toBe('yes')
    expect(clock.now()).toBe(now + 60_000)
    await expect(get('/4')).rejects.toMatchObject({ details: { rateLimited: true, retryAfterMs: 55_000 } })
    expect(host.asked).toHaveLength(3)
  })

  it('EL-8 never tells a key: not in a message, not in details', async () => {
    server.answer('/key', status(500), status(401), status(429), half('hello'))
    const { get } = client()
    for (let time = 0; time < 4; time++) {
      const error = await get('/key').catch((thrown: unknown) => thrown as Error & { details: unknown })
      expect(`${String(error)} ${JSON.stringify(error)}`).not.toContain('hush')
    }
  })

  it('EL-8 carries no key on to where a host points, and follows where there is none', async () => {
    const elsewhere = await start()
    elsewhere.answer('*', body('there'))
    server.answer('/moved', status(302, { location: `${elsewhere.address}/there` }))
    await expect(client().get('/moved')).rejects.toMatchObject({ code: 'SOURCE_UNAVAILABLE' })
    expect(elsewhere.asked).toEqual([])
    const { http } = client()
    expect(await http.get({ source: 'news', address: new URL(`${server.address}/moved`), perMinute: 9 })).toBe('there')
  })

  it('ends what is under way when it is closed', async () => {
    const host = await start()
    host.answer('*', silence)
    const { http, get } = client({ of: host })
    const answer = get('/')
    const failed = expect(answer).rejects.toThrow('closing')
    await host.arrived(1)
    http.close()
    await failed
    await expect(get('/')).rejects.toThrow('closing')
  })
})

describe('Retry-After', () => {
  it.each([
    ['120', 120_000],
    ['0', 0],
    ['0.5', 500],
    ['Wed, 20 May 2026 09:00:30 GMT', 30_000],
    ['Wed, 20 May 2026 08:00:00 GMT', 0],
    ['999999', 3_600_000],
  ])('%s is %d ms', (header, expected) => {
    expect(retryAfterMs(header, now)).toBe(expected)
  })
  it.each([null, '', 'soon', '-5x'])('%s says nothing', (header) => {
    expect(retryAfterMs(header, now)).toBeUndefined()
  })
})
