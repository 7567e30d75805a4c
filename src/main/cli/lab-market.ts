import { type CandlestickHit, findCandlesticks } from '#engine/market/candlesticks.ts'
import { type ChartPattern, findChartPatterns } from '#engine/market/chart-patterns.ts'
import { computeIndicator } from '#engine/market/indicators/catalogue.ts'
import { financeLexicon } from '#engine/market/sentiment/finance-lexicon.ts'
import { type SentimentWords, scoreText, type TextSentiment } from '#engine/market/sentiment/sentiment.ts'
import { parseEmoji, parseLexicon, polarity } from '#engine/market/sentiment/vader.ts'
import type { BarSeries } from '#shared/domain/bar.ts'
import { ParleyError } from '#shared/lib/error.ts'

/**
 * Reads "sma:20" or "macd:12,26,9" as a name and its parameters; throws INDICATOR_PERIOD_INVALID for what is no
 * number.
 */
function parseIndicator(text: string): { readonly name: string; readonly parameters: readonly number[] } {
  const [name = '', list = ''] = text.split(':')
  const parameters = list === '' ? [] : list.split(',').map(Number)
  if (parameters.some((value) => !Number.isFinite(value))) {
    throw new ParleyError('INDICATOR_PERIOD_INVALID', `"${list}" is not a list of numbers.`, {
      wayOut: 'Write the parameters as in macd:12,26,9.',
    })
  }
  return { name, parameters }
}

/**
 * `parley lab indicators`: the columns of each indicator over the bars, keyed by its text and column; null while
 * warming up. Throws INDICATOR_UNKNOWN and INDICATOR_PERIOD_INVALID.
 */
export function labIndicators(
  series: BarSeries,
  texts: readonly string[],
): Record<string, Record<string, (number | null)[]>> {
  return Object.fromEntries(
    texts.map((text) => {
      const { name, parameters } = parseIndicator(text)
      const columns = Object.entries(computeIndicator(name, series, parameters)).map(([column, values]) => [
        column,
        Array.from(values, (value) => (Number.isFinite(value) ? value : null)),
      ])
      return [text, Object.fromEntries(columns)]
    }),
  )
}

/** `parley lab patterns`: candlesticks of the last `lookback` bars (default: all) and chart patterns of all bars. */
export function labPatterns(
  series: BarSeries,
  lookback?: number,
): { readonly candlesticks: readonly CandlestickHit[]; readonly charts: readonly ChartPattern[] } {
  return { candlesticks: findCandlesticks(series, lookback), charts: findChartPatterns(series) }
}

/** Lexicon files in VADER's format, as text. */
export interface LexiconFiles {
  readonly lexicon: string
  readonly emoji?: string
}

/** A text's sentiment; positive, neutral and negative are shares of the text. */
export interface LabSentiment extends TextSentiment {
  readonly text: string
  readonly positive: number
  readonly neutral: number
  readonly negative: number
}

/** `parley lab sentiment`: scores each text by the lexicon alone where one is given, else by the finance lexicon. */
export function labSentiment(texts: readonly string[], files?: LexiconFiles): LabSentiment[] {
  const lexicon = files ? parseLexicon(files.lexicon) : financeLexicon
  const known: SentimentWords = files?.emoji === undefined ? { lexicon } : { lexicon, emoji: parseEmoji(files.emoji) }
  return texts.map((text) => {
    const { positive, neutral, negative } = polarity(text, known.lexicon, known.emoji)
    return { text, ...scoreText(text, known), positive, neutral, negative }
  })
}
