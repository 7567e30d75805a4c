import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Connection } from './connection.ts'
import { openPort, socketAddress, type Wire } from './wire.ts'

/** A wire that can be cut. */
function fakeWire(call: Wire['link']['call'] = () => Promise.resolve('answer')) {
  const gone = Promise.withResolvers<void>()
  const wire: Wire = { link: { call }, closed: gone.promise, close: () => gone.resolve() }
  return { wire, cut: () => gone.resolve() }
}

describe('the connection', () => {
  beforeEach(() => {
    vi.useFakeTimers()
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  it('KS-18 says lost after two seconds without an answer, not before, and open again with the next answer', async () => {
    let answers = true
    const connection = new Connection(() => Promise.resolve(fakeWire().wire))
    const stop = connection.start(() => (answers ? Promise.resolve() : new Promise(() => {})))
    await vi.advanceTimersByTimeAsync(600)
    expect(connection.state).toMatchObject({ phase: 'open', generation: 1 })
    answers = false
    await vi.advanceTimersByTimeAsync(1_900)
    expect(connection.state.phase).toBe('open')
    await vi.advanceTimersByTimeAsync(700)
    expect(connection.state.phase).toBe('lost')
    answers = true
    await vi.advanceTimersByTimeAsync(3_000)
    expect(connection.state.phase).toBe('open')
    stop()
  })

  it('opens another wire when one is cut, and counts it, so that all that was fetched is fetched again', async () => {
    const wires: ReturnType<typeof fakeWire>[] = []
    const connection = new Connection(() => {
      const made = fakeWire()
      wires.push(made)
      return Promise.resolve(made.wire)
    })
    const stop = connection.start(() => Promise.resolve())
    await vi.advanceTimersByTimeAsync(600)
    wires[0]?.cut()
    await vi.advanceTimersByTimeAsync(1_500)
    expect(wires.length).toBe(2)
    expect(connection.state).toMatchObject({ phase: 'open', generation: 2 })
    stop()
  })

  it('lets a call wait for the first wire', async () => {
    const opening = Promise.withResolvers<Wire>()
    const connection = new Connection(() => opening.promise)
    const stop = connection.start(() => Promise.resolve())
    const call = connection.call(['runs', 'list'], {}, { context: {} })
    opening.resolve(fakeWire().wire)
    await expect(call).resolves.toBe('answer')
    stop()
  })

  it('fails a call that gets no wire, saying how to halt without it', async () => {
    const connection = new Connection(() => new Promise(() => {}))
    const given = new AbortController()
    const call = connection.call(['runs', 'list'], {}, { context: {}, signal: given.signal })
    given.abort()
    await expect(call).rejects.toMatchObject({
      code: 'ENGINE_UNREACHABLE',
      wayOut: expect.stringContaining('parley stop'),
    })
  })
})

describe('the wire', () => {
  it('over a socket goes to /rpc of the page’s host', () => {
    expect(socketAddress({ protocol: 'http:', host: '127.0.0.1:4000' })).toBe('ws://127.0.0.1:4000/rpc')
    expect(socketAddress({ protocol: 'https:', host: 'desk.local' })).toBe('wss://desk.local/rpc')
  })

  it('over a port takes only the answer with its nonce, from its own window and origin', async () => {
    const { port1, port2 } = new MessageChannel()
    const post = vi.spyOn(window, 'postMessage').mockImplementation(() => {})
    const opening = openPort(window)
    const asked = post.mock.calls[0]?.[0] as { type: string; nonce: string }
    expect(asked.type).toBe('parley-port-please')
    let opened = false
    void opening.then(() => {
      opened = true
    })
    const answer = (nonce: string, origin: string, source: Window | null) => {
      const event = new MessageEvent('message', { data: { type: 'parley-port', nonce }, origin, source })
      Object.defineProperty(event, 'ports', { value: [port1] })
      window.dispatchEvent(event)
    }
    answer('guessed', location.origin, window)
    answer(asked.nonce, 'https://elsewhere.example', window)
    answer(asked.nonce, location.origin, null)
    await Promise.resolve()
    expect(opened).toBe(false)
    answer(asked.nonce, location.origin, window)
    const wire = await opening
    wire.close()
    port2.close()
    post.mockRestore()
  })
})
