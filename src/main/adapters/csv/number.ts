/** How a file writes 1234.5: with a decimal point, or with a decimal comma. */
export type NumberStyle = 'point' | 'comma'

/** Comma style shows in a number that no thousands comma explains; only files not separated by commas can have it. */
export function findNumberStyle(cells: readonly string[]): NumberStyle {
  const commas = cells.filter((cell) => /^[+-]?[\d.]*\d,\d+$/.test(cell))
  if (commas.length === 0) return 'point'
  if (commas.some((cell) => !/,\d{3}$/.test(cell) || /\..*,/.test(cell))) return 'comma'
  return cells.some((cell) => cell.includes('.')) ? 'point' : 'comma'
}

/**
 * Reads a number as files write it: with thousands separators, a currency sign, or K, M, B for the thousands. NaN for
 * anything else.
 */
export function parseNumber(text: string, style: NumberStyle): number {
  if (/^[+-]?\d+(\.\d+)?$/.test(text) && style === 'point') return Number(text)
  let plain = text.replace(/^[$€£¥]\s?/, '')
  if (style === 'comma') plain = plain.replaceAll(/\.(?=\d{3}(\D|$))/g, '').replace(',', '.')
  else if (/^[+-]?\d{1,3}(,\d{3})+(\.\d+)?[KMB]?$/i.test(plain)) plain = plain.replaceAll(',', '')
  const match = /^([+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)([KMB])?$/i.exec(plain)
  if (!match) return Number.NaN
  return Number(match[1]) * (multiples[(match[2] ?? '').toUpperCase()] ?? 1)
}

const multiples: Readonly<Record<string, number>> = { K: 1e3, M: 1e6, B: 1e9 }

/** Nothing was written: an empty cell or one of the usual signs for it. */
export function isBlank(cell: string): boolean {
  return cell === '' || cell === '-' || /^(nan|null|none|n\/a|na)$/i.test(cell)
}
