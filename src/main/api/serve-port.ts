import type { Stop } from '#shared/lib/clock.ts'
import { type Line, type LineOptions, serveLine } from './line.ts'

/** Electron's MessagePortMain: its listeners get an event. */
interface MainPort {
  on(event: 'message', listener: (event: { data: unknown }) => void): unknown
  on(event: 'close', listener: () => void): unknown
  postMessage(data: unknown): void
  start(): void
  close(): void
}

/** Node's or the browser's MessagePort. */
interface EventPort {
  addEventListener(event: 'message', listener: (event: { data: unknown }) => void): unknown
  addEventListener(event: 'close', listener: () => void): unknown
  postMessage(data: unknown): void
  start(): void
  close(): void
}

export type ServablePort = MainPort | EventPort

export interface PortOptions extends LineOptions {
  /**
   * Streams wait while nothing was heard from the other end for this long, since a port does not tell how much waits in
   * it, and a frozen page's streams would pile up. Leave it out where the other end sends no heartbeat.
   */
  readonly heartbeatMs?: number
}

/** Serves the router over a MessagePort of Electron or Node and starts the port; the returned Stop closes it. */
export function servePort(port: ServablePort, options: PortOptions): Stop {
  const heart = createHeart(options.heartbeatMs ?? Number.POSITIVE_INFINITY)
  const line: Line = {
    send: (text) => port.postMessage(text),
    onMessage(listener) {
      const onMessage = (event: { data: unknown }) => {
        heart.beat()
        listener(event.data)
      }
      if ('addEventListener' in port) port.addEventListener('message', onMessage)
      else port.on('message', onMessage)
    },
    onClose(listener) {
      if ('addEventListener' in port) port.addEventListener('close', listener)
      else port.on('close', listener)
    },
    close() {
      port.close()
      heart.beat()
    },
    ready: () => heart.ready(),
  }
  const stop = serveLine(line, options)
  port.start()
  return stop
}

function createHeart(heartbeatMs: number) {
  let heardAt = performance.now()
  let waiting: (() => void)[] = []
  return {
    beat() {
      heardAt = performance.now()
      for (const resolve of waiting) resolve()
      waiting = []
    },
    ready(): Promise<void> {
      if (performance.now() - heardAt <= heartbeatMs) return Promise.resolve()
      return new Promise((resolve) => waiting.push(resolve))
    },
  }
}
