import { MessageChannel } from 'node:worker_threads'
import { createORPCClient } from '@orpc/client'
import { RPCLink as PortLink } from '@orpc/client/message-port'
import { RPCLink as SocketLink } from '@orpc/client/websocket'
import type { AnyContractRouter, ContractRouterClient } from '@orpc/contract'
import { OpenAPILink } from '@orpc/openapi-client/fetch'
import type { AnyRouter } from '@orpc/server'
import { WebSocket } from 'ws'
import type { ReportFailure } from '#api/errors.ts'
import { type NetworkHost, serveNetwork } from '#api/serve-network.ts'
import { servePort } from '#api/serve-port.ts'

/** A client at the other end of a MessageChannel of Node's. */
export function connectPort<Contract extends AnyContractRouter>(router: AnyRouter, report: ReportFailure) {
  const { port1, port2 } = new MessageChannel()
  const stop = servePort(port1, { router, context: { caller: 'window' }, report })
  port2.start()
  const client: ContractRouterClient<Contract> = createORPCClient(new PortLink({ port: port2 }))
  return { client, port: port2, stop }
}

export const testToken = 'a-token-of-the-tests-and-of-nothing-else'

export function serveForTests(router: AnyRouter, report: ReportFailure): Promise<NetworkHost> {
  return serveNetwork({
    router,
    port: 0,
    token: testToken,
    version: '0.0.0',
    metrics: () => Promise.resolve('up 1\n'),
    report,
  })
}

/** A program's client over the host's WebSocket. */
export async function connectSocket<Contract extends AnyContractRouter>(host: NetworkHost) {
  const socket = new WebSocket(`ws://127.0.0.1:${host.port}/rpc`, { headers: { authorization: `Bearer ${testToken}` } })
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject))
  const client: ContractRouterClient<Contract> = createORPCClient(
    new SocketLink({ websocket: socket as unknown as globalThis.WebSocket }),
  )
  return { client, socket }
}

/** A program's client over the host's OpenAPI. `cut` ends every request it has under way. */
export function connectHttp<Contract extends AnyContractRouter>(contract: Contract, host: NetworkHost) {
  const cut = new AbortController()
  const link = new OpenAPILink(contract, {
    url: `${host.url}api`,
    headers: { authorization: `Bearer ${testToken}` },
    fetch: (request, init) => fetch(request, { ...init, signal: AbortSignal.any([request.signal, cut.signal]) }),
  })
  const client = createORPCClient(link) as ContractRouterClient<Contract>
  return { client, cut: () => cut.abort() }
}
