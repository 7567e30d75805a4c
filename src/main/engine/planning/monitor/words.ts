/** The words as one list: "a, b and c". */
export function listOf(words: readonly string[]): string {
  const last = words.at(-1) ?? ''
  return words.length < 2 ? last : `${words.slice(0, -1).join(', ')} and ${last}`
}

/** Seconds for people, to a tenth. */
export function secondsText(seconds: number): string {
  return `${Math.round(seconds * 10) / 10} s`
}

/** US dollars for people, to a cent, or to a hundredth of a cent where that says more. */
export function usdText(usd: number): string {
  const digits = Math.abs(usd).toFixed(4).replace(/00$/, '')
  return `${usd <= -0.00005 ? '-' : ''}$${digits}`
}

/** A sentence as part of another one: without its full stop. */
export function clause(sentence: string): string {
  return sentence.replace(/\.$/, '')
}

/** A share as a whole percentage. */
export function percentText(share: number): string {
  return `${Math.round(share * 100)} %`
}
