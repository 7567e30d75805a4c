import type { Condition, Domain, Operator } from '#engine/planning/htn/domain.ts'
import { type TaskArgument, task } from '#engine/planning/htn/network.ts'
import { type State, stateOf, valueAt, withValue } from '#engine/planning/htn/state.ts'
import { type Seat, seatTitles } from '#shared/domain/agent.ts'
import type { PlanTask } from '#shared/domain/collaboration.ts'
import type { Step } from '#shared/domain/plan.ts'
import type { ResearchTask } from '#shared/domain/profile.ts'
import { assertExists } from '#shared/lib/assert.ts'

// How the desk decides on an instrument, as a planning domain: what each step needs and what it gives, in words, and the
// methods that make steps of the goal. The order of the steps is nowhere written down: it is read off what they need.

/** The seats that vote on a proposal; the risk manager has spoken before them, since it sets the size. */
export const voters = [
  'analyst',
  'bull',
  'bear',
  'strategist',
  'optimizer',
  'privacy',
  'executor',
  'evaluator',
] as const

/** A research task with its estimate as configured or as learned. */
export type EstimatedTask = Omit<ResearchTask, 'estimate'> & Pick<Step, 'estimate'>

/** What a decision is planned by. */
export interface DecideTerms {
  readonly instrument: string
  /** The research to do, each after what it builds on. */
  readonly research: readonly string[]
  readonly tasks: Readonly<Record<string, EstimatedTask>>
  readonly debateRounds: number
  /** One research task after another, as they are listed. */
  readonly inTurn: boolean
  /** What is done, in order: how the goal's task is refined. */
  readonly method: readonly PlanTask[]
  /** Who votes besides the risk manager. */
  readonly voters: readonly (typeof voters)[number][]
  /** How long a vote may take, and counting it where the vote stays open meanwhile; null: as long as usual. */
  readonly voteMs: number | null
  readonly countMs: number | null
}

/** A step as the desk's executor knows it, save for what it waits for. */
type DeskStep = Omit<Step, 'needs'>

/** What an operator of this domain is: facts that must hold before it, facts that it gives, and the step it stands for. */
interface Deed {
  readonly name: string
  readonly needs: (names: readonly string[], terms: DecideTerms) => readonly string[]
  readonly gives: (names: readonly string[], terms: DecideTerms) => readonly string[]
  readonly step: (names: readonly string[], terms: DecideTerms) => DeskStep
}

/** The one variable of the domain: the facts that hold. */
const facts = 'facts'
/** Before the first step nothing holds. */
export const nothingYet: State = stateOf({ [facts]: [] })

/** That a fact holds. */
export function fact(text: string): Condition {
  return { text, holds: (state) => valueAt(state, facts, text) === true }
}

/** Arguments as this domain has them: names of tasks and seats, and numbers of rounds. */
function namesOf(args: readonly TaskArgument[]): readonly string[] {
  return args.flatMap((arg) => (typeof arg === 'string' || typeof arg === 'number' ? String(arg) : []))
}

function operator({ name, needs, gives, step }: Deed): Operator<DecideTerms> {
  return {
    name,
    conditions: (_state, args, terms) => needs(namesOf(args), terms).map(fact),
    apply: (state, args, terms) =>
      gives(namesOf(args), terms).reduce((after, given) => withValue(after, facts, given, true), state),
    cost: (_state, args, terms) => step(namesOf(args), terms).estimate.usd,
    duration: (_state, args, terms) => step(namesOf(args), terms).estimate.seconds,
    needs: (args, terms) =>
      Object.entries(step(namesOf(args), terms).slots).map(([resource, amount]) => ({ resource, amount })),
  }
}

/** Research waits for slots; what agents think does not. */
export const researchSlots = 'research'
const agentTimeoutMs = 20_000
/** What is carried out in parts ends by itself, the longest after half a day. */
const executeTimeoutMs = 12 * 3_600_000
/** Reviews expire by themselves, the longest after a day. */
const reviewTimeoutMs = 2 * 86_400_000
/** Plans of its own have deadlines themselves, the longest three weeks. */
const pursueTimeoutMs = 21 * 86_400_000

function thought(id: string, title: string, owner: Seat, action: string, about: Partial<DeskStep> = {}): DeskStep {
  return {
    id,
    title,
    owner,
    action,
    priority: 'critical',
    optional: false,
    sources: [],
    estimate: { seconds: 0, usd: 0 },
    timeoutMs: agentTimeoutMs,
    retries: 0,
    slots: {},
    ...about,
  }
}
const optional = { optional: true }
/** A time limit that is shorter than an agent's usual one. */
const within = (ms: number | null) => (ms === null ? {} : { timeoutMs: Math.min(agentTimeoutMs, ms) })

