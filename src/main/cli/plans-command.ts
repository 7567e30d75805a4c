import { Argument, type Command, InvalidArgumentError, Option } from 'commander'
import { resolveHome } from '#main/config/home.ts'
import type { PlanContext, PlanView, ScheduleView } from '#shared/contract/plans.ts'
import type { Status } from '#shared/contract/system.ts'
import { type Participant, participantNames, participantSchema } from '#shared/domain/collaboration.ts'
import { planPriorities } from '#shared/domain/collaborative-plan.ts'
import { combinations } from '#shared/domain/combination.ts'
import { conflictKinds, type PlanConflict, type RaisedConflict } from '#shared/domain/conflict.ts'
import { consensusPresets } from '#shared/domain/consensus-policy.ts'
import type { PlanTemplate } from '#shared/domain/plan-template.ts'
import type { PlanWish } from '#shared/domain/plan-wish.ts'
import { portfolioGoals } from '#shared/domain/portfolio-goal.ts'
import { profileNames } from '#shared/domain/profile.ts'
import type { Proposal } from '#shared/domain/proposal.ts'
import type { TraderProposal } from '#shared/domain/trader-proposal.ts'
import { type Decimal, decimal, isDecimal } from '#shared/lib/decimal.ts'
import { anyNumber, homeOption, jsonOption, wholeNumber } from './options.ts'
import { conflictLine, contextLines, planLines, planRow, scheduleRow, templateLines } from './plans-text.ts'
import { type RunningDesk, requireDesk } from './running-desk.ts'
import { describeTerminal, print, printJson, textTable } from './terminal.ts'

interface Flags {
  readonly home?: string
  readonly json?: boolean
}

interface Wanted
  extends Pick<
    PlanWish,
    | 'template'
    | 'title'
    | 'profile'
    | 'priority'
    | 'policy'
    | 'threshold'
    | 'votesAgain'
    | 'weights'
    | 'combination'
    | 'draft'
  > {
  readonly proposeWithin?: number
  readonly voteWithin?: number
  readonly executeWithin?: number
  readonly objective?: string[]
  readonly with?: Participant[]
  readonly without?: PlanWish['without']
  readonly param?: Record<string, number>
}

interface Scheduled {
  readonly template: string
  readonly cron: string
  readonly timezone: string
  readonly param?: Record<string, number>
  readonly change?: string
}

