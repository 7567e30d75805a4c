import { basename, join } from 'node:path'
import type { Command } from 'commander'
import { decodeText } from '#adapters/csv/decode-text.ts'
import { resolveHome } from '#main/config/home.ts'
import { importBars } from '#main/workers/import-bars.ts'
import { prepareHome } from '#store/home.ts'
import { readInputBytes } from './input-file.ts'
import { homeOption, jsonOption } from './options.ts'
import { print, showShare } from './terminal.ts'

interface ImportOptions {
  readonly instrument?: string
  readonly timeZone?: string
  readonly home?: string
  readonly json?: boolean
}

/** Adds import: bars from a CSV file into the data folder, also while a desk is open on it. */
export function importCommand(program: Command): void {
  program
    .command('import <file>')
    .description('import bars from a CSV file: all of them, or none')
    .option('--instrument <id>', 'the instrument, such as BTC/USDT (default: as the file says)')
    .option('--time-zone <name>', 'the zone of times without one, such as Europe/Berlin (default: UTC)')
    .addOption(homeOption())
    .addOption(jsonOption())
    .action((file: string, { instrument, timeZone, home, json }: ImportOptions) => {
      const text = decodeText(readInputBytes(file))
      const folder = resolveHome(home)
      prepareHome(folder)
      const progress = showShare(`Importing ${basename(file)}`)
      const report = importBars(
        { database: join(folder, 'market.db'), file, text, instrument, timeZone },
        progress.report,
      )
      progress.end()
      if (json === true) return print(JSON.stringify(report))
      const day = (at: number) => new Date(at).toISOString().slice(0, 16).replace('T', ' ')
      print(
        `${report.bars} bars of ${report.instrument}, ${report.timeframe}, from ${day(report.from)} to ${day(report.to)} UTC`,
      )
      if (report.replaced > 0) print(`${report.replaced} of them replaced existing bars.`)
      for (const note of report.notes) print(`Note: ${note}`)
    })
}
