import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { createORPCClient } from '@orpc/client'
import type { ContractRouterClient } from '@orpc/contract'
import type { JsonifiedClient } from '@orpc/openapi-client'
import { OpenAPILink } from '@orpc/openapi-client/fetch'
import { contract } from '#shared/contract/index.ts'
import type { JournalRecord } from '#shared/domain/journal.ts'
import { isClosedReview } from '#shared/domain/review.ts'
import type { Run } from '#shared/domain/run.ts'
import { rehearsalEnvironment } from '#test/builders/test-time.ts'

const built = resolve(import.meta.dirname, '../../out/main/headless.js')

/** True where the headless host and its page are built. */
export const isBuilt = existsSync(built) && existsSync(join(built, '../../renderer/index.html'))

type Client = JsonifiedClient<ContractRouterClient<typeof contract>>

/** A headless desk in a process of its own, and a program's client of it over OpenAPI. */
export interface Host {
  /** Lets a browser in. */
  readonly address: string
  readonly token: string
  readonly client: Client
  readonly child: ChildProcess
  /** All records of the journal, oldest first. */
  journal(): Promise<JournalRecord[]>
  /** Waits until a run has ended. */
  ended(runId: string): Promise<Run>
  /** The same whichever way its decision falls: one that waits for the trader is rejected. */
  settled(runId: string): Promise<Run>
  /** Ends the process; resolves its exit code, null for a signal that it cannot catch. */
  end(signal: 'SIGTERM' | 'SIGKILL'): Promise<number | null>
}

/** A host that did not come up: its exit code and all that it printed. */
export class HostRefused extends Error {
  readonly code: number | null
  constructor(code: number | null, output: string) {
    super(output)
    this.code = code
  }
}

/** Nothing that a test waits for takes this long, on whatever machine. */
export const longestMs = 120_000

const processes = new Set<ChildProcess>()

/**
 * Starts the built headless host on a home and a port, any free one unless given, at the moment that the tests live in.
 * Throws HostRefused.
 */
export async function startHost(
  home: string,
  port = 0,
  token = 'a-token-of-the-tests-and-of-nothing-else',
): Promise<Host> {
  const child = spawn(process.execPath, [built, '--home', home, '--port', String(port)], {
    env: { ...process.env, ...rehearsalEnvironment(), PARLEY_TOKEN: token },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  processes.add(child)
  const closed = new Promise<number | null>((resolve) => child.once('close', resolve))
  void closed.then(() => processes.delete(child))
  let output = ''
  const address = await new Promise<string>((resolve, reject) => {
    const read = (chunk: Buffer) => {
      output += chunk
      const found = /Parley is open at (\S+)\n/.exec(output)?.[1]
      if (found !== undefined) resolve(found)
    }
    child.stdout.on('data', read)
    child.stderr.on('data', read)
    void closed.then((code) => reject(new HostRefused(code, output)))
  })
  const client: Client = createORPCClient(
    new OpenAPILink(contract, { url: new URL('/api', address).href, headers: { authorization: `Bearer ${token}` } }),
  )
  const hasEnded = async (runId: string) => (await client.runs.get({ runId })).status !== 'running'
  return {
    address,
    token,
    client,
    child,
    async journal() {
      const records: JournalRecord[] = []
      for (;;) {
        const next = await client.journal.read({ after: records.length, limit: 1_000 })
        records.push(...next)
        if (next.length < 1_000) return records
      }
    },
    async ended(runId) {
      await until(() => hasEnded(runId), `the run ${runId} has ended`)
      return client.runs.get({ runId })
    },
    async settled(runId) {
      const words = { code: 'OTHER', words: 'It is not what this test is about.' } as const
      await until(async () => {
        const waiting = (await client.reviews.list({})).find(
          (review) => review.runId === runId && !isClosedReview(review.status),
        )
        // It may have run out, or be busy with a vote, just now.
        if (waiting !== undefined) await client.reviews.reject({ reviewId: waiting.id, words }).catch(() => {})
        return hasEnded(runId)
      }, `the run ${runId} has ended or been rejected`)
      return client.runs.get({ runId })
    },
    async end(signal) {
      if (child.exitCode === null && child.signalCode === null) child.kill(signal)
      return closed
    },
  }
}

/** Ends every host that is still there. */
export async function endHosts(): Promise<void> {
  await Promise.all(
    [...processes].map((child) => {
      const closed = new Promise((resolve) => child.once('close', resolve))
      child.kill('SIGKILL')
      return closed
    }),
  )
}

export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

/** Waits until something holds, looking often and giving up late: no load of the machine makes it fail. */
export async function until(holds: () => boolean | Promise<boolean>, what: string): Promise<void> {
  for (const begun = performance.now(); performance.now() - begun < longestMs; await sleep(20))
    if (await holds()) return
  throw new Error(`After ${longestMs / 1_000} s it still does not hold that ${what}.`)
}