/** Adds plans create, list, show, start, cancel, raise, conflicts, propose, context, schedule, unschedule, schedules and templates: the collaborative plans of the desk that is open. */
export function plansCommands(program: Command): void {
  const plans = program.command('plans').description('collaborative plans of an open desk')
  const seconds = wholeNumber(1, 604_800)
  plans
    .command('create')
    .argument('<symbol>', 'the instrument')
    .description('create a plan, from a template or by hand, and start it')
    .option('--template <name>', 'the template; without one the plan is made by hand')
    .option('--title <text>', 'what it is called')
    .addOption(new Option('--profile <name>', 'the risk profile').choices(profileNames))
    .addOption(new Option('--priority <name>', 'how urgent it is').choices(planPriorities))
    .addOption(new Option('--policy <name>', 'the voting policy').choices(consensusPresets))
    .addOption(new Option('--combination <name>', 'how ballots are combined').choices(combinations))
    .option('--threshold <share>', 'share needed to agree, up to 1', anyNumber({ positive: true }))
    .option('--propose-within <seconds>', 'the deadline of the proposals', seconds)
    .option('--vote-within <seconds>', 'the deadline of the vote, from then on', seconds)
    .option('--execute-within <seconds>', 'the deadline for carrying it out, from then on', seconds)
    .option('--votes-again <n>', 'how often it may be revised and voted on again', wholeNumber(0, 5))
    .addOption(new Option('--weights <goal>', 'the goal of the target weights').choices(portfolioGoals))
    .option('--objective <text...>', "what it is for, instead of the template's")
    .option('--with <participant...>', 'who else takes part: analyst, or analyst=2 with a weight', readParticipant)
    .addOption(new Option('--without <participant...>', 'who does not').choices(participantNames))
    .option('--param <name=number...>', 'a parameter of the template', readParameter)
    .option('--draft', 'keep it a draft')
    .addOption(homeOption())
    .addOption(jsonOption())
    .action(async (instrument: string, { home, json, ...wanted }: Flags & Wanted) => {
      const plan = await requireDesk(resolveHome(home)).call<PlanView>('POST', '/plans', wishOf(instrument, wanted))
      show(plan, json)
    })
  plans
    .command('list')
    .description('list the plans, newest first')
    .option('--limit <n>', 'how many at most', wholeNumber(1, 500), 20)
    .addOption(homeOption())
    .addOption(jsonOption())
    .action(async ({ home, json, limit }: Flags & { limit: number }) => {
      const all = await requireDesk(resolveHome(home)).call<PlanView[]>('GET', `/plans?limit=${limit}`)
      if (json === true) return printJson(all)
      if (all.length === 0) return print('No plans yet.')
      print(textTable(all.map(planRow), { columns: describeTerminal().columns, indent: 0 }))
    })
  plans
    .command('show')
    .argument('<plan>', 'the id of a plan')
    .description('show a plan: participants, deadlines and result')
    .addOption(homeOption())
    .addOption(jsonOption())
    .action(async (planId: string, { home, json }: Flags) => {
      show(await requireDesk(resolveHome(home)).call<PlanView>('GET', `/plans/${planId}`), json)
    })
  plans
    .command('start')
    .argument('<plan>', 'the id of a draft')
    .description('start a draft')
    .addOption(homeOption())
    .addOption(jsonOption())
    .action(async (planId: string, { home, json }: Flags) => {
      show(await requireDesk(resolveHome(home)).call<PlanView>('POST', `/plans/${planId}/start`, {}), json)
    })
  plans
    .command('cancel')
    .argument('<plan>', 'the id of a plan')
    .description('cancel a plan and the run that carries it out')
    .requiredOption('--reason <text>', 'why')
    .addOption(homeOption())
    .addOption(jsonOption())
    .action(async (planId: string, { home, json, reason }: Flags & { reason: string }) => {
      show(await requireDesk(resolveHome(home)).call<PlanView>('POST', `/plans/${planId}/cancel`, { reason }), json)
    })
  plans
    .command('raise')
    .argument('<plan>', 'the id of a plan that is being voted on')
    .description(
      'raise a conflict: it is negotiated, mediated, voted on again, and comes to you if that settles nothing',
    )
    .addOption(new Option('--kind <kind>', 'what it is about').choices(conflictKinds).makeOptionMandatory())
    .addOption(new Option('--between <participant...>', 'who').choices(participantNames).makeOptionMandatory())
    .requiredOption('--description <text>', 'why')
    .addOption(homeOption())
    .addOption(jsonOption())
    .action(async (planId: string, { home, json, ...raised }: Flags & RaisedConflict) => {
      const path = `/plans/${planId}/conflicts`
      const conflict = await requireDesk(resolveHome(home)).call<PlanConflict>('POST', path, raised)
      if (json === true) printJson(conflict)
      else print(conflictLine(conflict))
    })
  plans
    .command('conflicts')
    .argument('<plan>', 'the id of a plan')
    .description('list the conflicts of a plan, raised and found, and how they were settled')
    .addOption(homeOption())
    .addOption(jsonOption())
    .action(async (planId: string, { home, json }: Flags) => {
      const path = `/plans/${planId}/conflicts`
      const all = await requireDesk(resolveHome(home)).call<PlanConflict[]>('GET', path)
      if (json === true) printJson(all)
      else print(all.length === 0 ? 'No conflicts.' : all.map(conflictLine).join('\n'))
    })
  plans
    .command('propose')
    .argument('<plan>', 'the id of a plan that is being voted on')
    .addArgument(new Argument('<action>', 'what you would do').choices(['buy', 'sell']))
    .description('enter a proposal of your own for the vote')
    .requiredOption('--quantity <number>', 'how much', readDecimal)
    .requiredOption('--reason <text>', 'why')
    .option('--stop <price>', 'the stop of a purchase', readDecimal)
    .option('--target <price>', 'the target of a purchase', readDecimal)
    .addOption(homeOption())
    .addOption(jsonOption())
    .action(async (planId: string, action: string, { home, json, ...wish }: Flags & Omit<TraderProposal, 'action'>) => {
      const path = `/plans/${planId}/proposals`
      const proposal = await requireDesk(resolveHome(home)).call<Proposal>('POST', path, { action, ...wish })
      if (json === true) printJson(proposal)
      else print(`Proposed: ${proposal.action} ${proposal.quantity} ${proposal.instrument} (${proposal.id}).`)
    })
  plans
    .command('context')
    .argument('<plan>', 'the id of a plan')
    .description('show what the participants share: market, account, view and evidence')
    .addOption(homeOption())
    .addOption(jsonOption())
    .action(async (planId: string, { home, json }: Flags) => {
      const context = await requireDesk(resolveHome(home)).call<PlanContext>('GET', `/plans/${planId}/context`)
      if (json === true) printJson(context)
      else print(contextLines(context, describeTerminal()))
    })
  plans
    .command('schedule')
    .argument('<symbol>', 'the instrument')
    .description('create a plan automatically at set times, while the market is open')
    .requiredOption('--template <name>', 'the template')
    .requiredOption('--cron <text>', 'minute, hour, day of the month, month, day of the week: "0 9 * * 1-5"')
    .option('--timezone <name>', 'the time zone of these', 'UTC')
    .option('--param <name=number...>', 'a parameter of the template', readParameter)
    .option('--change <schedule>', 'change an existing schedule and switch it on')
    .addOption(homeOption())
    .addOption(jsonOption())
    .action(async (instrument: string, { home, json, param, change, ...terms }: Flags & Scheduled) => {
      const wish = {
        instrument,
        ...terms,
        ...(param !== undefined && { parameters: param }),
        ...(change !== undefined && { scheduleId: change }),
      }
      const desk = requireDesk(resolveHome(home))
      await showSchedules(desk, [await desk.call<ScheduleView>('POST', '/plans/schedules', wish)], json)
    })
  plans
    .command('unschedule')
    .argument('<schedule>', 'the id of a schedule')
    .description('switch a schedule off')
    .option('--reason <text>', 'why')
    .addOption(homeOption())
    .addOption(jsonOption())
    .action(async (scheduleId: string, { home, json, reason }: Flags & { reason?: string }) => {
      const path = `/plans/schedules/${scheduleId}/off`
      const wish = reason === undefined ? {} : { reason }
      const desk = requireDesk(resolveHome(home))
      await showSchedules(desk, [await desk.call<ScheduleView>('POST', path, wish)], json)
    })
  plans
    .command('schedules')
    .description('list the schedules, with their next times')
    .addOption(homeOption())
    .addOption(jsonOption())
    .action(async ({ home, json }: Flags) => {
      const desk = requireDesk(resolveHome(home))
      const all = await desk.call<ScheduleView[]>('GET', '/plans/schedules')
      if (json === true) printJson(all)
      else if (all.length === 0) print('No schedules yet.')
      else await showSchedules(desk, all, json)
    })
  plans
    .command('templates')
    .description('list the templates for plans')
    .addOption(homeOption())
    .addOption(jsonOption())
    .action(async ({ home, json }: Flags) => {
      const { readTemplates } = await import('#main/config/templates.ts')
      const templates: readonly PlanTemplate[] = readTemplates(resolveHome(home)).value
      if (json === true) return printJson(templates)
      print(templates.map((template) => templateLines(template, describeTerminal())).join('\n\n'))
    })
}

