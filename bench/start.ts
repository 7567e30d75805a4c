import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Message } from '#shared/domain/message.ts'
import { createRandom } from '#shared/lib/random.ts'
import { createVirtualClock } from '#shared/lib/virtual-clock.ts'
import { openJournal } from '#store/journal.ts'
import { loadJournalKeys } from '#store/journal-keys.ts'
import { deskProjections } from '#store/projections/index.ts'

const times = 10
const growths = [10_000, 100_000, 1_000_000]
const recordsInGroup = 256
const host = join(import.meta.dirname, '../out/main/headless.js')

interface Started {
  readonly ms: number
  /** Resident memory once it is open, in MB; null where the system does not tell. */
  readonly rss: number | null
}

/** Starts the built host on the folder until it says that it is open, then ends it. */
function startOnce(home: string): Promise<Started> {
  return new Promise((resolve, reject) => {
    const startedMs = performance.now()
    const child = spawn(process.execPath, [host, '--home', home, '--port', '0'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let started: Started | undefined
    child.stdout.on('data', (text: Buffer) => {
      if (started !== undefined || !text.includes('Parley is open')) return
      started = { ms: performance.now() - startedMs, rss: residentMb(child.pid) }
      child.kill('SIGTERM')
    })
    child.on('exit', (code) => {
      if (started !== undefined) resolve(started)
      else reject(new Error(`The host ended with ${code} before it was open.`))
    })
  })
}

function residentMb(pid: number | undefined): number | null {
  const file = `/proc/${pid}/status`
  if (!existsSync(file)) return null
  const found = /VmRSS:\s+(\d+) kB/.exec(readFileSync(file, 'utf8'))
  return found === null ? null : Number(found[1]) / 1_024
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN
}

function report(what: string, runs: readonly Started[]): void {
  const ms = runs.map((run) => run.ms)
  const resident = runs.flatMap(({ rss }) => rss ?? [])
  const memory = resident.length === 0 ? '' : `, ${median(resident).toFixed(0)} MB resident`
  console.log(
    `  ${what}: fastest ${Math.min(...ms).toFixed(0)} ms, median ${median(ms).toFixed(0)} ms, slowest ${Math.max(...ms).toFixed(0)} ms${memory}`,
  )
}

/** Adds messages to the journal of a desk that does not run, until it has so many records. */
async function grow(home: string, records: number): Promise<void> {
  const random = createRandom(records)
  const journal = openJournal({
    file: join(home, 'journal.db'),
    clock: createVirtualClock(Date.now()),
    keys: loadJournalKeys(home),
    schedule: setImmediate,
    projections: deskProjections,
    app: { version: '0.0.0', commit: '0'.repeat(40) },
    configHash: '0'.repeat(64),
    mode: 'paper',
    account: 'paper',
  })
  for (let index = journal.head().size; index < records; ) {
    const appends: Promise<unknown>[] = []
    for (const end = Math.min(records, index + recordsInGroup); index < end; index++) {
      const message: Message = {
        id: `msg_${index}`,
        runId: `run_${Math.floor(index / 100)}`,
        at: Date.now(),
        agent: 'bull',
        kind: 'analysis',
        text: `Funding is negative while price holds its range (${random.float()}).`,
        confidence: 0.62,
        evidence: ['evi_1'],
        replyTo: null,
      }
      const actor = { kind: 'agent', id: 'bull' } as const
      appends.push(journal.append({ kind: 'messagePosted', data: { message }, actor, correlationId: message.runId }))
    }
    await Promise.all(appends)
  }
  journal.close()
}

/** Starts on a journal that grows: with snapshots the time has to stay what it was. */
async function benchGrowth(): Promise<void> {
  console.log(`Start to an open desk as its journal grows, ${times} times each`)
  const home = mkdtempSync(join(tmpdir(), 'parley-start-'))
  try {
    await startOnce(home)
    for (const records of growths) {
      await grow(home, records)
      // The first start finds no snapshot of what was added while no desk ran, and takes one.
      const first = await startOnce(home)
      const runs: Started[] = []
      for (let time = 0; time < times; time++) runs.push(await startOnce(home))
      report(`${records.toLocaleString('en-US')} records`, runs)
      console.log(`    and the first, with no snapshot: ${first.ms.toFixed(0)} ms`)
    }
  } finally {
    rmSync(home, { recursive: true, force: true })
  }
}

/**
 * From the command to an open desk, on a new data folder and on one that was used, or, as the part `journal`, as the journal
 * grows to a million records: `npm run build` first.
 */
export async function benchStart({ part }: { readonly part?: string } = {}): Promise<void> {
  if (!existsSync(host)) throw new Error('There is no build: run "npm run build" first.')
  if (part === 'journal') return benchGrowth()
  console.log(`Start to an open desk, ${times} times each`)
  const homes = Array.from({ length: times }, () => mkdtempSync(join(tmpdir(), 'parley-start-')))
  try {
    const cold: Started[] = []
    for (const home of homes) cold.push(await startOnce(home))
    report('new data folder', cold)
    const again: Started[] = []
    for (const home of homes) again.push(await startOnce(home))
    report('used data folder', again)
  } finally {
    for (const home of homes) rmSync(home, { recursive: true, force: true })
  }
}