const topic = (name: string) => name.replaceAll('_', ' ')
const findings = (name: string) => `the findings on ${topic(name)}`
/** Without a critical task's findings the decision goes to the trader. */
const enough = (name: string) => `enough on ${topic(name)} to act without the trader`
const dossier = 'a validated dossier'
const view = 'the market view'
const sides = ['bull', 'bear'] as const
const words = (side: string, round: number) => `what the ${side} says in round ${round}`
const proposal = 'a proposal'
const sized = 'a sized proposal'
const settled = 'terms that nobody is at odds over, as far as they can be settled'
const vote = (seat: string) => `the vote of the ${seatTitles[seat as Seat].toLowerCase()}`
const decision = ({ instrument }: DecideTerms) => `a decision on ${instrument}`
const cleared = 'a decision that the trader was asked about where it must be'
const carriedOut = 'the decision carried out'
const outcome = 'a measured outcome'
const record = 'the record of what was decided'
const weighed = 'what rebalancing comes to'
const reached = 'what became of the plans of its own'
const conclusion = 'a written conclusion'

const deeds: readonly Deed[] = [
  {
    name: 'research',
    needs: ([name = '', before], terms) => {
      const basis = (terms.tasks[name]?.after ?? []).filter((earlier) => terms.research.includes(earlier))
      return [...basis, ...(before === undefined ? [] : [before])].map(findings)
    },
    gives: ([name = ''], { tasks }) => [
      findings(name),
      ...(tasks[name]?.priority === 'critical' ? [enough(name)] : []),
    ],
    step: ([name = ''], { tasks }) => researchStep(name, tasks[name]),
  },
  {
    name: 'validate',
    needs: (_args, terms) => terms.research.map(findings),
    gives: () => [dossier],
    step: () => thought('validate', 'Validate the dossier', 'validator', 'validate'),
  },
  {
    name: 'analyse',
    needs: () => [dossier],
    gives: () => [view],
    step: () => thought('analyse', 'Analyse the market', 'analyst', 'analyse', optional),
  },
  {
    name: 'argue',
    // The two sides of a round are heard at the same time; each answers what was said in the round before.
    needs: ([, round]) => (Number(round) === 1 ? [view] : sides.map((side) => words(side, Number(round) - 1))),
    gives: ([side = '', round]) => [words(side, Number(round))],
    step: ([side = '', round]) =>
      thought(`debate-${Number(round)}-${side}`, `Debate, round ${Number(round)}`, side as Seat, 'argue', optional),
  },
  {
    name: 'propose',
    needs: (_args, { method, debateRounds }) => [
      method.includes('analyse') ? view : dossier,
      ...(debateRounds === 0 ? [] : sides.map((side) => words(side, debateRounds))),
    ],
    gives: () => [proposal],
    step: () => thought('propose', 'Propose', 'strategist', 'propose'),
  },
  {
    name: 'size',
    needs: () => [proposal],
    gives: () => [sized],
    step: (_args, { voteMs }) =>
      thought('risk', 'Measure and size the risk', 'risk', 'assess', { ...optional, ...within(voteMs) }),
  },
  {
    name: 'negotiate',
    needs: () => [sized],
    gives: () => [settled],
    step: () => thought('negotiate', 'Settle what is at odds', 'planner', 'negotiate', optional),
  },
  {
    name: 'cast ballot',
    needs: (_args, { method }) => [method.includes('negotiate') ? settled : sized],
    gives: ([seat = '']) => [vote(seat)],
    step: ([seat = ''], { voteMs }) =>
      thought(`ballot-${seat}`, 'Vote', seat as Seat, 'assess', { ...optional, ...within(voteMs) }),
  },
  {
    name: 'count',
    needs: (_args, terms) => [sized, ...terms.voters.map(vote)],
    gives: (_args, terms) => [decision(terms)],
    step: (_args, { countMs }) =>
      thought('decide', 'Count the votes', 'planner', 'decide', {
        timeoutMs: agentTimeoutMs + (countMs ?? 0),
      }),
  },
  {
    name: 'ask the trader',
    needs: (_args, terms) => [decision(terms)],
    gives: () => [cleared],
    step: () => thought('review', 'Ask the trader where it must', 'planner', 'review', { timeoutMs: reviewTimeoutMs }),
  },
  {
    name: 'carry out',
    needs: () => [cleared],
    gives: () => [carriedOut],
    step: () => thought('execute', 'Carry it out', 'executor', 'execute', { timeoutMs: executeTimeoutMs }),
  },
  {
    name: 'measure',
    needs: () => [carriedOut],
    gives: () => [outcome],
    step: () => thought('evaluate', 'Measure the outcome', 'evaluator', 'evaluate', optional),
  },
  {
    name: 'look back',
    needs: () => [],
    gives: () => [record],
    step: () => thought('look-back', 'Look back at the record', 'evaluator', 'look back'),
  },
  {
    name: 'weigh',
    needs: () => [],
    gives: () => [weighed],
    step: () => thought('weigh', 'Weigh costs against drift', 'optimizer', 'weigh'),
  },
  {
    name: 'pursue',
    needs: (_args, { method }) => (method.includes('weigh') ? [weighed] : []),
    gives: () => [reached],
    step: () => thought('pursue', 'Carry out plans of its own', 'planner', 'pursue', { timeoutMs: pursueTimeoutMs }),
  },
  {
    name: 'conclude',
    needs: (_args, { method }) => [
      ...(method.includes('look back') ? [record] : []),
      ...(method.includes('pursue') ? [reached] : []),
      ...(method.includes('weigh') ? [weighed] : []),
      ...(method.includes('measure') ? [outcome] : []),
    ],
    gives: () => [conclusion],
    step: () => thought('conclude', 'Conclude', 'evaluator', 'conclude'),
  },
]

