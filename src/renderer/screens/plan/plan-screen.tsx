import { SegmentedControl } from '@mantine/core'
import { skipToken, useQuery } from '@tanstack/react-query'
import { useNavigate, useParams } from '@tanstack/react-router'
import { type ReactNode, useMemo, useRef, useState } from 'react'
import { useDesk } from '#renderer/client.ts'
import { Panel, Screen } from '#renderer/ui/panel.tsx'
import { toProblem } from '#renderer/ui/problem.ts'
import { Split } from '#renderer/ui/split.tsx'
import { EmptyState, ErrorState, LoadingRows } from '#renderer/ui/states.tsx'
import { useEngineNow } from '#renderer/ui/status.ts'
import type { Run, RunSummary } from '#shared/domain/run.ts'
import { criticalPath } from './critical-path.ts'
import { DeskPlans } from './desk-plans.tsx'
import { Gantt } from './gantt.tsx'
import { PlanGraphPanel } from './graph.tsx'
import { Inspector } from './inspector.tsx'
import { PlanHead, RunChoice } from './plan-head.tsx'
import styles from './plan-screen.module.css'
import { StepTable } from './step-table.tsx'
import { currentRun, poolUses, runTotals, stepViews } from './step-view.ts'
import { endWords } from './step-words.ts'
import { WatchStrip } from './watch-strip.tsx'
import { foreseenEnd, replanMarks, watchNotes } from './watch-view.ts'

/** The plans of several agents above, and below them a run live with what was planned. */
export function PlanScreen() {
  return (
    <div className={styles.screen}>
      <DeskPlans />
      <div className={styles.run}>
        <RunShown />
      </div>
    </div>
  )
}

/** A run, what was planned beside what happens: the one in the address, else the one under way, else the newest. */
function RunShown() {
  const { orpc } = useDesk()
  const navigate = useNavigate()
  const wanted = useParams({ strict: false }).runId
  const list = useQuery(orpc.runs.list.queryOptions({ input: { limit: 50 } }))
  const runs = list.data ?? noRuns
  const runId = wanted ?? currentRun(runs)?.id ?? null
  const run = useQuery(orpc.runs.get.queryOptions({ input: runId === null ? skipToken : { runId } }))
  const choice = runs.length > 0 && (
    <RunChoice
      runs={runs}
      runId={runId}
      onChoose={(id) => void navigate({ to: '/plans/$runId', params: { runId: id } })}
    />
  )
  if (run.data !== undefined) return <PlanOf key={run.data.id} run={run.data} choice={choice} />
  return (
    <Screen title="Plans" tools={choice}>
      {run.isError ? (
        isUnknown(run.error) ? (
          <EmptyState title="No such run">
            There is no run <span className="mono">{runId}</span>. Choose another above, or one in Runs.
          </EmptyState>
        ) : (
          <ErrorState
            title="The plan could not be read"
            error={run.error}
            effect="A run in progress continues in the engine."
            onRetry={() => void run.refetch()}
          />
        )
      ) : list.isError && wanted === undefined ? (
        <ErrorState
          title="The runs could not be read"
          error={list.error}
          effect="Runs in progress continue."
          onRetry={() => void list.refetch()}
        />
      ) : list.data !== undefined && runId === null ? (
        <EmptyState title="No plan yet">
          Press Decide on the Desk. Every step of the run’s plan is shown here as it happens.
        </EmptyState>
      ) : (
        <LoadingRows rows={12} />
      )}
    </Screen>
  )
}

const noRuns: RunSummary[] = []

function isUnknown(error: unknown): boolean {
  return toProblem(error).code === 'RUN_NOT_FOUND'
}

/** The end is foreseen anew with every step, and so often in between. */
const forecastEveryMs = 2_000

type Look = 'graph' | 'table'

function PlanOf({ run, choice }: { run: Run; choice: ReactNode }) {
  const { plan } = run
  const running = run.status === 'running'
  const now = useEngineNow(running)
  const [look, setLook] = useState<Look>('graph')
  const [chosen, setChosen] = useState<string | null>(null)
  const panels = useRef<HTMLDivElement>(null)
  const heading = useRef<HTMLHeadingElement>(null)
  const opener = useRef<HTMLElement | null>(null)
  // biome-ignore lint/correctness/useExhaustiveDependencies: the path changes with the plan alone
  const path = useMemo(() => criticalPath(plan), [plan.hash])
  const steps = stepViews(run, path, now)
  const byId = new Map(steps.map((step) => [step.id, step]))
  const step = chosen === null ? undefined : byId.get(chosen)
  const totals = runTotals(run, steps, now)
  const { orpc } = useDesk()
  const watched = useQuery(
    orpc.runs.monitor.queryOptions({ input: { runId: run.id }, refetchInterval: running ? forecastEveryMs : false }),
  )
  const isPaused = (watched.data?.paused ?? null) !== null
  const end = foreseenEnd(run, watched.data?.forecast, now)

  function choose(id: string): void {
    if (step === undefined) opener.current = document.activeElement as HTMLElement | null
    setChosen(id)
    if (id === chosen) heading.current?.focus()
  }

  function close(): void {
    setChosen(null)
    opener.current?.focus()
  }

  const tools = (
    <SegmentedControl
      aria-label="Show the steps as"
      value={look}
      onChange={setLook}
      data={[
        { value: 'graph', label: 'Graph' },
        { value: 'table', label: 'Table' },
      ]}
    />
  )
  const shared = { steps, chosen, onChoose: choose }
  return (
    <div className={styles.screen}>
      <PlanHead run={run} totals={totals} choice={choice} paused={isPaused} end={endWords(run, watched.data, end)} />
      {watched.data !== undefined && <WatchStrip notes={watchNotes(run, watched.data)} />}
      {steps.length === 0 ? (
        <EmptyState title="This plan has no steps">The run ended before it was planned.</EmptyState>
      ) : (
        <div ref={panels} className={styles.panels} data-inspecting={step !== undefined || undefined}>
          <div className={styles.steps}>
            {look === 'graph' ? (
              <PlanGraphPanel {...shared} path={path} planHash={`${plan.id} ${plan.hash}`} tools={tools} />
            ) : (
              <Panel title="Steps" className={styles.table} tools={tools}>
                <StepTable {...shared} titleOf={(id) => byId.get(id)?.title ?? id} />
              </Panel>
            )}
          </div>
          <Split
            {...{ container: panels, along: 'y', initial: 56, minimum: 20, maximum: 80 }}
            variable="--graph"
            label="Height of the graph"
            className={styles.split}
          />
          <div className={styles.schedule}>
            <Gantt
              {...shared}
              totals={totals}
              pools={poolUses(plan, steps)}
              running={running}
              marks={watched.data === undefined ? [] : replanMarks(run, watched.data)}
              end={end}
            />
          </div>
          {step !== undefined && (
            <div className={styles.inspector}>
              <Inspector
                {...{ runId: run.id, step, steps: byId, pools: plan.slots, heading }}
                onChoose={choose}
                onClose={close}
              />
            </div>
          )}
        </div>
      )}
    </div>
  )
}