/** When each falls due is said by the desk's clock, which a replay has of its own. */
async function showSchedules(
  desk: RunningDesk,
  all: readonly ScheduleView[],
  json: boolean | undefined,
): Promise<void> {
  if (json === true) return printJson(all[0])
  const { now } = await desk.call<Status>('GET', '/status')
  const rows = all.map((schedule) => scheduleRow(schedule, now))
  print(textTable(rows, { columns: describeTerminal().columns, indent: 0 }))
}

function show(plan: PlanView, json: boolean | undefined): void {
  if (json === true) printJson(plan)
  else print(planLines(plan, describeTerminal()))
}

function wishOf(instrument: string, wanted: Wanted): PlanWish {
  const { proposeWithin, voteWithin, executeWithin, objective, with: participants, without, param, ...rest } = wanted
  const seconds = { propose: proposeWithin, vote: voteWithin, execute: executeWithin }
  return {
    instrument,
    ...rest,
    ...(objective !== undefined && { objectives: objective }),
    ...(participants !== undefined && { participants }),
    ...(without !== undefined && { without }),
    ...(param !== undefined && { parameters: param }),
    seconds: Object.fromEntries(Object.entries(seconds).filter(([, value]) => value !== undefined)),
  }
}

function readParticipant(text: string, before: readonly Participant[] = []): Participant[] {
  const [voter = '', weight = '1'] = text.split('=', 2)
  const read = participantSchema.safeParse({ voter, weight: Number(weight) })
  if (read.success) return [...before, read.data]
  throw new InvalidArgumentError(`Give one of ${participantNames.join(', ')}, with a weight from 0 to 10 after "=".`)
}

function readDecimal(text: string): Decimal {
  if (isDecimal(text)) return decimal(text)
  throw new InvalidArgumentError('Give a number.')
}

function readParameter(text: string, before: Readonly<Record<string, number>> = {}): Record<string, number> {
  const [name = '', value = ''] = text.split('=', 2)
  const number = Number(value)
  if (name !== '' && value.trim() !== '' && Number.isFinite(number)) return { ...before, [name]: number }
  throw new InvalidArgumentError('Give a name, "=", and a number.')
}
