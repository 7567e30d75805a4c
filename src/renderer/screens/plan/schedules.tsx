import { Button, Group, Modal, Select, Stack, TextInput } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { useDesk } from '#renderer/client.ts'
import { type Column, DataTable } from '#renderer/ui/data-table.tsx'
import { ErrorState, LoadingRows } from '#renderer/ui/states.tsx'
import { useEngineNow } from '#renderer/ui/status.ts'
import type { ScheduleView } from '#shared/contract/plans.ts'
import { dueWords, missedWords } from '#shared/domain/schedule-words.ts'
import styles from './desk-plans.module.css'
import { cronOf, type Rhythm, rhythms } from './schedule-terms.ts'

/** The schedules by which plans are made by themselves: when each is due next, a way to add one and to switch one off. */
export function SchedulesDialog({ opened, onDone }: { opened: boolean; onDone: () => void }) {
  return (
    <Modal opened={opened} onClose={onDone} title="Schedules" yOffset={96} centered={false} size="xl">
      <ScheduleList onDone={onDone} />
    </Modal>
  )
}

function ScheduleList({ onDone }: { onDone: () => void }) {
  const { orpc, client } = useDesk()
  const list = useQuery(orpc.plans.schedules.queryOptions())
  const now = useEngineNow(true)
  const [adding, setAdding] = useState(false)
  const act = useMutation({
    mutationFn: ({ id, template, instrument, cron, timezone, parameters, isOn }: ScheduleView) =>
      isOn
        ? client.plans.unschedule({ scheduleId: id })
        : client.plans.schedule({ scheduleId: id, template, instrument, cron, timezone, parameters }),
  })
  const columns: Column<ScheduleView>[] = [
    { key: 'template', title: 'Template', render: ({ template }) => template },
    { key: 'instrument', title: 'Instrument', render: ({ instrument }) => instrument },
    { key: 'cron', title: 'Cron', render: ({ cron, timezone }) => <span title={timezone}>{cron}</span> },
    {
      key: 'next',
      title: 'Next',
      wide: true,
      render: (schedule) => <span title={scheduleWords(schedule, now)}>{scheduleWords(schedule, now)}</span>,
    },
    {
      key: 'acts',
      title: '',
      render: (schedule) => (
        <Button size="compact-xs" onClick={() => act.mutate(schedule)}>
          {schedule.isOn ? 'Switch off' : 'Switch on'}
        </Button>
      ),
    },
  ]
  if (list.isError) {
    return (
      <ErrorState
        title="The schedules could not be read"
        error={list.error}
        effect="They continue in the engine."
        onRetry={() => void list.refetch()}
      />
    )
  }
  if (list.data === undefined) return <LoadingRows rows={4} />
  return (
    <Stack gap="md">
      {list.data.length > 0 && (
        <DataTable label="Schedules of plans" columns={columns} rows={list.data} rowKey={({ id }) => id} />
      )}
      {act.isError && <ErrorState title="Not done" error={act.error} effect="The schedule is as the table shows it." />}
      {adding || list.data.length === 0 ? (
        <NewSchedule onDone={() => (list.data.length === 0 ? onDone() : setAdding(false))} />
      ) : (
        <Group justify="flex-end" gap="sm">
          <Button onClick={onDone}>Close</Button>
          <Button variant="filled" onClick={() => setAdding(true)}>
            New schedule
          </Button>
        </Group>
      )}
    </Stack>
  )
}

/** When it is due next, what it missed, or why it is off. */
function scheduleWords({ nextAt, timezone, missed, offReason }: ScheduleView, now: number): string {
  const next = offReason !== null ? `off: ${offReason}` : nextAt === null ? 'never' : dueWords(nextAt, now, timezone)
  return missed === null ? next : `${next}. ${missedWords(missed)}`
}

/** What is due next of all schedules, in words; undefined where nothing is. */
export function nextScheduled(schedules: readonly ScheduleView[] | undefined, now: number): string | undefined {
  const due = (schedules ?? []).flatMap((one) => (one.nextAt === null ? [] : [{ ...one, nextAt: one.nextAt }]))
  const [first] = due.sort((a, b) => a.nextAt - b.nextAt)
  return first && `next ${first.template} on ${first.instrument} ${dueWords(first.nextAt, now, first.timezone)}`
}

function NewSchedule({ onDone }: { onDone: () => void }) {
  const { orpc, client } = useDesk()
  const templates = useQuery(orpc.plans.templates.queryOptions())
  const instruments = useQuery(orpc.market.instruments.queryOptions())
  const [template, setTemplate] = useState<string | null>(null)
  const [instrument, setInstrument] = useState<string | null>(null)
  const [rhythm, setRhythm] = useState<Rhythm>('every weekday')
  const [time, setTime] = useState('09:00')
  const [own, setOwn] = useState('')
  const [timezone, setTimezone] = useState(() => Intl.DateTimeFormat().resolvedOptions().timeZone)
  const name = template ?? templates.data?.[0]?.name
  const symbol = instrument ?? instruments.data?.[0]?.id
  const cron = cronOf(rhythm, time, own)
  const make = useMutation({
    mutationFn: (terms: { template: string; instrument: string; cron: string }) =>
      client.plans.schedule({ ...terms, timezone }),
    onSuccess: onDone,
  })
  function submit(event: FormEvent): void {
    event.preventDefault()
    if (cron !== undefined && name !== undefined && symbol !== undefined)
      make.mutate({ template: name, instrument: symbol, cron })
  }
  return (
    <form onSubmit={submit}>
      <Stack gap="md">
        <Group grow gap="sm">
          <Select
            label="Template"
            value={name ?? null}
            onChange={setTemplate}
            data={(templates.data ?? []).map((one) => ({ value: one.name, label: one.title }))}
            allowDeselect={false}
          />
          <Select
            label="Instrument"
            value={symbol ?? null}
            onChange={setInstrument}
            data={(instruments.data ?? []).map(({ id }) => id)}
            allowDeselect={false}
          />
        </Group>
        <Group grow gap="sm" align="flex-start">
          <Select
            label="How often"
            value={rhythm}
            onChange={(value) => setRhythm(rhythms.find((one) => one === value) ?? rhythm)}
            data={[...rhythms]}
            allowDeselect={false}
          />
          {rhythm === 'custom (cron)' ? (
            <TextInput
              label="Cron"
              description="minute, hour, day, month, weekday"
              placeholder="0 9 * * 1-5"
              value={own}
              onChange={(event) => setOwn(event.currentTarget.value)}
            />
          ) : (
            <TextInput
              label={rhythm === 'every hour' ? 'At (minute only)' : 'At'}
              value={time}
              onChange={(event) => setTime(event.currentTarget.value)}
              error={cron === undefined ? 'A time such as 09:30.' : null}
            />
          )}
          <TextInput label="Time zone" value={timezone} onChange={(event) => setTimezone(event.currentTarget.value)} />
        </Group>
        <p className={styles.about}>
          No plan is created while the instrument’s market is closed or the previous plan has not ended. Times missed
          while the desk is off are listed here and not made up for.
        </p>
        {make.isError && (
          <ErrorState title="Nothing was scheduled" error={make.error} effect="No plan will start from it." />
        )}
        <Group justify="flex-end" gap="sm">
          <Button onClick={onDone}>Not now</Button>
          <Button type="submit" variant="filled" loading={make.isPending} disabled={cron === undefined}>
            Schedule
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
