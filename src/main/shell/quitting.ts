import { app, dialog } from 'electron'
import type { Log } from './words.ts'

const listingMs = 2_000
const stoppingMs = 10_000

export interface QuittingOptions {
  /** What would be left open, a line each. */
  exposure(): Promise<readonly string[]>
  stop(why: string): Promise<void>
  readonly log: Log
}

/**
 * Quits in order, whoever asks for it: lists what is open and lets the person stay (EL-5), then stops the desk, then
 * ends the process. Returns what ends it without a question, for the system's shutdown.
 */
export function handleQuitting(options: QuittingOptions): { finish(why: string): Promise<void> } {
  let phase: 'running' | 'asking' | 'stopping' = 'running'

  async function finish(why: string): Promise<void> {
    if (phase === 'stopping') return
    phase = 'stopping'
    await within(stoppingMs, options.stop(why)).catch((error: unknown) => options.log('The desk did not stop.', error))
    app.exit(0)
  }

  async function quit(): Promise<void> {
    phase = 'asking'
    const lines = await within(listingMs, options.exposure()).catch((error: unknown) => {
      options.log('What is open could not be listed.', error)
      return ['What is open could not be listed.']
    })
    if (lines.length > 0 && !(await confirm(lines))) {
      phase = 'running'
      return
    }
    await finish('The trader quit the app')
  }

  app.on('before-quit', (event) => {
    event.preventDefault()
    if (phase === 'running') void quit()
  })
  // Without windows the desk goes on.
  app.on('window-all-closed', () => {})
  return { finish }
}

async function confirm(lines: readonly string[]): Promise<boolean> {
  const { response } = await dialog.showMessageBox({
    type: 'warning',
    message: 'These stay open when Parley quits, and nothing watches them:',
    detail: lines.join('\n'),
    buttons: ['Keep running', 'Quit anyway'],
    defaultId: 0,
    cancelId: 0,
  })
  return response === 1
}

async function within<T>(limitMs: number, promise: Promise<T>): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => reject(new Error(`No answer within ${limitMs} ms.`)), limitMs)
  try {
    return await Promise.race([promise, late])
  } finally {
    clearTimeout(timer)
  }
}
