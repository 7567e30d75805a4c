import { ParleyError } from '#shared/lib/error.ts'

// Sizes here are advice in floats; the order that follows is made of decimals, rounded down to the lot.

function checkShare(name: string, value: number, top = 1): void {
  if (value >= 0 && value <= top) return
  throw new ParleyError('SIZING_INPUT_INVALID', `${name} must be from 0 to ${top}, not ${value}.`, {
    details: { [name]: value },
  })
}

function checkPositive(name: string, value: number): void {
  if (value > 0 && Number.isFinite(value)) return
  throw new ParleyError('SIZING_INPUT_INVALID', `${name} must be greater than zero, not ${value}.`, {
    details: { [name]: value },
  })
}

/** Quantity whose value is a fixed share (0 to 1) of the equity. Throws SIZING_INPUT_INVALID. */
export function fixedFractionSize(equity: number, share: number, price: number): number {
  checkShare('share', share)
  checkPositive('price', price)
  return (Math.max(0, equity) * share) / price
}

/**
 * Quantity that would make the position's volatility the target share of equity (both volatilities over the same
 * time, as fractions), with its value capped at `maxShare` of the equity (default 1). Throws SIZING_INPUT_INVALID.
 */
export function volatilityTargetSize(
  equity: number,
  price: number,
  volatility: number,
  target: number,
  maxShare = 1,
): number {
  checkPositive('price', price)
  checkPositive('volatility', volatility)
  checkPositive('target', target)
  return (Math.max(0, equity) * Math.min(maxShare, target / volatility)) / price
}

/**
 * Share of equity by Kelly (1956) for a bet that wins `payoff` times its stake with the given probability: p - (1 -
 * p) / payoff, times `fraction` (default a half), never below 0 nor above `cap` (default 0.2). Throws
 * SIZING_INPUT_INVALID.
 */
export function kellyShare(winProbability: number, payoff: number, fraction = 0.5, cap = 0.2): number {
  checkShare('winProbability', winProbability)
  checkPositive('payoff', payoff)
  checkShare('fraction', fraction)
  checkShare('cap', cap)
  return Math.max(0, Math.min(cap, fraction * (winProbability - (1 - winProbability) / payoff)))
}

/**
 * Quantity that loses `riskShare` (0 to 1) of the equity when price goes from the entry to the stop, with its value
 * capped at `maxShare` of the equity (default 1). Throws SIZING_INPUT_INVALID where entry and stop are the same.
 */
export function riskPerTradeSize(equity: number, riskShare: number, entry: number, stop: number, maxShare = 1): number {
  checkShare('riskShare', riskShare)
  checkPositive('entry', entry)
  checkPositive('distance from entry to stop', Math.abs(entry - stop))
  const wealth = Math.max(0, equity)
  return Math.min((wealth * riskShare) / Math.abs(entry - stop), (wealth * maxShare) / entry)
}

export interface ExitLevels {
  readonly stop: number
  readonly target: number
  /** Distance to the target / distance to the stop. */
  readonly rewardRisk: number
}

/**
 * Stop and target at multiples of the ATR from the entry (defaults 2 and 3), on the losing and winning side. A stop
 * below zero is put at zero. Throws SIZING_INPUT_INVALID.
 */
export function atrExits(
  side: 'long' | 'short',
  entry: number,
  atr: number,
  stopMultiple = 2,
  targetMultiple = 3,
): ExitLevels {
  checkPositive('entry', entry)
  checkPositive('atr', atr)
  checkPositive('stopMultiple', stopMultiple)
  checkPositive('targetMultiple', targetMultiple)
  const sign = side === 'long' ? 1 : -1
  const stop = Math.max(0, entry - sign * stopMultiple * atr)
  const target = Math.max(0, entry + sign * targetMultiple * atr)
  return { stop, target, rewardRisk: Math.abs(target - entry) / Math.abs(entry - stop) }
}