function researchStep(name: string, definition: EstimatedTask | undefined): DeskStep {
  // The method that asks for research has seen to the definition.
  const { title, priority, sources, estimate, timeoutSeconds, retries } = assertExists(
    definition,
    `There is no ${name}.`,
  )
  // A task that fails leaves its evidence unavailable; what that means is for the validator to say.
  const about = { priority, sources: [...sources], estimate, timeoutMs: timeoutSeconds * 1_000, retries, ...optional }
  return thought(name, title, 'researcher', 'research', { ...about, slots: { [researchSlots]: 1 } })
}

const deedOf = new Map(deeds.map((deed) => [deed.name, deed]))

/** The step that an operator stands for. */
export function deskStep(name: string, args: readonly TaskArgument[], terms: DecideTerms): DeskStep | undefined {
  return deedOf.get(name)?.step(namesOf(args), terms)
}

/** What the decision is made for. */
export function decideGoals(terms: DecideTerms): readonly Condition[] {
  const critical = terms.research.filter((name) => terms.tasks[name]?.priority === 'critical')
  const { method } = terms
  const ends = [
    ...(method.includes('count') ? [decision(terms)] : []),
    ...(method.includes('measure') ? [outcome] : []),
    ...(method.includes('pursue') ? [reached] : []),
    ...(method.includes('conclude') ? [conclusion] : []),
  ]
  return [...critical.map((name) => enough(name)), ...ends].map(fact)
}

const isInTurn =
  (text: string, wanted: boolean) => (_state: State, _args: readonly TaskArgument[], terms: DecideTerms) => [
    { text, holds: () => terms.inTurn === wanted },
  ]

/** How a decision is made of steps; methods in order of preference. */
export const decideDomain: Domain<DecideTerms> = {
  name: 'decide on an instrument',
  operators: deeds.map(operator),
  taskMethods: {
    'decide on': [
      {
        name: 'research, debate and vote',
        refine: (_state, _args, { method }) => method.map((name) => task(name)),
      },
    ],
    gather: [
      {
        name: 'side by side',
        conditions: isInTurn('planning to be switched on', false),
        refine: (_state, _args, { research }) => research.map((name) => task('find out', name)),
      },
      {
        name: 'one after another',
        conditions: isInTurn('planning to be switched off', true),
        refine: (_state, _args, { research }) =>
          research.map((name, index) => task('find out', name, ...research.slice(Math.max(0, index - 1), index))),
      },
    ],
    'find out': [
      {
        name: 'from its sources',
        conditions: (_state, args, { tasks }) =>
          namesOf(args.slice(0, 1)).map((name) => ({
            text: `a definition of "${name}"`,
            holds: () => tasks[name] !== undefined,
          })),
        refine: (_state, args) => [task('research', ...namesOf(args))],
      },
    ],
    debate: [
      {
        name: 'in rounds',
        refine: (_state, _args, { debateRounds }) =>
          Array.from({ length: debateRounds }, (_, index) =>
            sides.map((side) => task('argue', side, index + 1)),
          ).flat(),
      },
    ],
    vote: [
      { name: 'every seat', refine: (_state, _args, terms) => terms.voters.map((seat) => task('cast ballot', seat)) },
    ],
  },
}
