import type { Bus } from '#engine/bus/bus.ts'
import type { Compute } from '#engine/ports/compute.ts'
import type { CustomSources, ResearchSources } from '#engine/ports/research-sources.ts'
import type { Sha256 } from '#engine/ports/sha256.ts'
import { type AgentHealth, type Seat, seats, type VotingSeat } from '#shared/domain/agent.ts'
import type { Clock } from '#shared/lib/clock.ts'
import type { Ids } from '#shared/lib/ids.ts'
import { type Agent, createAgent } from './agent.ts'
import { keepSources } from './kept-sources.ts'
import { judgeByModel, sayByModel } from './models/judge.ts'
import type { SeatModels } from './models/seat-model.ts'
import { atBus, type SeatHandlers } from './questions.ts'
import { performResearch, type ResearchContext } from './research.ts'
import { analyse } from './seats/analyse.ts'
import { answerQuestion } from './seats/answer.ts'
import { argue } from './seats/argue.ts'
import { assess } from './seats/assess.ts'
import { lessonsOf } from './seats/measure-outcome.ts'
import { propose } from './seats/propose.ts'
import { proposeReduction } from './seats/propose-reduction.ts'
import { proposeShift } from './seats/propose-shift.ts'
import { revise } from './seats/revise.ts'
import { scheduleOrder } from './seats/schedule-order.ts'
import { settleTerms } from './seats/settle.ts'
import { validate } from './seats/validate.ts'
import { readViewRecord } from './view-record.ts'

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
  const seated = seatHandlers({ custom, compute, ids, now, sources: kept })
  const agents: Agent[] = seats.map((seat) => {
    const handlers = atBus({ ...seated[seat], answer: answerQuestion, ...modelHandlers(seat, models, sha256) })
    return createAgent({ seat, bus, clock, handlers, onHealth })
  })
  return {
    health: () => agents.map((agent) => agent.health()),
    stop() {
      for (const agent of agents) agent.stop()
    },
  }
}

const assessing = (seat: VotingSeat): SeatHandlers => ({ assess: ({ briefing }) => assess(seat, briefing) })

const arguing = (side: 'bull' | 'bear'): SeatHandlers => ({
  argue: ({ briefing, round, earlier }) => argue(side, briefing, round, earlier),
})

/** What every seat can be asked, beside what any can. */
function seatHandlers(
  research: Pick<ResearchContext, 'custom' | 'compute' | 'ids' | 'now' | 'sources'>,
): Readonly<Record<Seat, SeatHandlers>> {
  const { ids } = research
  return {
    planner: { settle: ({ briefing, raised }) => settleTerms(briefing, raised) },
    researcher: {
      research: ({ task, definition, ...about }, signal) =>
        performResearch(task, definition, { ...about, ...research, signal }),
    },
    validator: {
      validate: ({ briefing, tasks }) => validate(briefing.dossier, tasks, briefing.profile, briefing.now),
    },
    analyst: {
      ...assessing('analyst'),
      analyse: ({ briefing, past }) => analyse(briefing, readViewRecord(past, briefing.bars, briefing.now)),
    },
    bull: { ...assessing('bull'), ...arguing('bull') },
    bear: { ...assessing('bear'), ...arguing('bear') },
    strategist: {
      ...assessing('strategist'),
      revise: ({ proposal, briefing }) => revise(proposal, briefing),
      propose: ({ briefing, insight, debate }) => {
        if (briefing.plan?.purpose === 'shift') return proposeShift(briefing, insight, ids)
        return briefing.plan === null || briefing.plan.purpose === 'decide'
          ? propose(briefing, insight, debate, ids)
          : proposeReduction(briefing, insight, ids)
      },
    },
    risk: assessing('risk'),
    optimizer: assessing('optimizer'),
    privacy: assessing('privacy'),
    executor: { ...assessing('executor'), arrange: ({ order }) => scheduleOrder(order) },
    evaluator: { ...assessing('evaluator'), evaluate: (execution) => lessonsOf(execution) },
  }
}

/** What a language model in the seat can be asked; nothing without one. */
function modelHandlers(seat: Seat, models: SeatModels, sha256: Sha256): SeatHandlers {
  const given = models.get(seat)
  if (given === undefined) return {}
  const seatModel = { seat, model: given.model, sha256 }
  return {
    judge: ({ briefing }, signal) => judgeByModel(seatModel, briefing, signal),
    speak: ({ argument, evidence }, signal) => sayByModel(seatModel, argument, evidence, signal),
  }
}
