/** Kinds of things that must not leave the desk. */
export type SecretKind =
  | 'a private key'
  | 'an API key or token'
  | 'a password or secret'
  | 'a seed phrase'
  | 'a card number'
  | 'a bank account number'
  | 'a phone number'
  | 'an e-mail address'
  | 'an identity number'

interface Detector {
  readonly kind: SecretKind
  readonly pattern: RegExp
  /** Tells what only looks like it. */
  readonly isReal?: (match: string) => boolean
}

const detectors: readonly Detector[] = [
  { kind: 'a private key', pattern: /-----BEGIN [A-Z ]*PRIVATE KEY/g },
  { kind: 'a private key', pattern: /(?<![0-9a-zA-Z])(0x)?[0-9a-fA-F]{64}(?![0-9a-zA-Z])/g },
  { kind: 'a private key', pattern: /\b[xyz]prv[1-9A-HJ-NP-Za-km-z]{70,}/g },
  { kind: 'a private key', pattern: /(?<![0-9A-Za-z])[5KL][1-9A-HJ-NP-Za-km-z]{50,51}(?![0-9A-Za-z])/g },
  { kind: 'an API key or token', pattern: /\b(AKIA|ASIA)[0-9A-Z]{16}\b/g },
  { kind: 'an API key or token', pattern: /\b(sk|pk|rk)[-_][A-Za-z0-9_-]{16,}/g },
  { kind: 'an API key or token', pattern: /\b(gh[pousr]_|github_pat_|glpat-|xox[abprs]-)[A-Za-z0-9_-]{10,}/g },
  { kind: 'an API key or token', pattern: /\bAIza[0-9A-Za-z_-]{35}/g },
  { kind: 'an API key or token', pattern: /\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*/g },
  { kind: 'an API key or token', pattern: /\bBearer\s+[A-Za-z0-9._~+/-]{16,}/gi },
  {
    kind: 'a password or secret',
    pattern:
      /\b(pass(word|wd|phrase)?|secret([ _-]?key)?|api[ _-]?(key|secret)|access[ _-]?(key|token)|auth[ _-]?token|private[ _-]?key|mnemonic)\b["']?\s*(?:[:=]|\bis\b)\s*["']?[^\s"',;]{6,}/gi,
  },
  // Any scheme://user:password@host.
  { kind: 'a password or secret', pattern: /\b[a-z][a-z0-9+.-]*:\/\/[^\s/:@]+:[^\s/@]+@/gi },
  { kind: 'a card number', pattern: /(?<![\d.])\d(?:[ -]?\d){12,18}(?![\d.]*\d)/g, isReal: isCardNumber },
  {
    kind: 'a bank account number',
    pattern: /\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b/g,
    isReal: isIban,
  },
  {
    kind: 'a phone number',
    pattern: /(?<![\w.+])\+\d{1,3}(?:[ .-]?\(\d{1,4}\))?(?:[ .-]\d{1,4}){2,5}(?!\d)/g,
    isReal: hasPhoneDigits,
  },
  { kind: 'a phone number', pattern: /(?<![\w.+])\+[1-9]\d{9,14}(?![\d.])/g },
  { kind: 'a phone number', pattern: /(?<![\w.-])(?:\(\d{3}\) ?|\d{3}-)\d{3}-\d{4}(?![\w-])/g },
  { kind: 'an e-mail address', pattern: /[\p{L}\d._%+-]+@[\p{L}\d-]+(?:\.[\p{L}\d-]+)*\.\p{L}{2,}/gu },
  { kind: 'an identity number', pattern: /(?<![\w.-])\d{3}-\d{2}-\d{4}(?![\w-])/g },
]

/** The kinds of secrets and personal data in a text, each once. What was found is never told. */
export function findSecrets(text: string): readonly SecretKind[] {
  const found = new Set<SecretKind>()
  for (const { kind, pattern, isReal } of detectors) {
    for (const [match] of text.matchAll(pattern)) if (isReal?.(match) ?? true) found.add(kind)
  }
  if (hasSeedPhrase(text)) found.add('a seed phrase')
  return [...found]
}

// By the issuers' number ranges (ISO/IEC 7812), so that epoch times and quantities are not taken for cards.
const issuers =
  /^(4(\d{12}|\d{15}|\d{18})|5[1-5]\d{14}|2(22[1-9]|2[3-9]\d|[3-6]\d\d|7[01]\d|720)\d{12}|3[47]\d{13}|3(0[0-5]|[689]\d)\d{11}|6(011|5\d\d|4[4-9]\d)\d{12,15}|35\d{14}|62\d{14,17})$/

function isCardNumber(match: string): boolean {
  const digits = match.replace(/\D/g, '')
  if (!issuers.test(digits)) return false
  let sum = 0
  for (const [index, digit] of Array.from(digits).reverse().entries()) {
    const value = Number(digit) * (index % 2 === 0 ? 1 : 2)
    sum += value > 9 ? value - 9 : value
  }
  return sum % 10 === 0
}

/** ISO 13616: the number's remainder by 97 is 1. */
function isIban(match: string): boolean {
  const plain = match.replace(/ /g, '')
  let remainder = 0
  for (const character of plain.slice(4) + plain.slice(0, 4)) {
    for (const digit of String(Number.parseInt(character, 36))) remainder = (remainder * 10 + Number(digit)) % 97
  }
  return plain.length >= 15 && remainder === 1
}

function hasPhoneDigits(match: string): boolean {
  const digits = match.replace(/\D/g, '').length
  return digits >= 8 && digits <= 15
}

const phraseWords = 12
// Everyday words that the list of BIP-39 does not hold; every word of that list has 3 to 8 letters.
const everyday = new Set(
  `the and for are was were with from has had not but its than then been would should they them their our his her him how why who whom
  which these those does did per via yet nor too get got let may more most some said says over's it's don't isn't`.split(
    /\s+/,
  ),
)

/** Twelve words or more in a row that could be a BIP-39 phrase, numbered or not: no prose runs on so without everyday words. */
function hasSeedPhrase(text: string): boolean {
  let run = 0
  for (const token of text.toLowerCase().split(/[\s,;]+/)) {
    if (/^\d{1,2}[.):]?$/.test(token)) continue
    const word = token.replace(/^\d{1,2}[.):]/, '').replace(/^["'`[(]|["'`\]).]$/g, '')
    run = /^[a-z]{3,8}$/.test(word) && !everyday.has(word) ? run + 1 : 0
    if (run >= phraseWords) return true
  }
  return false
}
