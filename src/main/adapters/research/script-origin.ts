import { spawn } from 'node:child_process'
import type { ScriptOrigin } from '#shared/domain/profile.ts'
import type { CustomGoal } from './custom-goal.ts'
import { sourceUnavailable } from './source-unavailable.ts'

const mostBytes = 1_000_000
/** What a program needs to be found and to run; no key, no name of the user. */
const kept = ['PATH', 'SystemRoot', 'PATHEXT']

interface ScriptOptions {
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly folder: string
  readonly signal: AbortSignal
}

/**
 * Runs a program without a shell, gives it the goal as JSON on stdin and reads the JSON that it prints. It and whatever it
 * started are ended when the signal aborts or it prints too much. Rejects with SOURCE_UNAVAILABLE.
 */
export async function askScript(
  source: string,
  { command, args }: ScriptOrigin,
  goal: CustomGoal,
  options: ScriptOptions,
): Promise<unknown> {
  const { code, stdout, stderr } = await run(source, { command, args }, JSON.stringify(goal), options)
  if (code !== 0) {
    const said = stderr.trim().split('\n').at(-1)?.slice(0, 200) ?? ''
    throw sourceUnavailable(source, `${command} ended with ${code}${said === '' ? '.' : `: ${said}`}`, 'retryable')
  }
  try {
    return JSON.parse(stdout)
  } catch {
    throw sourceUnavailable(source, `${command} printed no JSON.`)
  }
}

interface Ended {
  /** The exit code, or the signal that ended it. */
  readonly code: number | string
  readonly stdout: string
  readonly stderr: string
}

function run(source: string, { command, args }: ScriptOrigin, input: string, options: ScriptOptions): Promise<Ended> {
  const { environment, folder, signal } = options
  return new Promise((resolve, reject) => {
    const isWindows = process.platform === 'win32'
    const env = Object.fromEntries(
      kept.flatMap((name) => (environment[name] === undefined ? [] : [[name, environment[name]]])),
    )
    // In a group of its own, so that what it starts can be ended with it.
    const child = spawn(command, args, { cwd: folder, env, shell: false, detached: !isWindows, windowsHide: true })
    const output = { stdout: '', stderr: '' }
    let bytes = 0

    const end = () => {
      if (child.pid === undefined) return
      try {
        if (isWindows) child.kill('SIGKILL')
        else process.kill(-child.pid, 'SIGKILL')
      } catch {
        // It has ended by itself.
      }
    }
    const give = (settle: () => void) => {
      signal.removeEventListener('abort', abort)
      end()
      settle()
    }
    const abort = () => give(() => reject(signal.reason as Error))
    signal.addEventListener('abort', abort, { once: true })
    for (const name of ['stdout', 'stderr'] as const) {
      child[name].setEncoding('utf8').on('data', (chunk: string) => {
        bytes += chunk.length
        if (bytes > mostBytes) {
          give(() => reject(sourceUnavailable(source, `${command} printed more than ${mostBytes / 1e6} MB.`)))
        } else output[name] += chunk
      })
    }
    child.on('error', (error) => {
      give(() => reject(sourceUnavailable(source, `${command} cannot be run: ${error.message}`)))
    })
    child.on('close', (code, ending) => give(() => resolve({ code: code ?? ending ?? 'nothing', ...output })))
    // A program that does not read its input is no failure.
    child.stdin.on('error', () => {})
    child.stdin.end(input)
  })
}
