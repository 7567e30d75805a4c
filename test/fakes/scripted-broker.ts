import type {
  Broker,
  BrokerBalance,
  BrokerCapabilities,
  BrokerEvent,
  BrokerPosition,
  OrderReport,
} from '#engine/ports/broker.ts'
import { type Fill, type Order, orderTypes, timesInForce } from '#shared/domain/order.ts'
import { ParleyError } from '#shared/lib/error.ts'

/** A broker that does what the test says and remembers what it was asked. */
export interface ScriptedBroker extends Broker {
  /** `submit ID`, `cancel ID`, `query ID`, `fills SINCE`, `openOrders` and so on, in order. */
  readonly calls: string[]
  /** What it knows; change it at will. */
  readonly reports: Map<string, OrderReport>
  readonly executions: Fill[]
  readonly held: BrokerPosition[]
  readonly money: BrokerBalance[]
  /** What the next calls of a kind do instead of succeeding, first come first served. */
  readonly script: {
    readonly [Call in
      | 'submit'
      | 'cancel'
      | 'replace'
      | 'query'
      | 'fills'
      | 'openOrders'
      | 'positions'
      | 'balances']: (() => unknown)[]
  }
  tell(event: BrokerEvent): void
}

/** An answer that never came: nobody knows whether the call arrived. */
export function noAnswer(): never {
  throw new ParleyError('BROKER_NO_ANSWER', 'The broker did not answer.', { retry: 'ambiguous' })
}

/** A call that was never sent. */
export function noLink(): never {
  throw new ParleyError('BROKER_DISCONNECTED', 'There is no link.', { retry: 'retryable' })
}

/** A refusal for good. */
export function refused(reason = 'refused'): () => never {
  return () => {
    throw new ParleyError('ORDER_REJECTED', reason)
  }
}

/** An answer that keeps the caller waiting for ever. */
export function hangs(): Promise<never> {
  return new Promise(() => {})
}

/** Everything but linking orders by itself. */
export const scriptedCapabilities: BrokerCapabilities = {
  orderTypes,
  timesInForce,
  replace: true,
  postOnly: true,
  reduceOnly: true,
  holdsForSale: false,
  contingencies: false,
  clientOrderId: { maximumLength: 36, pattern: /^[\w-]+$/ },
  deadManSwitch: false,
  settlesAfterMs: 0,
}

/** Creates a broker that takes everything and lets nothing happen by itself. */
export function createScriptedBroker(): ScriptedBroker {
  const calls: string[] = []
  const reports = new Map<string, OrderReport>()
  const executions: Fill[] = []
  const held: BrokerPosition[] = []
  const money: BrokerBalance[] = []
  const script: { [Call in keyof ScriptedBroker['script']]: (() => unknown)[] } = {
    submit: [],
    cancel: [],
    query: [],
    fills: [],
    openOrders: [],
    replace: [],
    positions: [],
    balances: [],
  }
  let listener: (event: BrokerEvent) => void = () => {}

  async function call(kind: keyof typeof script, about: string): Promise<void> {
    calls.push(about === '' ? kind : `${kind} ${about}`)
    await script[kind].shift()?.()
  }

  return {
    name: 'Script',
    mode: 'paper',
    capabilities: scriptedCapabilities,
    calls,
    reports,
    executions,
    held,
    money,
    script,
    tell: (event) => listener(event),
    connect(next) {
      listener = next
      listener({ kind: 'link', connected: true, latencyMs: null })
      return Promise.resolve(() => {
        listener = () => {}
      })
    },
    async submit(order: Order) {
      await call('submit', order.clientOrderId)
    },
    async cancel(clientOrderId) {
      await call('cancel', clientOrderId)
    },
    async replace(clientOrderId) {
      await call('replace', clientOrderId)
    },
    async positions() {
      await call('positions', '')
      return held
    },
    async balances() {
      await call('balances', '')
      return money
    },
    async query(clientOrderId) {
      await call('query', clientOrderId)
      return reports.get(clientOrderId)
    },
    async openOrders() {
      await call('openOrders', '')
      return [...reports.values()].filter(({ status }) => status === 'ACCEPTED' || status === 'PARTIALLY_FILLED')
    },
    async fills(sinceMs) {
      await call('fills', String(sinceMs))
      return executions.filter(({ at }) => at >= sinceMs)
    },
  }
}
