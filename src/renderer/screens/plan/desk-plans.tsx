import { Button } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import { useDesk } from '#renderer/client.ts'
import { agentTitle } from '#renderer/ui/agent.tsx'
import { type Column, DataTable } from '#renderer/ui/data-table.tsx'
import { Panel, PanelBody } from '#renderer/ui/panel.tsx'
import { ErrorState } from '#renderer/ui/states.tsx'
import { useEngineNow } from '#renderer/ui/status.ts'
import { StatusDot } from '#renderer/ui/status-dot.tsx'
import type { PlanView } from '#shared/contract/plans.ts'
import { isEndedPlan } from '#shared/domain/collaborative-plan.ts'
import styles from './desk-plans.module.css'
import { deadlineWords, mayVote, planStateWords, planTones, sortPlans } from './desk-plans-view.ts'
import { NewPlan } from './new-plan.tsx'
import { PlanBallot } from './plan-ballot.tsx'
import { PlanConflicts } from './plan-conflicts.tsx'
import { PlanJoin } from './plan-join.tsx'
import { nextScheduled, SchedulesDialog } from './schedules.tsx'

/** The collaborative plans of the desk: their states, who takes part, the deadlines counting down, and a way to make one. */
export function DeskPlans() {
  const { orpc, client } = useDesk()
  const navigate = useNavigate()
  const list = useQuery(orpc.plans.list.queryOptions({ input: { limit: 50 } }))
  const schedules = useQuery(orpc.plans.schedules.queryOptions())
  const engineNow = useEngineNow(false)
  const [making, setMaking] = useState(false)
  const [scheduling, setScheduling] = useState(false)
  const [voting, setVoting] = useState<PlanView | null>(null)
  const [joining, setJoining] = useState<PlanView | null>(null)
  const [atOdds, setAtOdds] = useState<PlanView | null>(null)
  const plans = sortPlans(list.data ?? [])
  const open = plans.filter(({ state }) => !isEndedPlan(state)).length
  const now = useSecondHand(plans.some(({ leftMs }) => leftMs !== null))
  const act = useMutation({
    mutationFn: ({ plan, what }: { plan: PlanView; what: 'start' | 'cancel' }) =>
      what === 'start'
        ? client.plans.start({ planId: plan.id })
        : client.plans.cancel({ planId: plan.id, reason: 'Cancelled by the trader' }),
  })

  const columns: Column<PlanView>[] = [
    {
      key: 'state',
      title: 'State',
      render: ({ state }) => (
        <span className={styles.state}>
          <StatusDot tone={planTones[state]} /> {planStateWords[state]}
        </span>
      ),
    },
    {
      key: 'title',
      title: 'Plan',
      render: ({ title, objectives }) => <span title={objectives.join(' ')}>{title}</span>,
    },
    { key: 'instrument', title: 'Instrument', render: ({ instrument }) => instrument },
    { key: 'priority', title: 'Priority', render: ({ priority }) => priority },
    {
      key: 'participants',
      title: 'Participants',
      render: ({ participants }) => (
        <span title={participants.map(({ voter, weight }) => `${agentTitle(voter)}, weight ${weight}`).join('\n')}>
          {participants.length}
        </span>
      ),
      numeric: true,
    },
    {
      key: 'left',
      title: 'Deadline or result',
      wide: true,
      render: (plan) => {
        const words = deadlineWords(plan, Math.max(0, now - list.dataUpdatedAt))
        return (
          <span className={styles.left} title={plan.occasion ?? words}>
            {words}
          </span>
        )
      },
    },
    {
      key: 'acts',
      title: '',
      render: (plan) => (
        // The row leads to the run; these act.
        // biome-ignore lint/a11y/noStaticElementInteractions: keeps the row from opening
        // biome-ignore lint/a11y/useKeyWithClickEvents: keeps the row from opening
        <div className={styles.acts} onClick={(event) => event.stopPropagation()}>
          {mayVote(plan) && (
            <Button size="compact-xs" variant="filled" onClick={() => setVoting(plan)}>
              Vote
            </Button>
          )}
          {plan.conflicts > 0 && (
            <Button size="compact-xs" onClick={() => setAtOdds(plan)}>
              Conflicts
            </Button>
          )}
          {plan.state === 'voting' && (
            <Button size="compact-xs" onClick={() => setJoining(plan)}>
              Join in
            </Button>
          )}
          {plan.state === 'draft' && !plan.called && (
            <Button size="compact-xs" onClick={() => act.mutate({ plan, what: 'start' })}>
              Start
            </Button>
          )}
          {!isEndedPlan(plan.state) && (
            <Button size="compact-xs" onClick={() => act.mutate({ plan, what: 'cancel' })}>
              Cancel
            </Button>
          )}
        </div>
      ),
    },
  ]

  return (
    <>
      <Panel
        title="Plans of the desk"
        about={[aboutOf(list.data, open), nextScheduled(schedules.data, engineNow)].filter(Boolean).join('; ')}
        tools={
          <>
            <Button size="compact-sm" onClick={() => setScheduling(true)}>
              Schedules
            </Button>
            <Button size="compact-sm" onClick={() => setMaking(true)}>
              New plan
            </Button>
          </>
        }
        className={styles.plans}
      >
        {list.isError ? (
          <ErrorState
            title="The plans could not be read"
            error={list.error}
            effect="Plans in progress continue."
            onRetry={() => void list.refetch()}
          />
        ) : plans.length === 0 ? null : (
          <PanelBody label="All plans of the desk">
            <DataTable
              label="Plans of the desk"
              columns={columns}
              rows={plans}
              rowKey={({ id }) => id}
              onOpen={({ runId }) => runId !== null && void navigate({ to: '/plans/$runId', params: { runId } })}
            />
          </PanelBody>
        )}
        {act.isError && (
          <div className={styles.refused}>
            <ErrorState title="Not done" error={act.error} effect="The plan is as the table shows it." />
          </div>
        )}
      </Panel>
      <SchedulesDialog opened={scheduling} onDone={() => setScheduling(false)} />
      <NewPlan opened={making} onDone={() => setMaking(false)} />
      <PlanConflicts plan={atOdds} onDone={() => setAtOdds(null)} />
      <PlanJoin plan={joining} onDone={() => setJoining(null)} />
      <PlanBallot plan={voting} onDone={() => setVoting(null)} />
    </>
  )
}

/** One line where there is none yet: the steps below need the height. */
function aboutOf(plans: readonly PlanView[] | undefined, open: number): string | undefined {
  if (plans === undefined) return undefined
  if (plans.length === 0) return 'agents, and you if you like, propose, vote and act together by a deadline'
  return open === 0 ? 'none in progress' : `${open} in progress`
}

/** The machine's time, stepping every second while `running`. */
function useSecondHand(running: boolean): number {
  const [now, setNow] = useState(() => Date.now())
  useEffect(() => {
    if (!running) return
    const timer = setInterval(() => setNow(Date.now()), 1_000)
    return () => clearInterval(timer)
  }, [running])
  return now
}
