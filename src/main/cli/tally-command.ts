import type { Command } from 'commander'
import { jsonOption } from './options.ts'
import { print } from './terminal.ts'

/** `parley tally FILE --method M`: who wins an election. */
export function tallyCommand(program: Command): void {
  program
    .command('tally')
    .description('rank the candidates of an election in a JSON file')
    .argument('<file>', '{"candidates": [...], "ballots": [[[groups, best first], count], ...]}')
    .requiredOption('--method <name>', 'for instance schulze, ranked-pairs, borda, instant-runoff')
    .addOption(jsonOption())
    .action(async (file: string, { method, json }: { method: string; json?: true }) => {
      const { tallyFile } = await import('./tally.ts')
      const result = tallyFile(file, method)
      if (json) print(JSON.stringify(result))
      else for (const [place, group] of result.ranking.entries()) print(`${place + 1}. ${group.join(', ')}`)
    })
}
