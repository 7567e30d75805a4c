import type { SeatModels } from '#engine/agents/models/seat-model.ts'
import type { Bus } from '#engine/bus/bus.ts'
import type { Kernel } from '#engine/desk/kernel.ts'
import type { Journal } from '#engine/journal/journal.ts'
import type { Compute, ComputeOptions } from '#engine/ports/compute.ts'
import type { Feed } from '#engine/ports/feed.ts'
import type { Keyring } from '#engine/ports/keyring.ts'
import type { Queries } from '#engine/ports/queries.ts'
import type { SettingsStore } from '#engine/ports/settings-store.ts'
import type { ImportReport } from '#shared/contract/market.ts'
import type { Status } from '#shared/contract/system.ts'
import type { ImportedSeries } from '#shared/domain/bar.ts'
import type { ConfigOverride } from '#shared/domain/config-override.ts'
import type { PlanningConfig } from '#shared/domain/profile.ts'
import type { FeedChoice } from '#shared/domain/settings.ts'
import type { Clock } from '#shared/lib/clock.ts'

/** What the handlers of the contract work with. */
export interface ApiParts {
  readonly kernel: Kernel
  readonly journal: Journal
  readonly queries: Queries
  readonly feed: Feed
  readonly bus: Bus
  readonly settings: SettingsStore
  readonly planning: PlanningConfig
  readonly models: SeatModels
  /** What the data folder's own file changes of the planning. */
  readonly planningChanges: { readonly file: string | undefined; readonly overrides: readonly ConfigOverride[] }
  readonly home: string
  readonly keyring: Keyring
  /** The keys that the configuration asks for, with what each is for. */
  readonly wantedKeys: ReadonlyMap<string, string>
  readonly clock: Clock
  readonly compute: Compute
  readonly status: () => Status
  /** Imports a CSV text; nothing is stored unless all of it is good and the signal has not aborted on the way. */
  readonly importBars: (
    file: string,
    text: string,
    instrument: string | undefined,
    options: Pick<ComputeOptions, 'signal' | 'onProgress'> & { readonly timeZone?: string },
  ) => Promise<ImportReport>
  readonly importedSeries: () => readonly ImportedSeries[]
  /** Throws FEED_NO_BARS for a replay of what was never imported. */
  readonly checkFeed: (choice: FeedChoice) => void
}

/** Who the API's callers are in the journal: the person at the desk. */
export const trader = { kind: 'human', id: 'trader' } as const
