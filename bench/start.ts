import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const times = 10
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

/** From the command to an open desk, on a new data folder and on one that was used: `npm run build` first. */
export async function benchStart(): Promise<void> {
  if (!existsSync(host)) throw new Error('There is no build: run "npm run build" first.')
  const report = (what: string, runs: readonly Started[]) => {
    const ms = runs.map((run) => run.ms)
    const resident = runs.flatMap(({ rss }) => rss ?? [])
    const memory = resident.length === 0 ? '' : `, ${median(resident).toFixed(0)} MB resident`
    console.log(`  ${what}: median ${median(ms).toFixed(0)} ms, slowest ${Math.max(...ms).toFixed(0)} ms${memory}`)
  }
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
