import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { brokerConfigSchema } from '#adapters/ccxt/config.ts'
import { createTimetable } from '#adapters/cron/timetable.ts'
import { createSeatModels } from '#adapters/models/seat-models.ts'
import { createPaperBroker } from '#adapters/paper/broker.ts'
import { createCustomSources } from '#adapters/research/custom-sources.ts'
import type { SourceFaults } from '#adapters/research/unsteady-sources.ts'
import type { Desk } from '#api/desk.ts'
import { createMetrics } from '#api/metrics.ts'
import type { ApiParts } from '#api/parts.ts'
import { createRouter } from '#api/router.ts'
import { createStatus } from '#api/status.ts'
import { createLocalBus } from '#engine/bus/local-bus.ts'
import { createKernel } from '#engine/desk/kernel.ts'
import type { Broker } from '#engine/ports/broker.ts'
import { readLatch } from '#engine/trading/gate/latch.ts'
import { readConfig } from '#main/config/config.ts'
import { requiredKeys } from '#main/config/required-keys.ts'
import { readTemplates } from '#main/config/templates.ts'
import { createComputePool } from '#main/workers/compute-pool.ts'
import { heavyTable } from '#main/workers/heavy.ts'
import { importBars } from '#main/workers/import-bars.ts'
import { workerFile } from '#main/workers/worker-file.ts'
import type { StopShortcut } from '#shared/contract/system.ts'
import type { Actor } from '#shared/domain/journal.ts'
import { mandateSchema } from '#shared/domain/mandate.ts'
import { modelsConfigSchema } from '#shared/domain/model.ts'
import { planningConfigSchema } from '#shared/domain/profile.ts'
import { reviewPolicySchema } from '#shared/domain/review.ts'
import { calendarsConfigSchema } from '#shared/domain/trading-calendar.ts'
import { sleep } from '#shared/lib/clock.ts'
import { decimal } from '#shared/lib/decimal.ts'
import { createIds } from '#shared/lib/ids.ts'
import { openBarStore } from '#store/bars.ts'
import { openBusStore } from '#store/bus.ts'
import { claimHome } from '#store/home.ts'
import { openJournal } from '#store/journal.ts'
import { loadJournalKeys } from '#store/journal-keys.ts'
import { type Cipher, openKeyring } from '#store/keyring.ts'
import { lastMomentOf } from '#store/last-moment.ts'
import { createFileLatchStore } from '#store/latch.ts'
import { createQueries, deskProjections } from '#store/projections/index.ts'
import { createFileSettingsStore } from '#store/settings.ts'
import { createLoopMeter, watchLoop } from './loop-watch.ts'
import { outcomesFrom } from './outcomes.ts'
import { keepSnapshots, recoverDesk } from './recovery.ts'
import { keepRehearsalsApart, type TimeAndChance } from './rehearsal.ts'
import { createSandbox, keepAccountsApart } from './sandbox.ts'
import { appVersion, sha256 } from './system.ts'
import { checkFeed, openWorld, readSources } from './world.ts'

/** What makes a desk: its folder, its time and chance, and what is unusual about it. */
export interface DeskConfig extends TimeAndChance {
  /** The folder of the desk's data; made if need be. */
  readonly home: string
  /** How long a halted desk stays so at least; default 30 s. */
  readonly coolDownMs?: number
  /** The system's keyring, where there is one: what encrypts the keys that are kept. */
  readonly cipher?: Cipher
  /** Trades a second of each simulated instrument; see createSimulatedExchange. */
  readonly feedRate?: number
  /** How simulated research misbehaves; it does not unless this says so. */
  readonly sourceFaults?: Partial<SourceFaults>
}

const system: Actor = { kind: 'system', id: 'desk' }
/** The paper account of a new desk. */
const paperAccount = { id: 'paper', currency: 'USDT', cash: decimal(100_000) }
const snapshotEvery = 1_000
const longestImportMs = 1_800_000

/**
 * Puts a desk together over a data folder, by hand. Starting is recovering: the latch is read before anything else, the
 * journal folded, the broker reconciled. Throws HOME_IN_USE, HOME_NOT_WRITABLE, CONFIG_INVALID, SETTINGS_INVALID,
 * FEED_NO_BARS, KEYRING_INVALID, REHEARSAL_MIXED.
 */
