import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { ParleyError } from '#shared/lib/error.ts'

/** The path of the desk's worker: beside this file as source, beside the entries or above their chunks when built. */
export function workerFile(): string {
  const places = ['compute.worker.ts', 'compute.worker.js', '../compute.worker.js']
  const found = places.map((place) => join(import.meta.dirname, place)).find((file) => existsSync(file))
  if (found !== undefined) return found
  throw new ParleyError('WORKER_MISSING', `There is no worker file by ${import.meta.dirname}.`, {
    wayOut: 'Install Parley again, or build it anew.',
  })
}
