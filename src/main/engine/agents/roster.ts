import type { Bus } from '#engine/bus/bus.ts'
import type { Compute } from '#engine/ports/compute.ts'
import type { CustomSources, ResearchSources } from '#engine/ports/research-sources.ts'
import type { Sha256 } from '#engine/ports/sha256.ts'
import type { AgentHealth, Seat, VotingSeat } from '#shared/domain/agent.ts'
import type { RaisedConflict } from '#shared/domain/conflict.ts'
import type { Argument } from '#shared/domain/debate.ts'
import type { Evidence } from '#shared/domain/evidence.ts'
import type { Insight, PastView } from '#shared/domain/insight.ts'
import type { ResearchTask } from '#shared/domain/profile.ts'
import type { Proposal } from '#shared/domain/proposal.ts'
import type { Clock } from '#shared/lib/clock.ts'
import type { Ids } from '#shared/lib/ids.ts'
import { type Agent, createAgent, type Handlers } from './agent.ts'
import { keepSources } from './kept-sources.ts'
import { judgeByModel, sayByModel } from './models/judge.ts'
import type { SeatModels } from './models/seat-model.ts'
import { performResearch } from './research.ts'
import type { Briefing, ProposalBriefing } from './seat.ts'
import { analyse } from './seats/analyse.ts'
import { type AskedOfSeat, answerQuestion } from './seats/answer.ts'
import { argue } from './seats/argue.ts'
import { assess } from './seats/assess.ts'
import { type Execution, lessonsOf } from './seats/lessons.ts'
import { propose } from './seats/propose.ts'
import { proposeReduction } from './seats/propose-reduction.ts'
import { proposeShift } from './seats/propose-shift.ts'
import { revise } from './seats/revise.ts'
import { type OrderToSchedule, scheduleOrder } from './seats/schedule-order.ts'
import { settleTerms } from './seats/settle.ts'
import { validate } from './seats/validate.ts'
import { readViewRecord } from './view-record.ts'

/** What the researcher is asked. */
export interface ResearchInput {
  readonly task: string
  readonly definition: ResearchTask
  readonly runId: string
  /** When the run began. */
  readonly runBegan: number
  readonly instrument: string
  readonly attemptsLeft: number
}

export interface RosterOptions {
  readonly bus: Bus
  readonly clock: Clock
  readonly ids: Ids
  readonly sources: ResearchSources
  readonly custom?: CustomSources | undefined
  readonly compute: Pick<Compute, 'run'>
  readonly onHealth: (health: AgentHealth) => void
  readonly models: SeatModels
  readonly sha256: Sha256
}

/** The agents in their seats. */
export interface Roster {
  health(): AgentHealth[]
  stop(): void
}

/** Seats every agent of the desk at the bus. */
export function createRoster(options: RosterOptions): Roster {
  const { bus, clock, ids, sources, custom, compute, onHealth, models, sha256 } = options
  const now = () => Math.floor(clock.now())
  const kept = keepSources(sources, clock)
  const assessing = (seat: VotingSeat): Handlers => ({
    assess: (input) => assess(seat, (input as { briefing: ProposalBriefing }).briefing),
  })
  const arguing = (side: 'bull' | 'bear'): Handlers => ({
    argue: (input) => {
      const { briefing, round, earlier } = input as { briefing: Briefing; round: number; earlier: readonly Argument[] }
      return argue(side, briefing, round, earlier)
    },
  })
  const modelHandlers = (seat: Seat): Handlers => {
    const given = models.get(seat)
    if (given === undefined) return {}
    const seatModel = { seat, model: given.model, sha256 }
    return {
      judge: (input, signal) => judgeByModel(seatModel, (input as { briefing: ProposalBriefing }).briefing, signal),
      speak: (input, signal) => {
        const { argument, evidence } = input as { argument: Argument; evidence: readonly Evidence[] }
        return sayByModel(seatModel, argument, evidence, signal)
      },
    }
  }
  const answer = (input: unknown) => answerQuestion(input as AskedOfSeat)
  const handlers: Readonly<Record<Seat, Handlers>> = {
    planner: {
      settle: (input) => {
        const { briefing, raised } = input as { briefing: ProposalBriefing; raised?: RaisedConflict }
        return settleTerms(briefing, raised)
      },
    },
    researcher: {
      research: (input, signal) => {
        const { task, definition, ...about } = input as ResearchInput
        return performResearch(task, definition, { ...about, sources: kept, custom, compute, ids, now, signal })
      },
    },
    validator: {
      validate: (input) => {
        const { briefing, tasks } = input as { briefing: Briefing; tasks: Readonly<Record<string, ResearchTask>> }
        return validate(briefing.dossier, tasks, briefing.profile, briefing.now)
      },
    },
    analyst: {
      ...assessing('analyst'),
      analyse: (input) => {
        const { briefing, past } = input as { briefing: Briefing; past: readonly PastView[] }
        return analyse(briefing, readViewRecord(past, briefing.bars, briefing.now))
      },
    },
    bull: { ...assessing('bull'), ...arguing('bull') },
    bear: { ...assessing('bear'), ...arguing('bear') },
    strategist: {
      ...assessing('strategist'),
      revise: (input) => {
        const { proposal, briefing } = input as { proposal: Proposal; briefing: Briefing }
        return revise(proposal, briefing)
      },
      propose: (input) => {
        const { briefing, insight, debate } = input as {
          briefing: Briefing
          insight: Insight | null
          debate: readonly Argument[]
        }
        if (briefing.plan?.purpose === 'shift') return proposeShift(briefing, insight, ids)
        return briefing.plan === null || briefing.plan.purpose === 'decide'
          ? propose(briefing, insight, debate, ids)
          : proposeReduction(briefing, insight, ids)
      },
    },
    risk: assessing('risk'),
    optimizer: assessing('optimizer'),
    privacy: assessing('privacy'),
    executor: {
      ...assessing('executor'),
      arrange: (input) => scheduleOrder((input as { order: OrderToSchedule }).order),
    },
    evaluator: { ...assessing('evaluator'), evaluate: (input) => lessonsOf(input as Execution) },
  }
  const agents: Agent[] = Object.entries(handlers).map(([seat, handle]) =>
    createAgent({
      seat: seat as Seat,
      bus,
      clock,
      handlers: { ...handle, answer, ...modelHandlers(seat as Seat) },
      onHealth,
    }),
  )
  return {
    health: () => agents.map((agent) => agent.health()),
    stop() {
      for (const agent of agents) agent.stop()
    },
  }
}
