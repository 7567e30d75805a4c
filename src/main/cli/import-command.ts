import { basename, join } from 'node:path'
import type { Command } from 'commander'
import { resolveHome } from '#main/config/home.ts'
import { importBars } from '#main/workers/import-bars.ts'
import { prepareHome } from '#store/home.ts'
import { readInput } from './input-file.ts'
import { homeOption, jsonOption } from './options.ts'
import { print, showShare } from './terminal.ts'

/** Adds import: bars from a CSV file into the data folder, also while a desk is open on it. */
export function importCommand(program: Command): void {
  program
    .command('import <file>')
    .description('import bars from a CSV file: all of them, or none')
    .option('--instrument <id>', 'the instrument, such as BTC/USDT (default: as the file says)')
    .addOption(homeOption())
    .addOption(jsonOption())
    .action((file: string, { instrument, home, json }: { instrument?: string; home?: string; json?: boolean }) => {
      const text = readInput(file)
      const folder = resolveHome(home)
      prepareHome(folder)
      const progress = showShare(`Importing ${basename(file)}`)
      const report = importBars({ database: join(folder, 'market.db'), file, text, instrument }, progress.report)
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
