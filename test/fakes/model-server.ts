import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** What the server does with the next questions. */
export type ModelManner =
  | { readonly kind: 'answer'; readonly text: string }
  | { readonly kind: 'status'; readonly status: number }
  /** Answers with something that is no answer of this protocol. */
  | { readonly kind: 'garbage' }
  /** Takes the question and never answers. */
  | { readonly kind: 'hang' }
  /** Breaks the connection off. */
  | { readonly kind: 'cut' }

/** One question as it came over the wire. */
export interface ModelQuestion {
  readonly path: string
  readonly authorization: string | undefined
  readonly body: {
    readonly model: string
    readonly temperature?: number
    readonly max_tokens?: number
    readonly messages: readonly { readonly role: string; readonly content: unknown }[]
  }
}

export interface ModelServer {
  readonly url: string
  readonly questions: readonly ModelQuestion[]
  behave(manner: ModelManner): void
  close(): Promise<void>
}

/** A server that speaks the wire format of OpenAI's chat completions and of Anthropic's messages, on this machine. */
export async function startModelServer(): Promise<ModelServer> {
  let manner: ModelManner = { kind: 'answer', text: '{}' }
  const questions: ModelQuestion[] = []
  const server = createServer((request, response) => {
    void read(request).then((text) => {
      const { url = '', headers } = request
      const apiKey = headers['x-api-key']
      const authorization = headers.authorization ?? (typeof apiKey === 'string' ? apiKey : undefined)
      questions.push({ path: url, authorization, body: JSON.parse(text) as ModelQuestion['body'] })
      answer(manner, url, response)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    questions,
    behave(next) {
      manner = next
    },
    close() {
      server.closeAllConnections()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}

async function read(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString('utf8')
}

function answer(manner: ModelManner, path: string, response: ServerResponse): void {
  const send = (status: number, body: unknown) => {
    response.writeHead(status, { 'content-type': 'application/json' })
    response.end(typeof body === 'string' ? body : JSON.stringify(body))
  }
  switch (manner.kind) {
    case 'hang':
      return
    case 'cut':
      response.destroy()
      return
    case 'garbage':
      return send(200, '<html>not what was asked</html>')
    case 'status':
      return send(manner.status, { error: { message: 'no', type: 'error', code: null } })
    case 'answer':
      return send(200, path.endsWith('/messages') ? anthropic(manner.text) : openai(manner.text))
  }
}

function openai(text: string) {
  return {
    id: 'chatcmpl-1',
    object: 'chat.completion',
    created: 1,
    model: 'test-model',
    choices: [{ index: 0, message: { role: 'assistant', content: text }, finish_reason: 'stop' }],
    usage: { prompt_tokens: 1_000, completion_tokens: 100, total_tokens: 1_100 },
  }
}

function anthropic(text: string) {
  return {
    id: 'msg_1',
    type: 'message',
    role: 'assistant',
    model: 'test-model',
    content: [{ type: 'text', text }],
    stop_reason: 'end_turn',
    stop_sequence: null,
    usage: { input_tokens: 1_000, output_tokens: 100 },
  }
}
