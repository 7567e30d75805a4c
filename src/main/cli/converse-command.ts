import { type Command, Option } from 'commander'
import { resolveHome } from '#main/config/home.ts'
import { seatSchema, seats, seatTitles } from '#shared/domain/agent.ts'
import { conversationText } from '#shared/domain/conversation-text.ts'
import type { Evidence } from '#shared/domain/evidence.ts'
import { type Message, type MessageHit, messageKinds } from '#shared/domain/message.ts'
import type { Run } from '#shared/domain/run.ts'
import type { TraderRemark } from '#shared/domain/trader-remark.ts'
import { ParleyError } from '#shared/lib/error.ts'
import { anyNumber, homeOption, jsonOption, wholeNumber } from './options.ts'
import { type RunningDesk, requireDesk } from './running-desk.ts'
import { describeTerminal, print, printJson, wrapText } from './terminal.ts'

interface Flags {
  readonly home?: string
  readonly json?: boolean
}

/** Adds converse show, search, export and say: what is said on the desk that is open. */
export function converseCommands(program: Command): void {
  const converse = program.command('converse').description('read, search and join the conversations of an open desk')
  converse
    .command('show')
    .argument('<run>', 'the id of a run')
    .description('show what was said in a run')
    .addOption(homeOption())
    .addOption(jsonOption())
    .action(async (runId: string, { home, json }: Flags) => {
      const messages = await messagesOf(requireDesk(resolveHome(home)), runId)
      if (json === true) return printJson(messages)
      for (const message of messages) printMessage(message)
    })
  converse
    .command('search')
    .argument('[words...]', 'words that must be there, "a phrase", -without')
    .description('search all messages, newest first')
    .option('--agent <name>', 'who said it')
    .addOption(new Option('--kind <kind>', 'the kind of message').choices(messageKinds))
    .option('--instrument <symbol>', 'the instrument it is about')
    .option('--run <run>', 'the run it was said in')
    .option('--limit <n>', 'how many at most', wholeNumber(1, 200), 20)
    .addOption(homeOption())
    .addOption(jsonOption())
    .action(async (words: string[], { home, json, run, limit, ...wanted }: Flags & Wanted) => {
      const query = new URLSearchParams({ text: words.join(' '), limit: String(limit), ...wanted })
      if (run !== undefined) query.set('runId', run)
      const hits = await requireDesk(resolveHome(home)).call<MessageHit[]>('GET', `/conversations?${query.toString()}`)
      if (json === true) return printJson(hits)
      if (hits.length === 0) print('No matching messages.')
      for (const { message, instrument } of hits)
        printMessage(message, `${instrument ?? 'unavailable'}, ${message.runId}`)
    })
  converse
    .command('export')
    .argument('<run>', 'the id of a run')
    .description('write the conversation of a run, with its evidence, to standard output')
    .addOption(new Option('--format <format>', 'the form').choices(['markdown', 'jsonl']).default('markdown'))
    .addOption(homeOption())
    .action(async (runId: string, { home, format }: Flags & { format: 'markdown' | 'jsonl' }) => {
      const desk = requireDesk(resolveHome(home))
      const messages = await messagesOf(desk, runId)
      if (format === 'jsonl') {
        for (const message of messages) print(JSON.stringify(message))
        return
      }
      const [run, evidence] = await Promise.all([
        desk.call<Run>('GET', `/runs/${runId}`),
        desk.call<Evidence[]>('GET', `/runs/${runId}/evidence`),
      ])
      print(conversationText(run, messages, evidence))
    })
  converse
    .command('say')
    .argument('<run>', 'the id of a run in progress')
    .argument('<words>', 'what you say')
    .description('join in: ask an agent, add a fact as evidence, or object')
    .addOption(new Option('--to <agent>', 'ask this agent').choices(seats))
    .addOption(
      new Option('--fact <direction>', 'a fact for everyone, and its direction').choices(['up', 'down', 'none']),
    )
    .option('--confidence <share>', 'your confidence in the fact, 0 to 1', anyNumber(), 0.6)
    .option('--object', 'an objection: the decision needs your approval')
    .addOption(homeOption())
    .addOption(jsonOption())
    .action(async (runId: string, text: string, { home, json, ...how }: Flags & Manner) => {
      const remark = remarkOf(text, how)
      const said = await requireDesk(resolveHome(home)).call<Message[]>('POST', `/conversations/${runId}`, { remark })
      if (json === true) return printJson(said)
      for (const message of said) printMessage(message)
    })
}

interface Wanted {
  readonly agent?: string
  readonly kind?: string
  readonly instrument?: string
  readonly run?: string
  readonly limit: number
}

interface Manner {
  readonly to?: string
  readonly fact?: 'up' | 'down' | 'none'
  readonly confidence: number
  readonly object?: boolean
}

function remarkOf(text: string, { to, fact, confidence, object }: Manner): TraderRemark {
  const chosen = [to, fact, object].filter((each) => each !== undefined)
  if (chosen.length !== 1) {
    throw new ParleyError('REMARK_UNCLEAR', 'A message is one of these: a question, a fact or an objection.', {
      wayOut: 'Give one of --to AGENT, --fact up|down|none, --object.',
    })
  }
  if (to !== undefined) return { intent: 'ask', to: seatSchema.parse(to), text }
  if (fact !== undefined) return { intent: 'fact', text, direction: fact, confidence }
  return { intent: 'object', text }
}

const pageSize = 2_000

async function messagesOf(desk: RunningDesk, runId: string): Promise<Message[]> {
  const all: Message[] = []
  for (;;) {
    const query = new URLSearchParams({ limit: String(pageSize) })
    const last = all.at(-1)?.id
    if (last !== undefined) query.set('after', last)
    const page = await desk.call<Message[]>('GET', `/runs/${runId}/messages?${query.toString()}`)
    all.push(...page)
    if (page.length < pageSize) return all
  }
}

function printMessage({ at, agent, kind, text, confidence, runs = [] }: Message, about?: string): void {
  const { paint, columns } = describeTerminal()
  const seat = seatSchema.safeParse(agent)
  const who = seat.success ? seatTitles[seat.data] : agent
  const sure = confidence === null ? '' : `, confidence ${confidence.toFixed(2)}`
  const where = about === undefined ? '' : ` (${about})`
  print(`${paint.faint(new Date(at).toISOString())} ${paint.strong(who)} ${paint.faint(`${kind}${sure}${where}`)}`)
  for (const line of wrapText(text, columns - 2)) print(`  ${line}`)
  for (const run of runs) print(paint.faint(`  ${run.id}`))
}
