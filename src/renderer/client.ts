import { createORPCClient } from '@orpc/client'
import type { ContractRouterClient } from '@orpc/contract'
import { createTanstackQueryUtils } from '@orpc/tanstack-query'
import { createContext, use, useSyncExternalStore } from 'react'
import type { contract } from '#shared/contract/index.ts'
import { Connection, type ConnectionState } from './connection.ts'
import { openWire, type Wire } from './wire.ts'

type DeskClient = ContractRouterClient<typeof contract>

/** The page's only way to the desk: typed calls, the same as query options, and whether the engine answers. */
export interface DeskLink {
  readonly client: DeskClient
  readonly orpc: ReturnType<typeof createTanstackQueryUtils<DeskClient>>
  readonly connection: Connection
}

/** Makes the client; nothing is opened before `connection.start`. */
export function createDeskLink(open: () => Promise<Wire> = openWire): DeskLink {
  const connection = new Connection(open)
  const client: DeskClient = createORPCClient(connection)
  return { client, orpc: createTanstackQueryUtils(client), connection }
}

const DeskContext = createContext<DeskLink | null>(null)
export const DeskProvider = DeskContext.Provider

/** The desk's client and connection. */
export function useDesk(): DeskLink {
  const desk = use(DeskContext)
  if (desk === null) throw new Error('useDesk is called outside of DeskProvider.')
  return desk
}

/** Whether the engine answers, as it changes. */
export function useConnection(): ConnectionState {
  const { connection } = useDesk()
  return useSyncExternalStore(connection.subscribe, () => connection.state)
}
