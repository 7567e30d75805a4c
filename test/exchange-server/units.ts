/** Amounts inside the exchange are whole numbers of 1e-8, as its own matching would keep them. */
export const one = 100_000_000n

/** Reads "12.5" as 1250000000; undefined for what is no plain decimal with at most 8 places. */
export function parseUnits(text: string | null | undefined): bigint | undefined {
  const match = /^(\d+)(?:\.(\d{1,8})0*)?$/.exec(text ?? '')
  return match === null ? undefined : BigInt(match[1] ?? '0') * one + BigInt((match[2] ?? '').padEnd(8, '0'))
}

/** "12.50000000": always eight places, as the exchange writes them. */
export function showUnits(units: bigint): string {
  const text = (units < 0n ? -units : units).toString().padStart(9, '0')
  return `${units < 0n ? '-' : ''}${text.slice(0, -8)}.${text.slice(-8)}`
}

export function times(a: bigint, b: bigint): bigint {
  return (a * b) / one
}
