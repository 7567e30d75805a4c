import { mkdtempSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ResearchTask } from '#shared/domain/profile.ts'
import { researchTask } from '#test/builders/briefing.ts'
import { createCustomSources } from './custom-sources.ts'

const folder = mkdtempSync(join(tmpdir(), 'parley-custom-'))
const environment = { PATH: process.env['PATH'], GLASS_KEY: 'k-1234', UNRELATED_SECRET: 's-5678' }
const sources = createCustomSources({ environment, folder })
const never = new AbortController().signal

const find = (about: Partial<ResearchTask>, signal = never, instrument = 'BTC/USDT') =>
  sources.find(researchTask(['glass'], about), instrument, signal)
const unavailable = (reason: RegExp, retry = 'definitive') =>
  expect.objectContaining({ code: 'SOURCE_UNAVAILABLE', message: expect.stringMatching(reason), retry })

describe('a custom source over HTTP', () => {
  const asked: { url: string; key: string | undefined; body: string }[] = []
  let address = ''

  function answer(request: IncomingMessage, response: ServerResponse) {
    const url = request.url ?? ''
    let body = ''
    request.on('data', (chunk) => (body += chunk))
    request.on('end', () => {
      asked.push({ url, key: request.headers['x-key'] as string | undefined, body })
      if (url.startsWith('/slow')) return
      if (url.startsWith('/busy')) response.writeHead(503).end()
      else if (url.startsWith('/gone')) response.writeHead(404).end()
      else if (url.startsWith('/away')) response.writeHead(302, { location: '/value' }).end()
      else if (url.startsWith('/text')) response.end('hello')
      else if (url.startsWith('/large')) response.end(`"${'x'.repeat(1_000_001)}"`)
      else if (url.startsWith('/finding')) {
        response.end(JSON.stringify({ value: 3, direction: 'up', confidence: 0.8, summary: 'Three\nwhales.' }))
      } else response.end(JSON.stringify({ data: [{ 'a/b': 41.5 }, { none: null }] }))
    })
  }

  const server = createServer(answer)
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  })
  afterAll(() => {
    server.closeAllConnections()
    server.close()
  })
  const http = (path: string, about: Partial<ResearchTask['http']> = {}) => ({
    http: { url: `${address}${path}`, pointer: '', headers: {}, ...about },
  })

  it('is asked for the instrument, and its value is taken from where the pointer points', async () => {
    const found = await find(http('/value/{base}/{quote}?of={instrument}', { pointer: '/data/0/a~1b' }))
    expect(found).toEqual({ value: 41.5 })
    expect(asked.at(-1)).toEqual({ url: '/value/BTC/USDT?of=BTC%2FUSDT', key: undefined, body: '' })
  })

  it('may answer a whole finding, whose words are made one line', async () => {
    expect(await find(http('/finding'))).toEqual({
      value: 3,
      direction: 'up',
      confidence: 0.8,
      summary: 'Three whales.',
    })
  })

  it('gets its key from the environment, and nothing without it', async () => {
    await find(http('/finding', { headers: { 'X-Key': 'GLASS_KEY' } }))
    expect(asked.at(-1)?.key).toBe('k-1234')
    await expect(find(http('/finding', { headers: { 'X-Key': 'NO_KEY' } }))).rejects.toEqual(
      unavailable(/environment variable NO_KEY/),
    )
  })

  it('gets no key over an open line to another machine', async () => {
    const open = { http: { url: 'http://example.test/', pointer: '', headers: { 'X-Key': 'GLASS_KEY' } } }
    await expect(find(open)).rejects.toEqual(unavailable(/https only/))
  })

  it.each([
    ['/gone', '', /answered 404/, 'definitive'],
    ['/busy', '', /answered 503/, 'retryable'],
    ['/away', '', /302/, 'definitive'],
    ['/text', '', /no JSON/, 'definitive'],
    ['/large', '', /more than 1 MB/, 'definitive'],
    ['/value', '/data/7', /nothing at "\/data\/7"/, 'definitive'],
    ['/value', '/data/1/none', /nothing at/, 'definitive'],
    ['/value', '/data', /no finding/, 'definitive'],
  ])('%s at "%s" is unavailable with a reason', async (path, pointer, reason, retry) => {
    await expect(find(http(path, { pointer }))).rejects.toEqual(unavailable(reason, retry))
  })

  it('that nobody answers at is unavailable', async () => {
    const dead = { http: { url: 'http://127.0.0.1:1/', pointer: '', headers: {} } }
    await expect(find(dead)).rejects.toEqual(unavailable(/127\.0\.0\.1:1 cannot be reached/, 'retryable'))
  })

  it('that is silent is given up before the task’s time is over, and at once when the question is withdrawn', async () => {
    await expect(find({ ...http('/slow'), timeoutSeconds: 0.1 })).rejects.toEqual(
      unavailable(/did not answer within 0\.1 s/, 'retryable'),
    )
    const withdrawn = new AbortController()
    const answer = find(http('/slow'), withdrawn.signal)
    withdrawn.abort(new Error('too late'))
    await expect(answer).rejects.toThrow('too late')
  })
})

