import { ActionIcon, Button, CloseButton, SegmentedControl, Select } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { useDesk } from '#renderer/client.ts'
import { tint } from '#renderer/ui/figures.tsx'
import { formatAge, formatDecimal, formatPercent, placesOf, trendOf, unavailable } from '#renderer/ui/format.ts'
import { IconPatterns, IconTable } from '#renderer/ui/icons.ts'
import { toProblem } from '#renderer/ui/problem.ts'
import { useSettings, useStatus } from '#renderer/ui/status.ts'
import { formatMoment } from '#renderer/ui/time.ts'
import { policyChoices, profileChoices } from '#renderer/ui/words.ts'
import { type Bar, type Timeframe, timeframes } from '#shared/domain/bar.ts'
import type { ConsensusPreset } from '#shared/domain/consensus-policy.ts'
import { findInstrument, type Instrument } from '#shared/domain/instrument.ts'
import type { PlanChoice } from '#shared/domain/plan-choice.ts'
import type { ProfileName } from '#shared/domain/profile.ts'
import type { Goal, RunSummary } from '#shared/domain/run.ts'
import { changeOverDay } from './chart-view.ts'
import { ChoosePlan } from './choose-plan.tsx'
import { type Ticker, useTick } from './ticker.ts'
import styles from './toolbar.module.css'

interface ToolbarProps {
  instrument: Instrument
  instruments: readonly Instrument[]
  timeframe: Timeframe
  ticker: Ticker
  bars: readonly Bar[]
  runs: readonly RunSummary[]
  run: RunSummary | null
  asTable: boolean
  /** Whether patterns are shown; null where the run's evidence names none. */
  patterns: boolean | null
  onSymbol: (symbol: string) => void
  onTimeframe: (timeframe: Timeframe) => void
  onRun: (runId: string | undefined) => void
  onTable: (asTable: boolean) => void
  onPatterns: (shown: boolean) => void
}

/** What is looked at and what to decide: instrument, bar length, price, run, profile, policy. */
export function Toolbar(props: ToolbarProps) {
  const { instrument, instruments, timeframe, ticker, bars, runs, run, asTable, patterns } = props
  const { timeZone } = useSettings()
  return (
    <div className={styles.toolbar} role="toolbar" aria-label="Instrument and decision">
      <Select
        aria-label="Instrument"
        w={144}
        title={instrument.id}
        searchable
        selectFirstOptionOnChange
        value={instrument.id}
        onChange={(value) => value !== null && props.onSymbol(value)}
        data={instruments.map(({ id }) => id)}
        filter={({ options, search }) => {
          const plain = search.toUpperCase().replaceAll(/[^A-Z0-9]/g, '')
          const exact = findInstrument(instruments, search)
          return options.filter(
            (option) =>
              'value' in option && (option.value === exact?.id || option.value.replace('/', '').includes(plain)),
          )
        }}
        nothingFoundMessage="No such instrument"
      />
      <SegmentedControl
        aria-label="Bar length"
        value={timeframe}
        onChange={(value) => props.onTimeframe(value)}
        data={[...timeframes]}
      />
      <LastPrice instrument={instrument} ticker={ticker} bars={bars} />
      <ActionIcon
        variant={asTable ? 'filled' : 'default'}
        size={32}
        aria-pressed={asTable}
        aria-label="Data table"
        title="Show the bars as a table"
        onClick={() => props.onTable(!asTable)}
      >
        <IconTable size={16} aria-hidden />
      </ActionIcon>
      <ActionIcon
        variant={patterns === true ? 'filled' : 'default'}
        size={32}
        disabled={patterns === null}
        aria-pressed={patterns === true}
        aria-label="Patterns"
        title={patterns === null ? 'No patterns in this run’s evidence' : 'Show the patterns in this run’s evidence'}
        onClick={() => props.onPatterns(patterns !== true)}
      >
        <IconPatterns size={16} aria-hidden />
      </ActionIcon>
      <div className={styles.decide}>
        <Select
          aria-label="Run"
          w={172}
          placeholder="No run yet"
          disabled={runs.length === 0}
          value={run?.id ?? null}
          onChange={(value) => props.onRun(value ?? undefined)}
          data={runs.map(({ id, startedAt, status, outcome, goal }) => ({
            value: id,
            label: `${formatMoment(startedAt, timeZone).slice(0, -3)} ${outcome?.toUpperCase() ?? status}${goal.instrument === instrument.id ? '' : ` ${goal.instrument}`}`,
          }))}
        />
        <Decide instrument={instrument} onStarted={() => props.onRun(undefined)} />
      </div>
    </div>
  )
}

