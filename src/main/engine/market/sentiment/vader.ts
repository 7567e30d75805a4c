/** Word valences from -4 (most negative) to 4 (most positive), keyed by the word in lower case. */
export type Lexicon = ReadonlyMap<string, number>

/** What emoji say in words, keyed by one code point. */
export type EmojiDescriptions = ReadonlyMap<string, string>

/** The result for one text. */
export interface Polarity {
  /** Normalised sum of valences, -1 to 1. */
  readonly compound: number
  /** Shares of the text that are positive, neutral and negative; they add up to 1, or are all 0 for an empty text. */
  readonly positive: number
  readonly neutral: number
  readonly negative: number
  /** Valence of each word after negation, boosters and capitals; 0 for a word that says nothing. */
  readonly valences: readonly number[]
}

// The constants of the published algorithm.
const boost = 0.293
const capitals = 0.733
const negation = -0.74

const boosters = new Map<string, number>([
  ...`absolutely amazingly awfully completely considerable considerably decidedly deeply effing enormous enormously entirely
    especially exceptional exceptionally extreme extremely fabulously flipping flippin frackin fracking fricking frickin frigging
    friggin fully fuckin fucking fuggin fugging greatly hella highly hugely incredible incredibly intensely major majorly more most
    particularly purely quite really remarkably so substantially thoroughly total totally tremendous tremendously uber unbelievably
    unusually utter utterly very`
    .split(/\s+/)
    .map((word) => [word, boost] as const),
  ...[
    ...`almost barely hardly kinda kindof kind-of less little marginal marginally occasional occasionally partly scarce scarcely
    slight slightly somewhat sorta sortof sort-of`.split(/\s+/),
    'just enough',
    'kind of',
    'sort of',
  ].map((word) => [word, -boost] as const),
])

const negations = new Set(
  `aint arent cannot cant couldnt darent didnt doesnt dont hadnt hasnt havent isnt mightnt mustnt neither neednt never none nope nor
  not nothing nowhere oughtnt shant shouldnt uhuh uh-uh wasnt werent without wont wouldnt rarely seldom despite`.split(
    /\s+/,
  ),
)

const idioms = new Map([
  ['the shit', 3],
  ['the bomb', 3],
  ['bad ass', 1.5],
  ['badass', 1.5],
  ['bus stop', 0],
  ['yeah right', -2],
  ['kiss of death', -1.5],
  ['to die for', 3],
  ['beating heart', 3.1],
  ['broken heart', -2.9],
])

function isNegation(word: string): boolean {
  return negations.has(word) || word.includes("n't")
}

function isUpper(word: string): boolean {
  return word === word.toUpperCase() && word !== word.toLowerCase()
}

const punctuation = new Set('!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~')

/** Strips punctuation around a word, but leaves what would be two characters or fewer: it may be an emoticon. */
function stripWord(token: string): string {
  let start = 0
  let end = token.length
  while (start < end && punctuation.has(token[start] as string)) start++
  while (end > start && punctuation.has(token[end - 1] as string)) end--
  // Lengths are in code points, as in the reference.
  const stripped = token.slice(start, end)
  return Array.from(stripped).length <= 2 ? token : stripped
}

/** Splits a text into words and emoticons, in the case they were written in. */
export function words(text: string): string[] {
  return text
    .split(/\s+/)
    .filter((token) => token !== '')
    .map(stripWord)
}

function describeEmoji(text: string, emoji: EmojiDescriptions): string {
  let result = ''
  let spaced = true
  for (const character of text) {
    const description = emoji.get(character)
    if (description === undefined) {
      result += character
      spaced = character === ' '
    } else {
      result += spaced ? description : ` ${description}`
      spaced = false
    }
  }
  return result.trim()
}

function boosterEffect(word: string, valence: number, shouting: boolean): number {
  let effect = boosters.get(word.toLowerCase())
  if (effect === undefined) return 0
  if (valence < 0) effect = -effect
  if (shouting && isUpper(word)) effect += valence > 0 ? capitals : -capitals
  return effect
}

/** The valence after the word `distance` + 1 places before has been looked at for negation. */
function negate(valence: number, lower: readonly string[], distance: number, i: number): number {
  const [one, two, three] = [lower[i - 1], lower[i - 2], lower[i - 3]]
  const intense = (word: string | undefined) => word === 'so' || word === 'this'
  if (distance === 1) {
    if (two === 'never' && intense(one)) return valence * 1.25
    if (two === 'without' && one === 'doubt') return valence
  }
  if (distance === 2) {
    if ((three === 'never' && intense(two)) || intense(one)) return valence * 1.25
    if (three === 'without' && (two === 'doubt' || one === 'doubt')) return valence
  }
  return isNegation(lower[i - distance - 1] as string) ? valence * negation : valence
}

