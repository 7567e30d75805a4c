import { join } from 'node:path'
import { destination, type Logger, pino } from 'pino'
import type { UnforeseenFailure } from '#api/errors.ts'

const secrets = ['token', 'apiKey', 'apiSecret', 'password', 'secret', 'authorization', 'cookie']

/** Writes JSON lines to `logs/parley.log` under the home; fields that name a secret are left out. */
export function openLog(home: string): Logger {
  return pino(
    {
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: { paths: secrets.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]), remove: true },
    },
    destination({ dest: join(home, 'logs', 'parley.log'), mkdir: true, sync: true }),
  )
}

/** Takes what the API could not foresee into the log. */
export function reportTo(log: Logger): (failure: UnforeseenFailure) => void {
  return ({ reference, where, error }) => log.error({ reference, where, err: error }, 'A call failed unforeseen.')
}

/**
 * From now on an error that nothing caught halts trading and is logged, instead of ending the process with orders out:
 * the page, the tray and the command line stay there to see and close what is open.
 */
export function haltOnFaults(log: Logger, halt: (reason: string) => void): void {
  const onFault = (error: unknown) => {
    try {
      halt('An unforeseen error in the engine')
    } finally {
      log.fatal({ err: error }, 'Nothing caught this error; trading was halted.')
    }
  }
  process.on('uncaughtException', onFault)
  process.on('unhandledRejection', onFault)
}
