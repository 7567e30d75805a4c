import { Button, NumberInput, SegmentedControl, Select } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useDesk } from '#renderer/client.ts'
import { formatNumber } from '#renderer/ui/format.ts'
import { toProblem } from '#renderer/ui/problem.ts'
import { useSettings } from '#renderer/ui/status.ts'
import { formatDate } from '#renderer/ui/time.ts'
import { type ImportedSeries, timeframeMs } from '#shared/domain/bar.ts'
import { type ExchangeName, exchangeNames, type FeedChoice } from '#shared/domain/settings.ts'
import { Setting } from './setting.tsx'
import styles from './settings.module.css'

interface FeedSettingProps {
  feed: FeedChoice
  busy: boolean
  onChange: (feed: FeedChoice) => void
}

/** Where prices come from: the simulated exchange and its seed, imported bars and their speed, or a real exchange. */
export function FeedSetting({ feed, busy, onChange }: FeedSettingProps) {
  const { orpc } = useDesk()
  const imported = useQuery(orpc.market.imported.queryOptions())
  const [kind, setKind] = useState(feed.kind)
  const [seed, setSeed] = useState(feed.kind === 'simulated' ? feed.seed : 7)
  const [chosen, setChosen] = useState(feed.kind === 'replay' ? feed.instrument : null)
  const [speed, setSpeed] = useState(feed.kind === 'replay' ? feed.speed : 60)
  const instrument = chosen ?? imported.data?.[0]?.instrument ?? ''
  const [exchange, setExchange] = useState<ExchangeName>(feed.kind === 'exchange' ? feed.exchange : 'kraken')
  const choices: Record<FeedChoice['kind'], FeedChoice> = {
    simulated: { kind: 'simulated', seed },
    replay: { kind: 'replay', instrument, speed },
    exchange: { kind: 'exchange', exchange },
  }
  const wanted = choices[kind]
  const changed = JSON.stringify(wanted) !== JSON.stringify(feed)
  return (
    <Setting
      title="Feed"
      about="A simulated exchange (the same seed gives the same market), a replay of imported bars, or a real exchange."
    >
      <SegmentedControl
        aria-label="Feed"
        value={kind}
        onChange={(value) => setKind(value)}
        data={[
          { value: 'simulated', label: 'Simulated' },
          { value: 'replay', label: 'Replay of bars' },
          { value: 'exchange', label: 'Exchange' },
        ]}
      />
      {kind === 'exchange' && (
        <Select
          aria-label="Exchange"
          w={150}
          value={exchange}
          onChange={(value) => value !== null && setExchange(value)}
          data={exchangeNames.map((value) => ({ value, label: `${value[0]?.toUpperCase()}${value.slice(1)}` }))}
        />
      )}
      {kind === 'simulated' && (
        <NumberInput
          aria-label="Seed"
          prefix="seed "
          w={120}
          min={0}
          allowDecimal={false}
          value={seed}
          onChange={(value) => setSeed(Number(value))}
        />
      )}
      {kind === 'replay' && (
        <>
          <Select
            aria-label="Replayed instrument"
            w={150}
            searchable
            value={instrument === '' ? null : instrument}
            onChange={setChosen}
            data={[...new Set(imported.data?.map((series) => series.instrument))]}
            placeholder="none imported"
            nothingFoundMessage="Not imported"
          />
          <NumberInput
            aria-label="Speed"
            suffix=" × time"
            w={120}
            min={1}
            max={1_000}
            value={speed}
            onChange={(value) => setSpeed(Number(value))}
          />
        </>
      )}
      <Button
        variant="filled"
        disabled={!changed || (kind === 'replay' && instrument === '')}
        loading={busy}
        onClick={() => onChange(wanted)}
      >
        Use this feed
      </Button>
      {kind === 'exchange' && (
        <p className={styles.report} role="status">
          Prices and live research come over the network; sources.yaml lists where from. Orders go to the paper account.
        </p>
      )}
      {kind === 'replay' && (
        <p className={styles.report} role="status">
          {imported.isError ? (
            <>The imported bars could not be listed: {toProblem(imported.error).message}</>
          ) : imported.data?.length === 0 ? (
            'Nothing to replay yet: import bars first, below.'
          ) : (
            imported.data !== undefined && <Held series={replayed(imported.data, instrument)} />
          )}
        </p>
      )}
    </Setting>
  )
}

/** What is replayed of an instrument: its finest bars. */
function replayed(imported: readonly ImportedSeries[], instrument: string): ImportedSeries | undefined {
  return imported
    .filter((series) => series.instrument === instrument)
    .toSorted((a, b) => timeframeMs[a.timeframe] - timeframeMs[b.timeframe])[0]
}

function Held({ series }: { series: ImportedSeries | undefined }) {
  const { timeZone } = useSettings()
  if (series === undefined) return 'Its bars are no longer imported. Choose another, or import them again.'
  const { bars, timeframe, from, to, file } = series
  return (
    <>
      {formatNumber(bars, { places: 0 })} bars of {timeframe}, {formatDate(from, timeZone)} to{' '}
      {formatDate(to, timeZone)}
      {file !== null && `, from ${file}`}
    </>
  )
}
