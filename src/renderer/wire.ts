import type { ClientContext, ClientLink } from '@orpc/client'
import { RPCLink as PortLink } from '@orpc/client/message-port'
import { RPCLink as SocketLink } from '@orpc/client/websocket'

/** One open way to the desk. `closed` resolves when it is gone, whoever closed it. */
export interface Wire {
  readonly link: ClientLink<ClientContext>
  readonly closed: Promise<void>
  close(): void
}

const openMs = 5_000

/** Opens a wire: the MessagePort that the preload hands over in the desktop app, a WebSocket at /rpc elsewhere. */
export function openWire(): Promise<Wire> {
  const desktop = !location.protocol.startsWith('http') || navigator.userAgent.includes('Electron/')
  return desktop ? openPort(window) : openSocket(socketAddress(location))
}

/** The address of the desk's WebSocket beside a page: same host, /rpc; the cookie carries the token. */
export function socketAddress(page: Pick<Location, 'protocol' | 'host'>): string {
  return `${page.protocol === 'https:' ? 'wss' : 'ws'}://${page.host}/rpc`
}

/**
 * Asks the preload for a port and waits for the answer with the same nonce, from this window and this origin. Rejects
 * after 5 seconds.
 */
export function openPort(page: Window): Promise<Wire> {
  const nonce = crypto.randomUUID()
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      page.removeEventListener('message', onMessage)
      reject(new Error('The preload handed over no port.'))
    }, openMs)
    function onMessage(event: MessageEvent): void {
      const port = event.ports[0]
      if (event.source !== page || event.origin !== page.location.origin) return
      if (event.data?.type !== 'parley-port' || event.data.nonce !== nonce) return
      if (port === undefined || event.ports.length !== 1) return
      clearTimeout(timer)
      page.removeEventListener('message', onMessage)
      resolve(portWire(port))
    }
    page.addEventListener('message', onMessage)
    page.postMessage({ type: 'parley-port-please', nonce }, page.location.origin)
  })
}

function portWire(port: MessagePort): Wire {
  const gone = Promise.withResolvers<void>()
  port.addEventListener('close', () => gone.resolve())
  const link = new PortLink({ port })
  port.start()
  return {
    link,
    closed: gone.promise,
    close() {
      port.close()
      gone.resolve()
    },
  }
}

function openSocket(address: string): Promise<Wire> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(address)
    const gone = Promise.withResolvers<void>()
    const timer = setTimeout(() => socket.close(), openMs)
    socket.addEventListener('open', () => {
      clearTimeout(timer)
      resolve({ link: new SocketLink({ websocket: socket }), closed: gone.promise, close: () => socket.close() })
    })
    socket.addEventListener('close', () => {
      clearTimeout(timer)
      gone.resolve()
      reject(new Error(`No answer from ${address}.`))
    })
  })
}
