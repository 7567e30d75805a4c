import type { WebSocket } from 'ws'
import type { Line } from './line.ts'

const enough = 256 * 1024
const tooMuch = 64 * 1024 * 1024
const pingMs = 30_000

/**
 * A WebSocket as a line. It is ready while less than 256 KiB wait for the client; a client that lets 64 MiB of answers
 * wait, or does not answer a ping within 30 s, is dropped.
 */
export function openSocketLine(socket: WebSocket): Line {
  let waiting = 0
  let wake: (() => void)[] = []
  const release = () => {
    for (const resolve of wake) resolve()
    wake = []
  }
  let alive = true
  const ping = setInterval(() => {
    if (!alive) return socket.terminate()
    alive = false
    socket.ping()
  }, pingMs)
  ping.unref()
  socket.on('pong', () => (alive = true))
  socket.on('error', () => socket.terminate())
  socket.on('close', () => {
    clearInterval(ping)
    release()
  })
  return {
    send(text) {
      waiting += text.length
      if (waiting > tooMuch) return socket.terminate()
      socket.send(text, () => {
        waiting -= text.length
        if (waiting < enough) release()
      })
    },
    onMessage(listener) {
      socket.on('message', (data: Buffer, isBinary) => listener(isBinary ? data : data.toString()))
    },
    onClose(listener) {
      socket.on('close', listener)
    },
    close() {
      socket.close(1001)
      setTimeout(() => socket.terminate(), 1_000).unref()
    },
    ready() {
      if (waiting < enough || socket.readyState !== socket.OPEN) return Promise.resolve()
      return new Promise((resolve) => wake.push(resolve))
    },
  }
}
