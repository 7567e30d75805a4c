import { createExchangeBroker } from '#adapters/ccxt/broker.ts'
import { quoteOf, type SandboxConfig } from '#adapters/ccxt/config.ts'
import type { Broker } from '#engine/ports/broker.ts'
import { cashChange } from '#engine/trading/positions/positions.ts'
import type { Clock } from '#shared/lib/clock.ts'
import { type Decimal, subtract, sum, ZERO } from '#shared/lib/decimal.ts'
import { errorMessage, ParleyError } from '#shared/lib/error.ts'
import { openExchangeWorld, type World } from './world.ts'

/** An account at an exchange's sandbox, and the market there. */
export interface Sandbox {
  readonly accountId: string
  readonly broker: Broker
  /** The prices of the same place, with live research beside them. Throws CONFIG_INVALID for a sources.yaml that cannot be used. */
  openWorld(home: string): Promise<World>
  /**
   * The account. Of a new one the cash is what it had before its first trade, so that all its trades together make it what
   * the exchange says it has now; rejects with SANDBOX_UNAVAILABLE when that cannot be had.
   */
  account(isNew: boolean): Promise<{ readonly id: string; readonly currency: string; readonly cash: Decimal }>
}

/** Makes the broker at a sandbox; nothing is dialled yet. Throws KEY_MISSING where the environment holds no keys for it. */
export function createSandbox(
  config: SandboxConfig,
  clock: Clock,
  environment: Readonly<Record<string, string | undefined>>,
): Sandbox {
  const { exchange, instruments, address, keyEnvironment, secretEnvironment } = config
  const endpoint = { kind: 'sandbox', ...(address !== undefined && { gateway: address }) } as const
  // A server on this machine needs no pauses.
  const pace = address === undefined ? {} : { requestGapMs: 0.1 }
  const accountId = `${exchange}-sandbox`
  const currency = quoteOf(instruments[0] ?? '')
  const broker = createExchangeBroker({
    mode: 'paper',
    exchange,
    endpoint,
    credentials: { key: secretOf(keyEnvironment, environment), secret: secretOf(secretEnvironment, environment) },
    instruments,
    clock,
    ...pace,
  })

  async function openingCash(): Promise<Decimal> {
    const stop = await broker.connect(() => {})
    try {
      const balances = await broker.balances()
      const traded = sum((await broker.fills(0)).map(cashChange))
      return subtract(balances.find((one) => one.currency === currency)?.total ?? ZERO, traded)
    } catch (error) {
      throw new ParleyError(
        'SANDBOX_UNAVAILABLE',
        `The sandbox of ${exchange} does not say what the account has: ${errorMessage(error)}`,
        {
          wayOut: `Check the connection and the keys in ${keyEnvironment} and ${secretEnvironment}, or set orders: paper in broker.yaml.`,
        },
      )
    } finally {
      stop()
    }
  }

  return {
    accountId,
    broker,
    openWorld: (home) => openExchangeWorld({ exchange, endpoint, instruments, clock, home, environment, ...pace }),
    account: async (isNew) => ({ id: accountId, currency, cash: isNew ? await openingCash() : ZERO }),
  }
}

function secretOf(name: string, environment: Readonly<Record<string, string | undefined>>): string {
  const secret = environment[name]
  if (secret !== undefined && secret !== '') return secret
  throw new ParleyError('KEY_MISSING', `The environment variable ${name} holds no key for the sandbox.`, {
    wayOut: `Set ${name} before the desk is started, or set orders: paper in broker.yaml.`,
  })
}

/** Refuses to let the orders of one account into the books of another: throws ACCOUNT_MIXED. */
export function keepAccountsApart(known: string, account: string): void {
  if (known === '' || known === account) return
  throw new ParleyError(
    'ACCOUNT_MIXED',
    `This data folder is that of the account "${known}"; orders would go to "${account}".`,
    { wayOut: 'Start with a data folder of its own (--home), or set broker.yaml back.' },
  )
}
