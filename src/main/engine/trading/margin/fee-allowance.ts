import { decimal } from '#shared/lib/decimal.ts'

/** What share of the worth of an order is set aside for its fees, so that a fill at the price never overdraws the account: 0.1 %. */
export const feeAllowance = decimal('0.001')
