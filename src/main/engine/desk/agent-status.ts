import type { Journal } from '#engine/journal/journal.ts'
import type { AgentHealth, Seat } from '#shared/domain/agent.ts'
import type { Actor } from '#shared/domain/journal.ts'

const system: Actor = { kind: 'system', id: 'desk' }

/** Creates what journals that an agent has begun to fail, and that it does not any more. */
export function createAgentStatus(journal: Pick<Journal, 'append'>): (health: AgentHealth) => void {
  const failing = new Set<Seat>()
  return (health) => {
    const isFailing = health.status === 'failing'
    if (isFailing === failing.has(health.seat)) return
    if (isFailing) failing.add(health.seat)
    else failing.delete(health.seat)
    void journal.append({ kind: 'agentStatusChanged', data: { health }, actor: system })
  }
}