function LastPrice({ instrument, ticker, bars }: { instrument: Instrument; ticker: Ticker; bars: readonly Bar[] }) {
  const { quote } = useTick(ticker)
  const now = useStatus((status) => status.now) ?? 0
  const staleAfterMs = useStatus((status) => status.feed.staleAfterMs) ?? 0
  const element = useRef<HTMLElement>(null)
  const text = formatDecimal(quote?.last, { places: placesOf(instrument.priceStep) })
  const change = changeOverDay(bars, quote === null ? null : Number(quote.last))
  const age = quote === null ? null : now - quote.at
  const stale = age === null || age > staleAfterMs
  // biome-ignore lint/correctness/useExhaustiveDependencies: tints when the price changes
  useEffect(() => tint(element.current), [text])
  return (
    <div className={styles.price} data-stale={stale || undefined}>
      <strong ref={element} className={styles.last}>
        {text}
      </strong>
      <span className={styles[trendOf(change)]} title="Change over the last 24 hours">
        {formatPercent(change)}
      </span>
      {stale && (
        <span className={styles.age}>
          {age === null ? (text === unavailable ? 'no price' : '') : `${formatAge(age)} old`}
        </span>
      )}
    </div>
  )
}

function Decide({ instrument, onStarted }: { instrument: Instrument; onStarted: () => void }) {
  const { client } = useDesk()
  const settings = useSettings()
  const running = useStatus((status) => status.activeRunId !== null) ?? false
  const waiting = useStatus((status) => status.reviews.waiting) ?? 0
  const state = useStatus((status) => status.latch.state)
  const [profile, setProfile] = useState<ProfileName | null>(null)
  const [policy, setPolicy] = useState<ConsensusPreset | null>(null)
  const start = useMutation({
    mutationFn: (choice: (Pick<PlanChoice, 'leaveOut' | 'slots'> & Pick<Goal, 'algorithm'>) | null) =>
      client.runs.start({
        instrument: instrument.id,
        profile: profile ?? settings.profile,
        policy: policy ?? settings.policy,
        ...(choice !== null && { leaveOut: choice.leaveOut, slots: choice.slots }),
        ...(choice?.algorithm !== undefined && { algorithm: choice.algorithm }),
      }),
    onSuccess: onStarted,
  })
  const problem = start.isError ? toProblem(start.error) : null
  // biome-ignore lint/correctness/useExhaustiveDependencies: what was refused may be possible now
  useEffect(() => {
    if (start.isError) start.reset()
  }, [state, running, instrument.id])
  const hint = running
    ? waiting > 0
      ? 'One run at a time. One is waiting for your answer in Review.'
      : 'One run at a time. Cancel the current run or wait for it to finish.'
    : state === 'ACTIVE'
      ? `Research, debate and vote on ${instrument.id}. An order follows only if the desk agrees.`
      : state === 'HALTED'
        ? 'Trading is HALTED. Re-arm it to decide again.'
        : `Trading is ${state ?? 'unknown'}. The desk can decide, but orders that add risk are not sent.`
  return (
    <>
      <Select
        aria-label="Risk profile"
        w={122}
        value={profile ?? settings.profile}
        onChange={(value) => setProfile(value)}
        data={profileChoices}
      />
      <Select
        aria-label="Voting policy"
        w={128}
        value={policy ?? settings.policy}
        onChange={(value) => setPolicy(value)}
        data={policyChoices}
      />
      <ChoosePlan
        instrument={instrument.id}
        profile={profile ?? settings.profile}
        hint={hint}
        disabled={running || start.isPending}
        onStart={({ leaveOut, slots }, algorithm) => start.mutate({ leaveOut, slots, algorithm })}
      />
      <Button
        variant="filled"
        w={88}
        px={0}
        disabled={running}
        loading={start.isPending}
        onClick={() => start.mutate(null)}
        title={hint}
      >
        {running ? 'Deciding…' : 'Decide'}
      </Button>
      {problem !== null && (
        <div className={styles.failed} role="status">
          <div>
            <p>{problem.message}</p>
            {problem.wayOut !== null && <p className={styles.next}>{problem.wayOut}</p>}
          </div>
          <CloseButton aria-label="Dismiss" onClick={() => start.reset()} />
        </div>
      )}
    </>
  )
}
