import { decisionTasks, type Participant, traderVoter } from '#shared/domain/collaboration.ts'
import { type PlanningConfig, type Profile, type ResearchTask, taskPriorities } from '#shared/domain/profile.ts'
import type { Goal } from '#shared/domain/run.ts'
import { ParleyError } from '#shared/lib/error.ts'
import { type DecideTerms, voters } from './decide-domain.ts'

/**
 * What a decision on a goal is planned by: the research of its profile, less the optional tasks where the profile does
 * without them, less what the goal leaves out. Throws TASK_NOT_OPTIONAL for what cannot be left out.
 */
export function decideTerms(goal: Goal, config: PlanningConfig): DecideTerms {
  const { tasks } = config
  const profile = profileFor(goal, config)
  const planned = new Set(profile.tasks.filter((name) => profile.optionalTasks || tasks[name]?.optional !== true))
  for (const name of goal.leaveOut ?? []) {
    if (!planned.has(name)) throw notOptional(name, `the ${goal.profile} profile does not run it`, planned, tasks)
    if (!canBeLeftOut(tasks[name])) throw notOptional(name, 'it is critical', planned, tasks)
  }
  const wanted = [...planned].filter((name) => goal.leaveOut?.includes(name) !== true)
  const ranked = config.enabled ? wanted : wanted.toSorted((a, b) => rank(tasks[a]) - rank(tasks[b]))
  return {
    instrument: goal.instrument,
    research: inOrder(ranked, tasks),
    tasks,
    debateRounds: profile.debateRounds,
    inTurn: !config.enabled,
    ...methodOf(goal),
  }
}

/**
 * The profile that a goal is decided by: the one it names, with what its collaborative plan changes of it. Research of the
 * plan's own takes the place of the profile's, and no more sources are wanted of it than it can ask.
 */
export function profileFor({ profile: name, collaboration }: Goal, { profiles, tasks }: PlanningConfig): Profile {
  const profile = profiles[name]
  if (collaboration === undefined) return profile
  const research = collaboration.tasks.includes('gather') ? (collaboration.research ?? profile.tasks) : []
  const sources = new Set(research.flatMap((task) => tasks[task]?.sources ?? []))
  return {
    ...profile,
    tasks: research,
    optionalTasks: profile.optionalTasks || collaboration.research !== undefined,
    minimumSources: Math.min(profile.minimumSources, sources.size),
    debateRounds: collaboration.tasks.includes('debate') ? profile.debateRounds : 0,
    threshold: collaboration.threshold ?? profile.threshold,
  }
}

/** What a decision by itself does: its terms are the risk manager's, and nobody bargains over them. */
const usualTasks = decisionTasks.filter((name) => name !== 'negotiate')

/** How the goal's method differs from that of a decision by itself. */
function methodOf({ collaboration }: Goal): Pick<DecideTerms, 'method' | 'voters' | 'voteMs' | 'countMs'> {
  if (collaboration === undefined) return { method: usualTasks, voters, voteMs: null, countMs: null }
  const { tasks, participants, seconds } = collaboration
  // A vote that the trader takes part in stays open until its deadline.
  const open = participants.some(({ voter }) => voter === traderVoter) ? (seconds.propose + seconds.vote) * 1_000 : null
  return {
    method: tasks,
    voters: votersOf(participants),
    voteMs: seconds.vote * 1_000,
    countMs: open,
  }
}

/** The seats among those who take part that vote besides the risk manager. */
export function votersOf(participants: readonly Participant[]): readonly (typeof voters)[number][] {
  return voters.filter((voter) => participants.some((one) => one.voter === voter))
}

/** Nothing is decided without what is critical; anything else the trader may leave out. */
export function canBeLeftOut(task: ResearchTask | undefined): boolean {
  return task !== undefined && task.priority !== 'critical'
}

function rank(task: ResearchTask | undefined): number {
  return task === undefined ? taskPriorities.length : taskPriorities.indexOf(task.priority)
}

/** As they are given, but each after what it builds on; those that build on each other in a circle stay where they are. */
function inOrder(names: readonly string[], tasks: PlanningConfig['tasks']): readonly string[] {
  const ordered = new Set<string>()
  const visit = (name: string, above: readonly string[]) => {
    if (above.includes(name)) return
    for (const before of tasks[name]?.after ?? []) if (names.includes(before)) visit(before, [...above, name])
    ordered.add(name)
  }
  for (const name of names) visit(name, [])
  return [...ordered]
}

function notOptional(
  name: string,
  why: string,
  planned: ReadonlySet<string>,
  tasks: PlanningConfig['tasks'],
): ParleyError {
  const choice = [...planned].filter((other) => canBeLeftOut(tasks[other]))
  return new ParleyError('TASK_NOT_OPTIONAL', `The task "${name}" cannot be left out: ${why}.`, {
    details: { task: name, canBeLeftOut: choice },
    wayOut: choice.length === 0 ? 'Nothing can be left out.' : `Choose from ${choice.join(', ')}.`,
  })
}
