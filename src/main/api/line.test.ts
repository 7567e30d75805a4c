import { MessageChannel, type MessagePort } from 'node:worker_threads'
import { afterEach, describe, expect, it } from 'vitest'
import { createSmallRouter } from '#test/fakes/small-router.ts'
import type { UnforeseenFailure } from './errors.ts'
import { servePort } from './serve-port.ts'

describe('a line', () => {
  let port: MessagePort | undefined
  afterEach(() => port?.close())

  function serve(heartbeatMs?: number) {
    const { router, counts } = createSmallRouter()
    const failures: UnforeseenFailure[] = []
    const { port1, port2 } = new MessageChannel()
    port = port2
    servePort(port1, {
      router,
      context: { caller: 'window' },
      report: (failure) => failures.push(failure),
      ...(heartbeatMs !== undefined && { heartbeatMs }),
    })
    return { counts, failures, port: port2 }
  }

  it.each([
    ['no text', { i: '1', p: { u: '/echo' } }],
    ['no JSON', 'call me'],
    ['no id', '{"p":{"u":"/echo"}}'],
    ['no path', '{"i":"1","p":{}}'],
    ['a foreign address', '{"i":"1","p":{"u":"https://evil.example/"}}'],
    ['an upload', '{"i":"1","t":3,"p":{"e":"message"}}'],
  ])('closes on a message that is no call (%s) and reports it', async (_name, message) => {
    const { failures, port } = serve()
    const closed = new Promise((resolve) => port.once('close', resolve))
    port.postMessage(message)
    await closed
    expect(failures).toHaveLength(1)
  })

  it('does not pull a stream for a page that is silent, goes on when it is heard, and ends it when the line closes', async () => {
    const { counts, port } = serve(40)
    port.start()
    port.postMessage('{"i":"1","p":{"u":"/watch","b":{"json":{}}}}')
    await expect.poll(() => counts.taken).toBeGreaterThan(0)
    await new Promise((resolve) => setTimeout(resolve, 100))
    const { taken } = counts
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect(counts).toMatchObject({ taken, subscriptions: 1 })
    port.postMessage('{"i":"2","p":{"u":"/echo","b":{"json":{"text":"here"}}}}')
    await expect.poll(() => counts.taken).toBeGreaterThan(taken)
    port.close()
    await expect.poll(() => counts.subscriptions).toBe(0)
  })
})