export async function createDesk(config: DeskConfig): Promise<Desk> {
  const { home, cipher, coolDownMs, feedRate, sourceFaults, clock: now, random, rehearsal } = config
  const release = claimHome(home)
  const cleanups: (() => void)[] = [release]
  try {
    return await open()
  } catch (error) {
    for (const cleanup of cleanups.splice(0).reverse()) cleanup()
    throw error
  }

  async function open(): Promise<Desk> {
    mkdirSync(home, { recursive: true })
    keepRehearsalsApart(home, rehearsal)
    const planning = readConfig('planning.yaml', planningConfigSchema, home)
    const caps = readConfig('mandate.yaml', mandateSchema, home)
    const reviewPolicy = readConfig('review.yaml', reviewPolicySchema, home)
    const minds = readConfig('models.yaml', modelsConfigSchema, home)
    const templates = readTemplates(home)
    const calendars = readConfig('calendars.yaml', calendarsConfigSchema, home)
    const keyring = openKeyring(home, cipher, process.env)
    const environment = keyring.environment()
    const models = createSeatModels(minds.value, environment)
    const venue = readConfig('broker.yaml', brokerConfigSchema, home)
    const sandbox = venue.value.orders === 'sandbox' ? createSandbox(venue.value.sandbox, now, environment) : undefined
    const settings = createFileSettingsStore(home)
    const latchStore = createFileLatchStore(home)
    const hadJournal = existsSync(join(home, 'journal.db'))
    const first = readLatch(latchStore, now.now())

    const barStore = openBarStore(join(home, 'market.db'))
    cleanups.push(() => barStore.close())
    const lastMoment = lastMomentOf(join(home, 'journal.db'))
    const world =
      sandbox === undefined
        ? await openWorld(settings.load().feed, now, barStore, home, {
            ...(feedRate !== undefined && { rate: feedRate }),
            ...(sourceFaults !== undefined && { sourceFaults }),
            ...(lastMoment !== undefined && { goOnFrom: lastMoment }),
            environment,
          })
        : await sandbox.openWorld(home)
    cleanups.push(() => world.close?.())
    const { feed, clock } = world
    const mandate = { ...caps.value, maximumQuoteAgeMs: world.quoteAgeMs ?? caps.value.maximumQuoteAgeMs }
    const app = appVersion()
    const journal = openJournal({
      file: join(home, 'journal.db'),
      clock,
      keys: loadJournalKeys(home),
      schedule: setImmediate,
      projections: deskProjections,
      app,
      configHash: sha256(
        [planning, caps, reviewPolicy, minds, templates, calendars, venue].map(({ text }) => text).join(''),
      ),
      mode: 'paper',
      account: sandbox?.accountId ?? paperAccount.id,
    })
    cleanups.push(() => journal.close())
    const queries = createQueries(journal.database)
    const { book, unfinished, clean, latch, doubt, accountDoubt } = recoverDesk(journal, queries, {
      first,
      hadJournal,
      nowMs: clock.now(),
    })
    if (latch !== first.latch) latchStore.save(latch)
    // At once, and for good with its record at the start.
    book.doubt = accountDoubt ?? book.doubt

    const ids = createIds(clock, random.fork('ids'))
    const busStore = openBusStore(join(home, 'bus.db'))
    cleanups.push(() => busStore.close())
    const bus = createLocalBus({
      clock,
      random: random.fork('bus'),
      ids,
      store: busStore,
      onDeadLetter({ letter, error }) {
        const data = { topic: letter.topic, messageId: letter.id, attempts: letter.attempt, error }
        void journal.append({ kind: 'letterDied', data, actor: system })
      },
    })
    keepAccountsApart(book.account, sandbox?.accountId ?? paperAccount.id)
    const account = sandbox === undefined ? paperAccount : await sandbox.account(book.account === '')
    const broker = sandbox?.broker ?? createPaperAccount()
    const compute = createComputePool({ table: heavyTable, worker: workerFile() })
    cleanups.push(() => void compute.close())
    const kernel = createKernel({
      journal,
      book,
      archive: queries,
      history: queries,
      unfinished,
      outcomesOf: outcomesFrom(queries),
      latchStore,
      latch,
      bus,
      broker,
      feed,
      sources: world.sources,
      custom: world.isNow ? createCustomSources({ environment, folder: home }) : undefined,
      planning: planning.value,
      mandate,
      reviewPolicy: reviewPolicy.value,
      timeScale: world.speed,
      account,
      clock,
      random: random.fork('runs'),
      ids,
      sha256,
      compute,
      models,
      templates: templates.value,
      timetable: createTimetable(),
      calendars: calendars.value,
      deadManSwitch: settings.load().deadManSwitch,
      ...(coolDownMs !== undefined && { coolDownMs }),
    })
    const loop = watchLoop(now, createLoopMeter(), (alarm, delay) => {
      const event =
        alarm === null
          ? ({ kind: 'engineCaughtUp', data: delay } as const)
          : ({ kind: 'engineDelayed', data: { ...delay, alarm } } as const)
      void journal.append({ ...event, actor: system })
    })
    cleanups.push(loop.stop)
    function createPaperAccount(): Broker {
      const paper = createPaperBroker({
        mode: 'paper',
        feed,
        clock,
        random: random.fork('broker'),
        cash: paperAccount.cash,
        leverage: mandate.maximumLeverage,
      })
      paper.restore(
        queries.listOrders(undefined, everything),
        queries.listFills(undefined, everything),
        queries.listFunding(everything),
      )
      return paper
    }

    let stopShortcut: StopShortcut = { state: 'not available' }
    const status = createStatus({
      kernel,
      journal,
      feed,
      broker,
      bus,
      clock,
      version: app.version,
      loop: () => loop.read(),
      stopShortcut: () => stopShortcut,
    })
    const snapshots = keepSnapshots(journal, book, snapshotEvery)
    cleanups.push(snapshots.stop)

    const importInto: ApiParts['importBars'] = async (file, text, instrument, { timeZone, ...options }) => {
      const request = { database: join(home, 'market.db'), file, text, instrument, timeZone }
      const report = await compute.run(importBars, request, { ...options, timeoutMs: longestImportMs })
      const { timeframe, bars } = report
      await journal.append({
        kind: 'barsImported',
        data: { instrument: report.instrument, timeframe, bars, file: report.file },
        actor: { kind: 'human', id: 'trader' },
      })
      return report
    }

    return {
      router: createRouter({
        kernel,
        journal,
        queries,
        feed,
        bus,
        settings,
        planning: planning.value,
        models,
        planningChanges: planning,
        keyring,
        wantedKeys: requiredKeys({
          models: minds.value,
          sources: readSources(home),
          planning: planning.value,
          broker: venue.value,
        }),
        home,
        clock,
        compute,
        status: status.read,
        importBars: importInto,
        importedSeries: () => barStore.series(),
        checkFeed: (choice) => checkFeed(choice, barStore, home),
      }),
      async start() {
        if (doubt !== undefined) {
          const data = { before: first.latch, after: latch }
          await journal.append({ kind: 'tradingStateChanged', data, actor: system, reason: doubt })
        }
        if (accountDoubt !== undefined)
          await journal.append({ kind: 'accountDoubted', data: { why: accountDoubt }, actor: system })
        await journal.append({
          kind: 'deskStarted',
          data: { clean, feed: feed.name },
          actor: system,
          ...(rehearsal !== undefined && { reason: rehearsal }),
        })
        await kernel.start()
      },
      async stop(why) {
        await kernel.stop(why)
        // An agent that was asked something may still answer, and be recorded, but nobody waits long for it.
        const patience = new AbortController()
        await Promise.race([bus.close(), sleep(now, 2_000, patience.signal)])
        patience.abort()
        // The last record: that it is there tells the next start that all was in order.
        await journal.append({ kind: 'deskStopped', data: { why }, actor: system }).catch(() => {})
        snapshots.save()
        for (const cleanup of cleanups.splice(0).reverse()) cleanup()
      },
      halt(reason) {
        kernel.halt(2, { kind: 'human', id: 'trader' }, reason)
      },
      shortcutIs(shortcut) {
        stopShortcut = shortcut
      },
      status: status.read,
      onStatus: status.listen,
      metrics: createMetrics({ kernel, journal, bus, status: status.read }),
    }
  }
}

const everything = 1_000_000_000
