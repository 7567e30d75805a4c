import { z } from 'zod'

/** Every reason for which the desk itself holds an order back, and what it says. */
export const denialSentences = {
  TRADING_HALTED: 'The desk is halted: nothing leaves.',
  TRADING_STATE_REDUCING: 'The desk is reducing: only what makes a position smaller leaves.',
  STOPPED_SINCE_DECISION: 'The trading state was changed since it was decided on.',
  MANDATE_EXPIRED: 'The mandate has expired: nothing may be opened any more.',
  INSTRUMENT_NOT_IN_MANDATE: 'The mandate does not allow this instrument.',
  INSTRUMENT_NOT_FOUND: 'The feed has no such instrument.',
  INSTRUMENT_SUSPENDED: 'The instrument is suspended until the desk is re-armed.',
  ORDER_ID_INVALID: 'The venue does not take an order id like this.',
  ORDER_NOT_SUPPORTED: 'The venue cannot do what the order asks for.',
  ORDER_TERMS_INVALID: 'The terms of the order do not fit each other.',
  STOP_WOULD_TRIGGER: 'The last price has passed the stop already.',
  QUANTITY_NOT_POSITIVE: 'The quantity is not greater than zero.',
  QUANTITY_NOT_ON_STEP: 'The quantity is not a multiple of the instrument’s step.',
  PRICE_NOT_ON_STEP: 'A price is not a multiple of the instrument’s tick.',
  PRICE_OUTSIDE_COLLAR: 'A price is further from the market than the mandate’s collar.',
  QUOTE_UNAVAILABLE: 'There is no price to measure the order by.',
  QUOTE_STALE: 'The latest price is older than the mandate allows.',
  NOTIONAL_BELOW_MINIMUM: 'The order is worth less than the venue takes.',
  NOTIONAL_EXCEEDS_MAX_PER_ORDER: 'The order is worth more than the mandate allows for one.',
  EXPOSURE_EXCEEDS_MAXIMUM: 'Positions and working orders together would be worth more than the mandate allows.',
  NOTIONAL_EXCEEDS_FREE_BALANCE: 'There is not enough to pay for it, or to sell.',
  STOP_MISSING: 'An order in a perpetual has to bring its stop.',
  LEVERAGE_EXCEEDS_MAXIMUM: 'The leverage would be more than the mandate allows.',
  MARGIN_EXCEEDS_FREE_BALANCE: 'The money does not cover the initial margin.',
  LIQUIDATION_BEFORE_STOP: 'The position could be liquidated before its stop is reached.',
  VALUE_AT_RISK_UNAVAILABLE: 'There is too little history to measure what a day may cost.',
  VALUE_AT_RISK_EXCEEDS_MAXIMUM: 'The value at risk of the book would be more than the mandate allows.',
  EXPECTED_SHORTFALL_EXCEEDS_MAXIMUM: 'The expected shortfall of the book would be more than the mandate allows.',
  REDUCE_ONLY_WOULD_INCREASE_POSITION: 'A reduce-only order would do more than reduce.',
  RATE_LIMIT_EXCEEDED: 'More orders were sent within a minute than the mandate allows.',
  DAILY_LOSS_EXCEEDED: 'The day has cost more than the mandate allows, or nobody knows what it has cost.',
  DUPLICATE_INTENT: 'The same order was sent before.',
  PARENT_ORDER_ENDED: 'The order that it is a part of has ended.',
  PARENT_ORDER_EXCEEDED: 'It is more than what is left of the order that it is a part of.',
  APPROVAL_MISSING: 'The trader has not approved it.',
  APPROVAL_EXPIRED: 'The trader’s approval has expired.',
  APPROVAL_VOID: 'The trader’s approval does not hold any more.',
  ORDER_NOT_AS_APPROVED: 'The order is not the one that the trader approved.',
  CHECK_FAILED: 'The order could not be checked, and what cannot be checked does not leave.',
} as const satisfies Readonly<Record<string, string>>

/** The closed list of the codes of denials. */
export const denialCodes = Object.keys(denialSentences) as readonly DenialCode[]
export type DenialCode = keyof typeof denialSentences

/** Our own "no" to an order: a code and the values behind it. */
export const denialSchema = z.object({
  code: z.enum(denialCodes),
  values: z.record(z.string(), z.string()),
})
export type Denial = z.infer<typeof denialSchema>

/** A denial with the values behind it. */
export function deny(code: DenialCode, values: Readonly<Record<string, string | number>> = {}): Denial {
  return { code, values: Object.fromEntries(Object.entries(values).map(([name, value]) => [name, String(value)])) }
}

/** A denial as the reason of an order: the code, and each value by its name. */
export function denialReason({ code, values }: Denial): string {
  return [code, ...Object.entries(values).map(([name, value]) => `${name}=${value}`)].join(' ')
}
