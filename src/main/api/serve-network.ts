import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { OpenAPIHandler } from '@orpc/openapi/node'
import type { AnyRouter } from '@orpc/server'
import { BodyLimitPlugin } from '@orpc/server/node'
import { WebSocketServer } from 'ws'
import { pageHeaders } from '#shared/lib/content-security-policy.ts'
import { ParleyError } from '#shared/lib/error.ts'
import { type Access, type AccessVerdict, createAccess } from './access.ts'
import { errorInterceptor, type ReportFailure } from './errors.ts'
import { serveLine } from './line.ts'
import { describeApi } from './openapi.ts'
import type { PageFiles } from './page-files.ts'
import { openSocketLine } from './socket-line.ts'

export interface NetworkOptions {
  readonly router: AnyRouter
  /** 0 takes any free port. */
  readonly port: number
  /** What callers must show; at least 32 characters, random. */
  readonly token: string
  readonly version: string
  /** The built page; without it only programs are served. */
  readonly page?: PageFiles
  metrics(): Promise<string>
  readonly report: ReportFailure
}

export interface NetworkHost {
  readonly port: number
  readonly url: string
  /** The address that lets a browser in. */
  readonly tokenUrl: string
  /** Ends streams and sockets, lets answers under way finish for at most two seconds. */
  close(): Promise<void>
}

const address = '127.0.0.1'
const largestBody = 32 * 1024 * 1024
const graceMs = 2_000

/**
 * Serves the desk on this machine only: the page at /, calls at /rpc (WebSocket) and /api (OpenAPI over HTTP, streams as
 * server-sent events, described by /api/openapi.json), /healthz, and /metrics for Prometheus. Everything but /healthz
 * needs the token. Throws PORT_IN_USE.
 */
export async function serveNetwork(options: NetworkOptions): Promise<NetworkHost> {
  const server = createServer({ requestTimeout: 60_000, headersTimeout: 10_000 })
  const port = await listen(server, options.port)
  const access = createAccess(port, options.token)
  const http = createHttp(options, access)
  const open = new Set<ServerResponse>()
  server.on('request', (request, response) => {
    open.add(response)
    response.on('close', () => open.delete(response))
    http(request, response).catch((error: unknown) => {
      options.report({ reference: 'none', where: request.url ?? '', error })
      if (response.headersSent) response.destroy()
      else answer(response, 500, 'Something went wrong inside the desk.')
    })
  })
  const closeSockets = serveSockets(server, options, access)
  const url = `http://${address}:${port}/`
  return {
    port,
    url,
    tokenUrl: `${url}?token=${options.token}`,
    async close() {
      const done = new Promise<void>((resolve) => server.close(() => resolve()))
      closeSockets()
      for (const response of open) if (isEventStream(response)) response.destroy()
      server.closeIdleConnections()
      const grace = setTimeout(() => server.closeAllConnections(), graceMs)
      await done
      clearTimeout(grace)
    },
  }
}

async function listen(server: Server, port: number): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EADDRINUSE' && error.code !== 'EACCES') return reject(error)
      const code = error.code === 'EACCES' ? 'PORT_FORBIDDEN' : 'PORT_IN_USE'
      const what = error.code === 'EACCES' ? 'may not be opened by this user' : 'is in use by another program'
      reject(
        new ParleyError(code, `Port ${port} on ${address} ${what}.`, {
          details: { port },
          wayOut: 'Choose another with --port, or --port 0 for any free one.',
          cause: error,
        }),
      )
    })
    server.listen({ host: address, port }, resolve)
  })
  return (server.address() as AddressInfo).port
}

function createHttp(options: NetworkOptions, access: Access) {
  const api = new OpenAPIHandler(options.router, {
    clientInterceptors: [errorInterceptor(options.report)],
    plugins: [new BodyLimitPlugin({ maxBodySize: largestBody })],
  })
  let description: Promise<string> | undefined

  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    for (const [name, value] of Object.entries(pageHeaders)) response.setHeader(name, value)
    response.setHeader('cache-control', 'no-store')
    const source = access.checkSource(request.headers)
    if (!source.pass) return refuse(response, source)
    const url = URL.parse(request.url ?? '/', `http://${address}`)
    if (url === null) return answer(response, 400, 'This is no address.')
    const path = url.pathname
    if (path === '/healthz') return answer(response, 200, 'ok')

    const token = url.searchParams.get('token')
    if (token !== null && request.method === 'GET' && !path.startsWith('/api')) {
      if (!access.isToken(token)) return answer(response, 401, 'The token is not the one of this desk.')
      url.searchParams.delete('token')
      response.setHeader('set-cookie', access.cookie)
      response.setHeader('location', `${path.replace(/^\/+/, '/')}${url.search}`)
      return answer(response, 303, '')
    }
    const caller = access.checkCaller(request.headers)
    if (!caller.pass) return refuse(response, caller)

    if (path === '/metrics') {
      const metrics = await options.metrics()
      return answer(response, 200, metrics, 'text/plain; version=0.0.4; charset=utf-8')
    }
    if (path === '/api/openapi.json') {
      description ??= describeApi(options.router, options.version)
      return answer(response, 200, await description, 'application/json')
    }
    if (path === '/api' || path.startsWith('/api/')) {
      const { matched } = await api.handle(request, response, { prefix: '/api', context: { caller: 'network' } })
      if (!matched) answer(response, 404, 'There is no such call; see /api/openapi.json.')
      return
    }
    if (request.method !== 'GET' && request.method !== 'HEAD') return answer(response, 405, 'Only GET.')
    const file = await options.page?.read(decodePath(path))
    if (file === undefined) return answer(response, 404, 'There is no such file.')
    if (file.immutable) response.setHeader('cache-control', 'private, max-age=31536000, immutable')
    answer(response, 200, file.body, file.type)
  }
}

function serveSockets(server: Server, options: NetworkOptions, access: Access): () => void {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: largestBody, clientTracking: false })
  const lines = new Set<() => void>()
  server.on('upgrade', (request, socket, head) => {
    socket.on('error', () => socket.destroy())
    const verdicts = [access.checkSource(request.headers), access.checkCaller(request.headers)]
    const refusal = verdicts.find((verdict) => !verdict.pass)
    const path = (request.url ?? '').split('?', 1)[0]
    if (refusal !== undefined || path !== '/rpc') {
      const status = refusal !== undefined && !refusal.pass ? refusal.status : 404
      socket.end(`HTTP/1.1 ${status} Refused\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`)
      return
    }
    sockets.handleUpgrade(request, socket, head, (webSocket) => {
      const line = openSocketLine(webSocket)
      const stop = serveLine(line, { router: options.router, context: { caller: 'network' }, report: options.report })
      lines.add(stop)
      line.onClose(() => lines.delete(stop))
    })
  })
  return () => {
    for (const stop of lines) stop()
  }
}

function isEventStream(response: ServerResponse): boolean {
  return String(response.getHeader('content-type')).startsWith('text/event-stream')
}

function refuse(response: ServerResponse, verdict: Extract<AccessVerdict, { pass: false }>): void {
  answer(response, verdict.status, verdict.message)
}

function answer(
  response: ServerResponse,
  status: number,
  body: string | Uint8Array,
  type = 'text/plain; charset=utf-8',
) {
  response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(body) }).end(body)
}

function decodePath(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch {
    return ''
  }
}
