import { type Command, Option } from 'commander'
import { resolveHome } from '#main/config/home.ts'
import type { ReviewItem, ReviewView } from '#shared/contract/reviews.ts'
import type { ExecutionWish } from '#shared/domain/parent-order.ts'
import { actions } from '#shared/domain/proposal.ts'
import { type Override, overrideReasons, type ReviewWords } from '#shared/domain/review.ts'
import type { Tally } from '#shared/domain/tally.ts'
import { ParleyError } from '#shared/lib/error.ts'
import { algorithmOption, anyNumber, homeOption, jsonOption, positiveDecimal, share, wholeNumber } from './options.ts'
import { overridesText, reviewsText, reviewText } from './review-text.ts'
import { type RunningDesk, requireDesk } from './running-desk.ts'
import { describeTerminal, print, printJson } from './terminal.ts'

interface DrillReport {
  readonly injected: number
  readonly answered: number
  readonly caught: number
  readonly rate: number | null
}

interface Flags {
  readonly home?: string
  readonly json?: boolean
}

interface Words {
  readonly code?: ReviewWords['code']
  readonly reason?: string
}

interface Edit {
  readonly quantity: string
  readonly limitPrice?: string
  readonly algorithm?: ExecutionWish
  readonly over?: number
  readonly participation?: number
}

const minuteMs = 60_000

/** Adds review list, show, approve, edit, reject, ask, snooze, judge and overrides: what waits for the trader on an open desk. */
export function reviewCommands(program: Command): void {
  const review = program.command('review').description('see and answer the decisions that wait for you')
  const add = (name: string, does: string) =>
    review.command(name).description(does).addOption(homeOption()).addOption(jsonOption())
  const one = (name: string, does: string) => add(name, does).argument('<review>', 'the id of a review')

  add('list', 'list the reviews, waiting and past, newest first')
    .option('--limit <n>', 'how many at most', wholeNumber(1, 500), 20)
    .action(async ({ home, json, limit }: Flags & { limit: number }) => {
      const items = await deskAt(home).call<ReviewItem[]>('GET', `/reviews?limit=${limit}`)
      if (json === true) return printJson(items)
      print(reviewsText(items, describeTerminal()))
    })
  add('drills', 'how many drills (known-bad reviews, on paper) you were shown, and how many you caught').action(
    async ({ home, json }: Flags) => {
      const told = await deskAt(home).call<DrillReport>('GET', '/reviews/drills')
      if (json === true) return printJson(told)
      const { injected, answered, caught, rate } = told
      print(
        rate === null
          ? `${injected} shown, none answered yet.`
          : `You caught ${caught} of ${answered} (${Math.round(100 * rate)} %).`,
      )
    },
  )
  one('show', 'show a review in full').action(async (id: string, { home, json }: Flags) =>
    show(deskAt(home), id, json === true),
  )
  one('approve', 'send exactly the order that "show" has shown')
    .requiredOption('--hash <hash>', 'the hash of the order as shown; its first 12 characters are enough')
    .addOption(codeOption())
    .addOption(reasonOption())
    .action(async (id: string, { home, json, hash, ...words }: Flags & Words & { hash: string }) => {
      const desk = deskAt(home)
      const orderHash = await wholeHash(desk, id, hash)
      const given = words.code === undefined && words.reason === undefined ? {} : { words: wordsOf(words) }
      await act(desk, id, 'approve', { orderHash, ...given }, json === true)
    })
  one('edit', 'change the order; it needs approval with its new hash')
    .requiredOption('--quantity <quantity>', 'how much', positiveDecimal)
    .option('--limit-price <price>', 'at this price or better (default: at market)', positiveDecimal)
    .addOption(algorithmOption())
    .option('--over <minutes>', 'in parts: over how many minutes', anyNumber({ positive: true }))
    .option('--participation <share>', 'in parts: maximum share of the volume', share)
    .addOption(codeOption().makeOptionMandatory())
    .addOption(reasonOption().makeOptionMandatory())
    .action(
      async (
        id: string,
        { home, json, quantity, limitPrice, algorithm, over, participation, ...words }: Flags & Words & Edit,
      ) => {
        const execution = algorithm === undefined ? undefined : { algorithm, minutes: over, participation }
        const edited = { quantity, limitPrice: limitPrice ?? null, execution, words: wordsOf(words) }
        await act(deskAt(home), id, 'edit', edited, json === true)
      },
    )
  one('reject', 'reject it: nothing is sent')
    .addOption(codeOption().makeOptionMandatory())
    .addOption(reasonOption().makeOptionMandatory())
    .action(async (id: string, { home, json, ...words }: Flags & Words) =>
      act(deskAt(home), id, 'reject', { words: wordsOf(words) }, json === true),
    )
  one('ask', 'ask the agents to vote again with your question')
    .argument('<question>', 'what you want to know')
    .action(async (id: string, question: string, { home, json }: Flags) =>
      act(deskAt(home), id, 'ask', { question }, json === true),
    )
  one('snooze', 'snooze it; the time it expires does not change')
    .requiredOption('--minutes <n>', 'for how long', wholeNumber(1))
    .action(async (id: string, { home, json, minutes }: Flags & { minutes: number }) =>
      act(deskAt(home), id, 'snooze', { forMs: minutes * minuteMs }, json === true),
    )
  one('judge', 'give your own view of a hard decision before its votes are shown')
    .addOption(new Option('--side <side>', 'what you would do').choices(actions).makeOptionMandatory())
    .requiredOption('--confidence <share>', 'your confidence, 0 to 1', share)
    .action(async (id: string, { home, json, side, confidence }: Flags & { side: string; confidence: number }) =>
      act(deskAt(home), id, 'judgement', { action: side, confidence }, json === true),
    )
  add('overrides', 'list your overrides, with the result of both choices')
    .option('--limit <n>', 'how many at most', wholeNumber(1, 500), 20)
    .action(async ({ home, json, limit }: Flags & { limit: number }) => {
      const overrides = await deskAt(home).call<Override[]>('GET', `/overrides?limit=${limit}`)
      if (json === true) return printJson(overrides)
      print(overridesText(overrides, describeTerminal()))
    })
}

