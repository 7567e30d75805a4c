import type { HttpOrigin } from '#shared/domain/profile.ts'
import { errorMessage } from '#shared/lib/error.ts'
import type { CustomGoal } from './custom-goal.ts'
import { atPointer } from './json-pointer.ts'
import { sourceUnavailable } from './source-unavailable.ts'

const mostBytes = 1_000_000

interface HttpOptions {
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly signal: AbortSignal
}

/**
 * Asks an address for JSON and gives what stands at the pointer. Redirects are not followed, since the keys would go along,
 * and keys go over https or to this machine only. Rejects with SOURCE_UNAVAILABLE, whose words hold no key.
 */
export async function askHttp(
  source: string,
  { url: template, pointer, headers: variables }: HttpOrigin,
  goal: CustomGoal,
  { environment, signal }: HttpOptions,
): Promise<unknown> {
  const url = new URL(
    template.replace(/\{(instrument|base|quote)\}/g, (_, name) => encodeURIComponent(goal[name as keyof CustomGoal])),
  )
  const headers = new Headers({ accept: 'application/json', 'user-agent': 'Parley' })
  for (const [name, variable] of Object.entries(variables)) {
    const key = environment[variable]
    if (key === undefined || key === '') {
      throw sourceUnavailable(source, `${source} needs the environment variable ${variable}, which is not set.`)
    }
    if (url.protocol !== 'https:' && !isThisMachine(url.hostname)) {
      throw sourceUnavailable(source, `${source} wants a key over http: keys are sent over https only.`)
    }
    headers.set(name, key)
  }
  const response = await fetch(url, { headers, signal, redirect: 'manual' }).catch((error: unknown) => {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
    throw sourceUnavailable(source, `${url.host} cannot be reached: ${errorMessage(cause)}`, 'retryable')
  })
  if (response.status >= 300 && response.status < 400) {
    await response.body?.cancel()
    throw sourceUnavailable(source, `${url.host} sends elsewhere (${response.status}), which is not followed.`)
  }
  if (!response.ok) {
    await response.body?.cancel()
    const mayPass = response.status === 429 || response.status >= 500
    const words = `${url.host} answered ${response.status} ${response.statusText}`.trim()
    throw sourceUnavailable(source, `${words}.`, mayPass ? 'retryable' : 'definitive')
  }
  const found = atPointer(parse(source, url.host, await readText(source, response)), pointer)
  if (found !== undefined && found !== null) return found
  throw sourceUnavailable(source, `${url.host} answered, and there is nothing at "${pointer}".`)
}

function isThisMachine(host: string): boolean {
  return ['localhost', '127.0.0.1', '[::1]'].includes(host)
}

async function readText(source: string, response: Response): Promise<string> {
  const decoder = new TextDecoder()
  let text = ''
  let bytes = 0
  for await (const chunk of response.body ?? []) {
    bytes += chunk.byteLength
    if (bytes > mostBytes) throw sourceUnavailable(source, `${source} answered more than ${mostBytes / 1e6} MB.`)
    text += decoder.decode(chunk, { stream: true })
  }
  return text + decoder.decode()
}

function parse(source: string, host: string, text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw sourceUnavailable(source, `${host} answered no JSON.`)
  }
}
