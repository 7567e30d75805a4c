import { MessageChannel } from 'node:worker_threads'
import { createSmallRouter, smallContract } from '#test/fakes/small-router.ts'
import { connectHttp, connectPort, connectSocket, serveForTests } from '#test/fakes/transports.ts'

/** One transport: round trips a second one after another and with 32 under way, and how long one takes. */
export interface RoundTrips {
  readonly name: string
  readonly perSecond: number
  readonly perSecond32: number
  readonly p50Us: number
  readonly p99Us: number
}

const warmUp = 300
const measureMs = 1_500

/**
 * Round trips of one small call, both ends in this thread: input and output checked by schema, over a MessagePort, a
 * WebSocket and OpenAPI on the loopback, beside a bare postMessage echo, which is what the platform itself costs.
 */
export async function benchContract(): Promise<readonly RoundTrips[]> {
  const { router } = createSmallRouter()
  const report = () => {}
  const echo = openEcho()
  const port = connectPort<typeof smallContract>(router, report)
  const host = await serveForTests(router, report)
  const socket = await connectSocket<typeof smallContract>(host)
  const http = connectHttp(smallContract, host)
  const rows = [
    await measure('bare postMessage echo', () => echo.call('hello')),
    await measure('oRPC over a MessagePort', () => port.client.echo({ text: 'hello' })),
    await measure('oRPC over a WebSocket', () => socket.client.echo({ text: 'hello' })),
    await measure('OpenAPI over HTTP', () => http.client.echo({ text: 'hello' })),
  ]
  echo.close()
  port.stop()
  socket.socket.terminate()
  await host.close()
  print(rows)
  return rows
}

async function measure(name: string, call: () => Promise<unknown>): Promise<RoundTrips> {
  for (let index = 0; index < warmUp; index++) await call()
  const times: number[] = []
  const startedMs = performance.now()
  for (let at = startedMs; at - startedMs < measureMs; ) {
    await call()
    const now = performance.now()
    times.push(now - at)
    at = now
  }
  const perSecond = (times.length / (performance.now() - startedMs)) * 1_000
  times.sort((a, b) => a - b)
  const quantile = (share: number) => (times[Math.floor(times.length * share)] ?? Number.NaN) * 1_000
  return { name, perSecond, perSecond32: await inFlight(32, call), p50Us: quantile(0.5), p99Us: quantile(0.99) }
}

async function inFlight(width: number, call: () => Promise<unknown>): Promise<number> {
  const startedMs = performance.now()
  let done = 0
  const worker = async () => {
    for (; performance.now() - startedMs < measureMs; done++) await call()
  }
  await Promise.all(Array.from({ length: width }, worker))
  return (done / (performance.now() - startedMs)) * 1_000
}

function openEcho() {
  const { port1, port2 } = new MessageChannel()
  port1.on('message', (data) => port1.postMessage(data))
  const waiting: ((data: unknown) => void)[] = []
  port2.on('message', (data) => waiting.shift()?.(data))
  return {
    call: (text: string) =>
      new Promise((resolve) => {
        waiting.push(resolve)
        port2.postMessage(text)
      }),
    close: () => port1.close(),
  }
}

function print(rows: readonly RoundTrips[]): void {
  const width = Math.max(...rows.map(({ name }) => name.length))
  const figure = (value: number) => Math.round(value).toLocaleString('en-US').padStart(12)
  const heads = ['one by one', '32 at once', 'p50', 'p99'].map((head) => head.padStart(15)).join('')
  console.log(`Contract: round trips\n  ${' '.repeat(width)}${heads}`)
  for (const { name, perSecond, perSecond32, p50Us, p99Us } of rows) {
    const cells = [`${figure(perSecond)} /s`, `${figure(perSecond32)} /s`, `${figure(p50Us)} us`, `${figure(p99Us)} us`]
    console.log(`  ${name.padEnd(width)}${cells.join('')}`)
  }
}
