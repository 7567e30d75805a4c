import type { BarSeries } from '#shared/domain/bar.ts'
import type { CustomFinding } from '#shared/domain/custom-finding.ts'
import type { ResearchTask } from '#shared/domain/profile.ts'
import type { Book } from '#shared/domain/quote.ts'

/** A headline or a post. */
export interface Text {
  readonly at: number
  readonly text: string
  readonly publisher: string
  /** Readers reached, likes, or any such weight; 1 where unknown. */
  readonly reach: number
}

/** What each kind of research source answers with. Series are oldest first. */
export interface SourceData {
  readonly price_data: BarSeries
  readonly volume_data: BarSeries
  readonly historical_data: BarSeries
  /** The bars that a decision looks at, and all that came before them. */
  readonly chart_data: BarSeries
  /** Closes of other instruments on the same days as the asked one's, by instrument. */
  readonly peer_data: Readonly<Record<string, BarSeries>>
  readonly orderbook: Book
  readonly news: readonly Text[]
  readonly social: readonly Text[]
  /** 0 (extreme fear) to 100 (extreme greed), one a day. */
  readonly fear_greed: readonly { readonly at: number; readonly value: number }[]
  readonly onchain: readonly {
    readonly at: number
    readonly activeAddresses: number
    readonly transactions: number
    /** Coins that moved onto exchanges less those that left; null where the source cannot tell. */
    readonly exchangeNetflow: number | null
  }[]
  readonly coingecko: {
    readonly marketCapUsd: number
    readonly volume24hUsd: number
    readonly circulating: number
    readonly rank: number
  }
  readonly macro_data: readonly {
    readonly series: string
    readonly at: number
    readonly value: number
    readonly previous: number
  }[]
}

export type SourceName = keyof SourceData

/** What a source said: a value, known emptiness. That it could not say anything is an error, SOURCE_UNAVAILABLE. */
export type SourceAnswer<Name extends SourceName = SourceName> =
  | { readonly status: 'value'; readonly asOf: number; readonly data: SourceData[Name] }
  | { readonly status: 'empty'; readonly asOf: number }

/** Where research asks. Rejects with SOURCE_UNAVAILABLE (saying whether a retry may help) for what it cannot answer. */
export interface ResearchSources {
  fetch<Name extends SourceName>(source: Name, instrument: string, signal: AbortSignal): Promise<SourceAnswer<Name>>
}

/** Where custom tasks ask. Rejects with SOURCE_UNAVAILABLE for whatever keeps it from an answer, never with anything else but the signal's reason. */
export interface CustomSources {
  find(task: ResearchTask, instrument: string, signal: AbortSignal): Promise<CustomFinding>
}