function idiom(valence: number, lower: readonly string[], i: number): number {
  const phrase = (from: number, to: number) => lower.slice(i + from, i + to + 1).join(' ')
  const before = [phrase(-1, 0), phrase(-2, 0), phrase(-2, -1), phrase(-3, -1), phrase(-3, -2)]
  const hit = before.find((words) => idioms.has(words))
  let result = hit === undefined ? valence : (idioms.get(hit) as number)
  if (i < lower.length - 1) result = idioms.get(phrase(0, 1)) ?? result
  if (i < lower.length - 2) result = idioms.get(phrase(0, 2)) ?? result
  for (const words of [phrase(-3, -1), phrase(-3, -2), phrase(-2, -1)]) result += boosters.get(words) ?? 0
  return result
}

function wordValence(
  tokens: readonly string[],
  lower: readonly string[],
  i: number,
  lexicon: Lexicon,
  shouting: boolean,
) {
  const word = lower[i] as string
  const own = lexicon.get(word)
  if (own === undefined || boosters.has(word) || (word === 'kind' && lower[i + 1] === 'of')) return 0
  let valence = own
  if (word === 'no' && i < lower.length - 1 && lexicon.has(lower[i + 1] as string)) valence = 0
  const conjunction = lower[i - 1] === 'or' || lower[i - 1] === 'nor'
  if (lower[i - 1] === 'no' || lower[i - 2] === 'no' || (lower[i - 3] === 'no' && conjunction)) {
    valence = own * negation
  }
  if (shouting && isUpper(tokens[i] as string)) valence += valence > 0 ? capitals : -capitals
  for (let distance = 0; distance < 3; distance++) {
    const before = lower[i - distance - 1]
    if (before === undefined || lexicon.has(before)) continue
    const fade = distance === 0 ? 1 : distance === 1 ? 0.95 : 0.9
    valence += fade * boosterEffect(tokens[i - distance - 1] as string, valence, shouting)
    valence = negate(valence, lower, distance, i)
    if (distance === 2) valence = idiom(valence, lower, i)
  }
  if (
    lower[i - 1] === 'least' &&
    !lexicon.has('least') &&
    !(i > 1 && (lower[i - 2] === 'at' || lower[i - 2] === 'very'))
  ) {
    valence *= negation
  }
  return valence
}

/**
 * Halves what stands before the first "but" and adds half to what stands after. As in the reference, a valence that
 * occurs twice is taken for its first occurrence.
 */
function weighBut(valences: number[], lower: readonly string[]): void {
  const but = lower.indexOf('but')
  if (but < 0) return
  for (let i = 0; i < valences.length; i++) {
    const first = valences.indexOf(valences[i] as number)
    if (first < but) valences[first] = (valences[first] as number) * 0.5
    else if (first > but) valences[first] = (valences[first] as number) * 1.5
  }
}

function emphasis(text: string): number {
  const count = (mark: string) => text.split(mark).length - 1
  const questions = count('?')
  const asked = questions <= 1 ? 0 : questions <= 3 ? questions * 0.18 : 0.96
  return Math.min(count('!'), 4) * 0.292 + asked
}

/** x / sqrt(x^2 + 15): squeezes a sum of valences into -1 to 1. */
function normalise(sum: number): number {
  return Math.max(-1, Math.min(1, sum / Math.sqrt(sum * sum + 15)))
}

/**
 * Scores a text by VADER's rules (Hutto and Gilbert 2014): valences of a lexicon, turned by negation, strengthened by
 * boosters, capitals and punctuation, with "but" and a few idioms. Equals the reference implementation before its
 * rounding.
 */
export function polarity(text: string, lexicon: Lexicon, emoji: EmojiDescriptions = new Map()): Polarity {
  const plain = describeEmoji(text, emoji)
  const tokens = words(plain)
  const lower = tokens.map((token) => token.toLowerCase())
  const upper = tokens.filter(isUpper).length
  const shouting = upper > 0 && upper < tokens.length
  const valences = tokens.map((_, i) => wordValence(tokens, lower, i, lexicon, shouting))
  weighBut(valences, lower)
  if (valences.length === 0) return { compound: 0, positive: 0, neutral: 0, negative: 0, valences }

  let sum = 0
  let positive = 0
  let negative = 0
  let neutral = 0
  for (const valence of valences) {
    sum += valence
    if (valence > 0) positive += valence + 1
    else if (valence < 0) negative += 1 - valence
    else neutral++
  }
  const extra = emphasis(plain)
  sum += Math.sign(sum) * extra
  if (positive > negative) positive += extra
  else if (positive < negative) negative += extra
  const total = positive + negative + neutral
  return {
    compound: normalise(sum),
    positive: positive / total,
    neutral: neutral / total,
    negative: negative / total,
    valences,
  }
}

/** Reads a lexicon in VADER's format: a word, a tab, its valence; what follows on a line is left out. */
export function parseLexicon(text: string): Lexicon {
  const lexicon = new Map<string, number>()
  for (const line of text.split('\n')) {
    const [word, valence] = line.split('\t')
    if (word !== undefined && valence !== undefined && valence.trim() !== '') lexicon.set(word, Number(valence))
  }
  return lexicon
}

/** Reads emoji descriptions in VADER's format: an emoji, a tab, its description. */
export function parseEmoji(text: string): EmojiDescriptions {
  const emoji = new Map<string, string>()
  for (const line of text.split('\n')) {
    const [character, description] = line.trim().split('\t')
    if (character && description) emoji.set(character, description)
  }
  return emoji
}
