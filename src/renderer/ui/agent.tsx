import type { TablerIcon } from '@tabler/icons-react'
import { type Seat, seatSchema, seatTitles } from '#shared/domain/agent.ts'
import styles from './agent.module.css'
import {
  IconBear,
  IconBull,
  IconEvaluator,
  IconExecutor,
  IconHuman,
  IconMarket,
  IconOptimizer,
  IconPlanner,
  IconPrivacy,
  IconResearcher,
  IconRisk,
  IconStrategist,
  IconSystem,
  IconValidator,
} from './icons.ts'

const icons: Record<Seat, TablerIcon> = {
  planner: IconPlanner,
  researcher: IconResearcher,
  validator: IconValidator,
  analyst: IconMarket,
  bull: IconBull,
  bear: IconBear,
  strategist: IconStrategist,
  risk: IconRisk,
  optimizer: IconOptimizer,
  privacy: IconPrivacy,
  executor: IconExecutor,
  evaluator: IconEvaluator,
}

/** What an agent is called: its seat's title, "You" for the trader, else its own name. */
export function agentTitle(agent: string): string {
  const seat = seatSchema.safeParse(seatOf(agent))
  if (seat.success) return seat.data === agent ? seatTitles[seat.data] : `${seatTitles[seat.data]} (model)`
  if (agent === 'human' || agent === 'trader') return 'You'
  return agent === 'system' || agent === 'desk' ? 'Desk' : agent
}

/** The seat that a voter belongs to: a seat's language model votes beside it. */
function seatOf(agent: string): string {
  return agent.replace(/\.model$/, '')
}

/** An agent's hue, icon and name, always the three together. */
export function AgentName({ agent }: { agent: string }) {
  const seat = seatSchema.safeParse(seatOf(agent))
  const Icon = seat.success ? icons[seat.data] : agentTitle(agent) === 'You' ? IconHuman : IconSystem
  const colour = seat.success ? `var(--agent-${seat.data})` : 'var(--text-dim)'
  return (
    <span className={styles.agent} style={{ color: colour }}>
      <Icon size={14} stroke={1.75} aria-hidden className={styles.icon} />
      {agentTitle(agent)}
    </span>
  )
}
