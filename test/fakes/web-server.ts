import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** What was asked of the server. */
export interface Asked {
  readonly path: string
  readonly query: URLSearchParams
  readonly headers: IncomingMessage['headers']
}

/** A local web server that answers as it is told to. */
export interface WebServer {
  /** http://127.0.0.1:PORT */
  readonly address: string
  readonly asked: Asked[]
  /** Takes the next answers of a path, or of any path, first come first served; the last one stays. */
  answer(path: string, ...answers: Answer[]): void
  /** Resolves when so many questions have come in all. */
  arrived(count: number): Promise<void>
  close(): Promise<void>
}

export type Answer = (response: ServerResponse, request: Asked) => void

/** A whole good answer. */
export function body(text: string | Uint8Array, type = 'application/json'): Answer {
  return (response) => response.writeHead(200, { 'content-type': type }).end(text)
}

/** A refusal, with headers such as retry-after. */
export function status(code: number, headers: Record<string, string> = {}, text = ''): Answer {
  return (response) => response.writeHead(code, headers).end(text)
}

/** Takes the question and never answers. */
export const silence: Answer = () => undefined

/** Promises a body, sends half of it and hangs up. */
export function half(text: string): Answer {
  return (response) => {
    response.writeHead(200, { 'content-length': String(Buffer.byteLength(text)) })
    response.write(text.slice(0, text.length / 2), () => response.destroy())
  }
}

/** Starts a server on a free port of this machine. */
export async function startWebServer(): Promise<WebServer> {
  const answers = new Map<string, Answer[]>()
  const asked: Asked[] = []
  const waiting: { count: number; resolve: () => void }[] = []
  const server: Server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://127.0.0.1')
    const question = { path: url.pathname, query: url.searchParams, headers: request.headers }
    asked.push(question)
    for (const { count, resolve } of waiting) if (asked.length >= count) resolve()
    const queue = answers.get(url.pathname) ?? answers.get('*') ?? []
    const next = queue.length > 1 ? queue.shift() : queue[0]
    if (next === undefined) response.writeHead(404).end()
    else next(response, question)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    address: `http://127.0.0.1:${port}`,
    asked,
    answer: (path, ...list) => answers.set(path, list),
    arrived: (count) =>
      asked.length >= count ? Promise.resolve() : new Promise((resolve) => waiting.push({ count, resolve })),
    close() {
      server.closeAllConnections()
      return new Promise((resolve) => {
        server.close(() => resolve())
      })
    },
  }
}