const codeOption = () => new Option('--code <code>', 'what kind of reason').choices(overrideReasons)
const reasonOption = () => new Option('--reason <text>', 'why, in at least three characters')

function wordsOf({ code, reason }: Words): ReviewWords {
  if (code !== undefined && reason !== undefined) return { code, words: reason }
  throw new ParleyError('REVIEW_REASON_NEEDED', 'A reason is a code and words, not only one of them.', {
    wayOut: `Give --code, one of ${overrideReasons.join(', ')}, and --reason "why".`,
  })
}

const deskAt = (home: string | undefined) => requireDesk(resolveHome(home))
const pathOf = (id: string) => `/reviews/${encodeURIComponent(id)}`

/** The whole hash that the beginning stands for, where the order still has it; else what was given, which the desk refuses. */
async function wholeHash(desk: RunningDesk, id: string, given: string): Promise<string> {
  const review = await desk.call<ReviewView>('GET', pathOf(id))
  // Without a view of one's own there is no hash to be shown; the desk says so.
  if (review.isBlind) return given
  const { orderHash } = review
  return given.length >= 12 && orderHash.startsWith(given.toLowerCase()) ? orderHash : given
}

async function act(desk: RunningDesk, id: string, what: string, input: object, json: boolean): Promise<void> {
  const answer = await desk.call<ReviewItem>('POST', `${pathOf(id)}/${what}`, input)
  if (json) return printJson(answer)
  await show(desk, id, false)
}

async function show(desk: RunningDesk, id: string, json: boolean): Promise<void> {
  const review = await desk.call<ReviewView>('GET', pathOf(id))
  if (json) return printJson(review)
  const { tally } = await desk.call<{ tally: Tally | null }>('GET', `/runs/${review.runId}/vote`)
  print(reviewText(review, tally, describeTerminal()))
}