describe('a custom source that is a script', () => {
  let scripts = 0
  /** A task that runs a Node program of one line. */
  function script(code: string): Pick<ResearchTask, 'script'> {
    const file = join(folder, `script-${scripts++}.cjs`)
    writeFileSync(file, code)
    return { script: { command: process.execPath, args: [file] } }
  }
  const print = (expression: string) =>
    script(`const goal = JSON.parse(require('fs').readFileSync(0, 'utf8')); console.log(JSON.stringify(${expression}))`)

  it('is given the goal on stdin, nothing else, and prints its finding', async () => {
    const { summary } = await find(print('{ value: 1, summary: JSON.stringify(goal) }'))
    expect(JSON.parse(summary ?? '')).toEqual({ instrument: 'BTC/USDT', base: 'BTC', quote: 'USDT' })
    expect(await find(print('{ value: goal.base + goal.quote }'), never, 'SPY')).toEqual({ value: 'SPY' })
  })

  it('sees no key of the desk’s environment', async () => {
    const { value } = await find(print('{ value: Object.keys(process.env).join() }'))
    expect(String(value).split(',')).toContain('PATH')
    expect(value).not.toContain('SECRET')
    expect(value).not.toContain('KEY')
  })

  it('is read by no shell', async () => {
    const program = 'console.log(JSON.stringify({ value: process.argv[1] }))'
    const task = { script: { command: process.execPath, args: ['-e', program, '$HOME; echo `id`'] } }
    expect(await find(task)).toEqual({ value: '$HOME; echo `id`' })
  })

  it.each([
    ['says why it has nothing', 'console.log(\'{ "unavailable": "closed on Sundays" }\')', /closed on Sundays/],
    ['fails', "console.error('no luck'); process.exit(3)", /ended with 3: no luck/],
    ['prints no JSON', "console.log('hello')", /printed no JSON/],
    ['prints no finding', "console.log('{}')", /no finding: value/],
    ['prints a confidence of two', 'console.log(\'{"value":1,"confidence":2}\')', /no finding: confidence/],
    ['prints too much', "process.stdout.write('x'.repeat(2e6)); setInterval(() => {}, 1e3)", /more than 1 MB/],
  ])('that %s is unavailable with a reason', async (_what, code, reason) => {
    await expect(find(script(code))).rejects.toMatchObject({
      code: 'SOURCE_UNAVAILABLE',
      message: expect.stringMatching(reason),
    })
  })

  it('that is not there is unavailable', async () => {
    const missing = { script: { command: join(folder, 'nothing'), args: [] } }
    await expect(find(missing)).rejects.toEqual(unavailable(/cannot be run/))
  })

  it('that hangs is ended with all that it started', async () => {
    const child = "require('child_process').spawn(process.execPath, ['-e', 'setInterval(() => {}, 1e3)'])"
    const file = join(folder, 'child.pid')
    const code = `require('fs').writeFileSync(${JSON.stringify(file)}, String(${child}.pid)); setInterval(() => {}, 1e3)`
    const limit = { timeoutSeconds: 0.6 }
    await expect(find({ ...script(code), ...limit })).rejects.toEqual(unavailable(/did not answer/, 'retryable'))
    const { readFileSync } = await import('node:fs')
    const pid = Number(readFileSync(file, 'utf8'))
    const isAlive = () => {
      try {
        // A zombie that nobody has waited for yet is dead all the same.
        return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
      } catch {
        return false
      }
    }
    await expect.poll(isAlive).toBe(false)
  })
})
