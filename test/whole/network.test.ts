import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { request } from 'node:http'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { openPageFiles } from '#api/page-files.ts'
import { type NetworkHost, serveNetwork } from '#api/serve-network.ts'
import { createSmallRouter } from '#test/fakes/small-router.ts'
import { testToken as token } from '#test/fakes/transports.ts'

interface Reply {
  readonly status: number
  readonly headers: Record<string, string | string[] | undefined>
  readonly body: string
}

describe('the network host', () => {
  const { router, counts } = createSmallRouter()
  const bearer = { authorization: `Bearer ${token}` }
  let folder: string
  let host: NetworkHost

  async function serve(port: number): Promise<NetworkHost> {
    const page = await openPageFiles(folder)
    const metrics = () => Promise.resolve('parley_up 1\n')
    return serveNetwork({ router, port, token, version: '1.2.3', page, metrics, report: () => {} })
  }

  // Not fetch: it would not let a test say what a foreign page's browser says.
  function ask(path: string, headers: Record<string, string> = {}, method = 'GET', body = ''): Promise<Reply> {
    return new Promise((resolve, reject) => {
      const asking = request({ host: '127.0.0.1', port: host.port, path, method, headers }, (response) => {
        let text = ''
        response.on('data', (chunk) => (text += chunk))
        response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }))
      })
      asking.on('error', reject).end(body)
    })
  }

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'parley-network-'))
    await writeFile(join(folder, 'index.html'), '<p>page</p>')
    await writeFile(join(folder, 'app.js'), 'go()')
    host = await serve(0)
  })
  afterAll(async () => {
    await host.close()
    await rm(folder, { recursive: true })
  })

  it('listens on the loopback only', async () => {
    expect(host.url).toBe(`http://127.0.0.1:${host.port}/`)
    await expect(
      new Promise((resolve, reject) => connect(host.port, '127.0.0.2').once('connect', resolve).once('error', reject)),
    ).rejects.toMatchObject({ code: 'ECONNREFUSED' })
  })

  it('lets a browser in by its address once, and keeps the token out of the address after that', async () => {
    const first = await ask(new URL(host.tokenUrl).pathname + new URL(host.tokenUrl).search)
    expect(first).toMatchObject({ status: 303, headers: { location: '/' } })
    const cookie = String(first.headers['set-cookie']).split(';', 1)[0] ?? ''
    expect(await ask('/', { cookie })).toMatchObject({ status: 200, body: '<p>page</p>' })
    expect(await ask('/app.js', { cookie })).toMatchObject({ status: 200, body: 'go()' })
  })

  it('never sends a browser elsewhere on the way in', async () => {
    for (const path of ['//evil.example/', '/.//evil.example/', '/\\\\evil.example/', '/%2f/evil.example/']) {
      const { headers } = await ask(`${path}?token=${token}`)
      expect(new URL(String(headers['location']), host.url).host, path).toBe(`127.0.0.1:${host.port}`)
    }
  })

  it.each(['/', '/app.js', '/metrics', '/api/openapi.json', '/api/echo?text=a', '/?token=wrong'])(
    'refuses %s without the token',
    async (path) => expect(await ask(path)).toMatchObject({ status: 401 }),
  )

  it('tells everyone on this machine only that it is up', async () => {
    expect(await ask('/healthz')).toMatchObject({ status: 200, body: 'ok' })
  })

  it('refuses another page and a rebound name, token or not', async () => {
    expect(await ask('/api/echo?text=a', { ...bearer, origin: 'http://127.0.0.1:1' })).toMatchObject({ status: 403 })
    expect(await ask('/healthz', { host: `evil.example:${host.port}` })).toMatchObject({ status: 421 })
    for (const headers of [
      { ...bearer, origin: 'https://evil.example' },
      { ...bearer, host: `evil.example:${host.port}` },
      {},
    ]) {
      const socket = new WebSocket(`ws://127.0.0.1:${host.port}/rpc`, { headers })
      const refusal = await new Promise((resolve) => socket.once('error', resolve).once('open', () => resolve('open')))
      expect(String(refusal)).toMatch(/Unexpected server response: 4/)
    }
  })

  it('sends a strict policy with everything', async () => {
    const { headers } = await ask('/', bearer)
    expect(headers['content-security-policy']).toContain("default-src 'none'; script-src 'self';")
    expect(headers['content-security-policy']).not.toContain('unsafe-eval')
    expect(headers['x-content-type-options']).toBe('nosniff')
    expect(headers['referrer-policy']).toBe('no-referrer')
  })

  it('shows the metrics and describes the API to who has the token', async () => {
    expect(await ask('/metrics', bearer)).toMatchObject({ status: 200, body: 'parley_up 1\n' })
    const document = JSON.parse((await ask('/api/openapi.json', bearer)).body)
    expect(document).toMatchObject({ openapi: expect.stringMatching(/^3\.1/), info: { version: '1.2.3' } })
    expect(Object.keys(document.paths)).toContain('/echo')
  })

  it('answers plain HTTP with the code of a refusal', async () => {
    const reply = await ask(
      '/api/refuse',
      { ...bearer, 'content-type': 'application/json' },
      'POST',
      '{"quantity":"3"}',
    )
    expect(reply.status).toBe(409)
    expect(JSON.parse(reply.body)).toMatchObject({ code: 'ORDER_TOO_LARGE', data: { wayOut: 'Ask for at most 2.5.' } })
    expect(await ask('/api/no-such-call', bearer)).toMatchObject({ status: 404 })
    const broken = await ask('/api/refuse', { ...bearer, 'content-type': 'application/json' }, 'POST', '{"quant')
    expect(broken.status).toBe(400)
  })

  it('says which port is in use and what to do', async () => {
    await expect(serve(host.port)).rejects.toMatchObject({
      code: 'PORT_IN_USE',
      message: expect.stringContaining(String(host.port)),
      wayOut: expect.stringContaining('--port'),
    })
  })

  it.each([
    [
      'a WebSocket',
      `GET /rpc HTTP/1.1\r\nHost: HOST\r\nAuthorization: Bearer ${token}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
        'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
      maskedFrame('{"i":"1","p":{"u":"/watch","b":{"json":{"bytes":65536}}}}'),
    ],
    ['OpenAPI', `GET /api/numbers?bytes=65536 HTTP/1.1\r\nHost: HOST\r\nAuthorization: Bearer ${token}\r\n\r\n`, ''],
  ])(
    'over %s, a client that never reads holds the source back instead of filling memory',
    async (_name, head, frame) => {
      const before = counts.taken
      const socket = connect(host.port, '127.0.0.1')
      socket.pause()
      await new Promise((resolve) => socket.once('connect', resolve))
      socket.write(head.replace('HOST', `127.0.0.1:${host.port}`))
      await new Promise((resolve) => setTimeout(resolve, 100))
      socket.write(frame)
      await expect.poll(() => counts.subscriptions).toBe(1)
      // The system's own socket buffers take some megabytes; then nothing more may be taken from the source.
      let taken = -1
      await expect
        .poll(
          () => {
            const still = counts.taken === taken
            taken = counts.taken
            return still
          },
          { interval: 300, timeout: 20_000 },
        )
        .toBe(true)
      expect((taken - before) * 65_536).toBeLessThan(32 * 1024 * 1024)
      await new Promise((resolve) => setTimeout(resolve, 300))
      expect(counts.taken).toBe(taken)
      socket.destroy()
      await expect.poll(() => counts.subscriptions).toBe(0)
    },
  )
})

/** A WebSocket text frame as a client sends it; the mask is zero, so the text stays as it is. */
function maskedFrame(text: string): Buffer {
  const body = Buffer.from(text)
  if (body.length > 125) throw new Error('Only short frames.')
  return Buffer.concat([Buffer.from([0x81, 0x80 | body.length, 0, 0, 0, 0]), body])
}
