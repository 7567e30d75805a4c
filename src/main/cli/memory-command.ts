import { type Command, Option } from 'commander'
import { recalledSentence } from '#engine/desk/memory/recall.ts'
import { resolveHome } from '#main/config/home.ts'
import { seatSchema, seatTitles } from '#shared/domain/agent.ts'
import {
  type MemoryEntry,
  type MemoryHit,
  memoryKinds,
  memoryTiers,
  type RememberedRun,
} from '#shared/domain/memory.ts'
import { regimes, regimeWords } from '#shared/domain/situation.ts'
import { homeOption, jsonOption, wholeNumber } from './options.ts'
import { requireDesk } from './running-desk.ts'
import { describeTerminal, print, printJson, textTable, wrapText } from './terminal.ts'

interface Flags {
  readonly home?: string
  readonly json?: boolean
}

interface Wanted {
  readonly instrument?: string
  readonly regime?: string
  readonly agent?: string
  readonly kind?: string
  readonly tier?: string
  readonly limit: number
}

/** Adds memory search and show: what the open desk knew, decided and learned. */
export function memoryCommands(program: Command): void {
  const memory = program.command('memory').description('what an open desk knew, decided and learned')
  memory
    .command('search')
    .argument('[words...]', 'words that must be there, "a phrase", -without')
    .description('search memory, newest first')
    .option('--instrument <symbol>', 'the instrument')
    .addOption(new Option('--regime <regime>', 'the market regime').choices(regimes))
    .option('--agent <name>', 'the agent')
    .addOption(new Option('--kind <kind>', 'known, decided or learned').choices(memoryKinds))
    .addOption(new Option('--tier <tier>', 'runs in progress, recent runs or the archive').choices(memoryTiers))
    .option('--limit <n>', 'how many at most', wholeNumber(1, 200), 20)
    .addOption(homeOption())
    .addOption(jsonOption())
    .action(async (words: string[], { home, json, limit, ...wanted }: Flags & Wanted) => {
      const query = new URLSearchParams({ text: words.join(' '), limit: String(limit), ...wanted })
      const hits = await requireDesk(resolveHome(home)).call<MemoryHit[]>('GET', `/memory?${query.toString()}`)
      if (json === true) return printJson(hits)
      if (hits.length === 0) print('No matching memories.')
      for (const hit of hits) printEntry(hit, `${hit.instrument}${inRegime(hit)}, ${hit.tier}, ${hit.runId}`)
    })
  memory
    .command('show')
    .argument('<run>', 'the id of a run')
    .description('show the memory of a run, and similar earlier runs')
    .addOption(homeOption())
    .addOption(jsonOption())
    .action(async (runId: string, { home, json }: Flags) => {
      const found = await requireDesk(resolveHome(home)).call<RememberedRun>(
        'GET',
        `/memory/${encodeURIComponent(runId)}`,
      )
      if (json === true) return printJson(found)
      printRemembered(found)
    })
}

const inRegime = ({ regime }: Pick<MemoryEntry, 'regime'>) => (regime === null ? '' : ` in ${regimeWords[regime]}`)

function printEntry({ at, agent, kind, text }: MemoryEntry, about?: string): void {
  const { paint, columns } = describeTerminal()
  const where = about === undefined ? '' : ` (${about})`
  print(`${paint.faint(new Date(at).toISOString())} ${paint.strong(nameOf(agent))} ${paint.faint(`${kind}${where}`)}`)
  for (const line of wrapText(text, columns - 2)) print(`  ${line}`)
}

function nameOf(agent: string): string {
  const seat = seatSchema.safeParse(agent)
  return seat.success ? seatTitles[seat.data] : agent
}

function printRemembered({ episode, tier, recollection, entries }: RememberedRun): void {
  const { paint, columns } = describeTerminal()
  const { runId, instrument, profile, startedAt, situation } = episode
  print(
    `${paint.strong(instrument)}  ${new Date(startedAt).toISOString()}, profile ${profile}, ${tier}  ${paint.faint(runId)}`,
  )
  print(`\n${paint.strong('SITUATION')}`)
  if (situation === null) print('  unavailable: the run ended before this')
  else {
    const rows = Object.entries(situation.features).map(([name, value]) => [name, value.toFixed(2)])
    print(textTable([['regime', situation.regime ?? 'unavailable'], ...rows], { columns }))
  }
  if (recollection !== null && recollection.compared > 0) {
    print(`\n${paint.strong('SIMILAR SITUATIONS')}  of ${recollection.compared} compared`)
    if (recollection.recalled.length === 0) print('  none')
    for (const past of recollection.recalled) {
      for (const line of wrapText(recalledSentence(past), columns - 2)) print(`  ${line}`)
      print(`  ${paint.faint(past.runId)}`)
    }
  }
  for (const kind of memoryKinds) {
    const those = entries.filter((entry) => entry.kind === kind)
    if (those.length > 0) print(`\n${paint.strong(kind.toUpperCase())}`)
    for (const entry of those) printEntry(entry)
  }
}
