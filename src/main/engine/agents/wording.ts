/** A share as a percentage: 0.0213 is "2.1 %". */
export function percent(share: number, places = 1): string {
  return `${plain((share * 100).toFixed(places))} %`
}

/** A change as a signed percentage: 0.0213 is "+2.1 %". */
export function signedPercent(share: number, places = 1): string {
  const text = percent(share, places)
  return share > 0 && !/^0(\.0+)? /.test(text) ? `+${text}` : text
}

/** A number with as many places as are worth reading, thousands apart: 64210.2, "64,210"; 0.01234, "0.01234". */
export function figure(value: number, digits = 4): string {
  if (value === 0) return '0'
  const places = clampPlaces(digits - 1 - Math.floor(Math.log10(Math.abs(value))))
  const [whole = '0', fraction = ''] = plain(value.toFixed(places)).split('.')
  const trimmed = fraction.replace(/0+$/, '')
  return whole.replace(/\B(?=(\d{3})+$)/g, ',') + (trimmed === '' ? '' : `.${trimmed}`)
}

/** A change as a signed figure: 84, "+84". */
export function signedFigure(value: number, digits = 3): string {
  return value > 0 ? `+${figure(value, digits)}` : figure(value, digits)
}

/** A large amount in words: 1_260_000_000, "1.3 bn". */
export function amount(value: number): string {
  const [size, word] = (
    [
      [1e12, ' tn'],
      [1e9, ' bn'],
      [1e6, ' m'],
    ] as const
  ).find(([least]) => Math.abs(value) >= least) ?? [1, '']
  return size === 1 ? figure(value) : `${plain((value / size).toFixed(1))}${word}`
}

/** A span in words: "40 s", "12 min", "5 h", "3 days". */
export function span(ms: number): string {
  const [length, word] = (
    [
      [86_400_000 * 2, ' days'],
      [3_600_000 * 2, ' h'],
      [60_000 * 2, ' min'],
    ] as const
  ).find(([least]) => ms >= least) ?? [2_000, ' s']
  return `${Math.round(ms / (length / 2))}${word}`
}

/** A moment as people read it: "2026-05-04 12:00 UTC". */
export function moment(at: number): string {
  return `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`
}

/** "1 text", "2 texts", "3 likenesses". */
export function count(number: number, noun: string): string {
  const ending = number === 1 ? '' : /(s|ch|sh|x)$/.test(noun) ? 'es' : 's'
  return `${figure(number)} ${noun}${ending}`
}

/** "a", "a and b", "a, b and c". */
export function listWords(items: readonly string[]): string {
  if (items.length < 2) return items.join('')
  return `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`
}

/** The text with a capital first letter. */
export function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}

function clampPlaces(places: number): number {
  return Math.max(0, Math.min(20, places))
}

/** No minus zero. */
function plain(text: string): string {
  return /^-0(\.0*)?$/.test(text) ? text.slice(1) : text
}
