import type { BrokerCapabilities } from '#engine/ports/broker.ts'
import type { ExchangeName } from '#shared/domain/settings.ts'

/**
 * What an exchange's spot market takes, by its own documentation. Only exchanges whose every call is tested against their
 * wire format are here.
 */
export const venueRules: Readonly<Partial<Record<ExchangeName, BrokerCapabilities>>> = {
  binance: {
    // It has trailing stops, but tells of none where it stands.
    orderTypes: ['MARKET', 'LIMIT', 'STOP_MARKET', 'STOP_LIMIT'],
    timesInForce: ['GTC', 'IOC', 'FOK'],
    // Its cancel-and-replace makes another order under another id: the desk cancels and sends anew by itself.
    replace: false,
    postOnly: true,
    // A spot account cannot go short; that an order sells no more than was bought, the adapter looks after.
    reduceOnly: true,
    holdsForSale: true,
    // Its lists of linked orders are sent as one; the desk sends one by one.
    contingencies: false,
    clientOrderId: { maximumLength: 36, pattern: /^[.A-Z:/a-z0-9_-]+$/ },
    // Only its futures have one.
    deadManSwitch: false,
    settlesAfterMs: 0,
  },
}
