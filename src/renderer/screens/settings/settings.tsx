import { SegmentedControl, Select } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { useDesk } from '#renderer/client.ts'
import { ChartCredit } from '#renderer/ui/chart-credit.tsx'
import { PanelBody, Screen } from '#renderer/ui/panel.tsx'
import { ErrorState, LoadingRows } from '#renderer/ui/states.tsx'
import { StatusDot } from '#renderer/ui/status-dot.tsx'
import { isTimeZone } from '#renderer/ui/time.ts'
import { policyChoices, profileChoices } from '#renderer/ui/words.ts'
import type { Settings } from '#shared/domain/settings.ts'
import { EngineDelay } from './engine-delay.tsx'
import { FeedSetting } from './feed-setting.tsx'
import { ImportBars } from './import-bars.tsx'
import { KeysSetting } from './keys-setting.tsx'
import { PlanningSetting } from './planning-setting.tsx'
import { Setting } from './setting.tsx'
import styles from './settings.module.css'
import { TimerSetting } from './timer-setting.tsx'

/** What the trader can choose; each choice is kept at once. */
export function SettingsScreen() {
  const { orpc } = useDesk()
  const settings = useQuery(orpc.settings.get.queryOptions())
  return (
    <Screen title="Settings">
      <PanelBody label="All settings">
        {settings.isError ? (
          <ErrorState
            title="The settings could not be read"
            error={settings.error}
            effect="The desk goes on with what it has."
            onRetry={() => void settings.refetch()}
          />
        ) : settings.data === undefined ? (
          <LoadingRows rows={10} />
        ) : (
          <Choices settings={settings.data.settings} home={settings.data.home} />
        )}
      </PanelBody>
    </Screen>
  )
}

const words = {
  theme: [
    { value: 'dark', label: 'Dark' },
    { value: 'light', label: 'Light' },
    { value: 'contrast', label: 'High contrast' },
  ],
  upDown: [
    { value: 'teal-red', label: 'Up teal, down red' },
    { value: 'red-up', label: 'Up red, down teal' },
    { value: 'blue-orange', label: 'Up blue, down orange' },
  ],
} as const

function Choices({ settings, home }: { settings: Settings; home: string }) {
  const { client, orpc } = useDesk()
  const cache = useQueryClient()
  const change = useMutation({
    mutationFn: (changes: Partial<Settings>) => client.settings.change(changes),
    onSuccess: ({ settings }) => cache.setQueryData(orpc.settings.get.queryKey(), { settings, home }),
  })
  const put = (changes: Partial<Settings>) => change.mutate(changes)
  const zones = [...new Set([settings.timeZone, 'UTC', localZone(), ...Intl.supportedValuesOf('timeZone')])]
  return (
    <div className={styles.settings}>
      {change.isError && <ErrorState title="Not changed" error={change.error} effect="The setting is as it was." />}
      {change.data?.restartNeeded === true && (
        <p className={styles.restart} role="status">
          <StatusDot tone="warn" /> Kept. The new feed is used after Parley is started again.
        </p>
      )}

      <Group title="Deciding" about="What Decide begins with; each run can choose otherwise.">
        <Setting title="Risk profile" about="Which research runs, how much at once, what a decision may cost and risk.">
          <SegmentedControl
            value={settings.profile}
            onChange={(value) => put({ profile: value })}
            data={profileChoices}
            aria-label="Risk profile"
          />
        </Setting>
        <Setting title="Voting policy" about="When ballots become a decision. A tie is no trade.">
          <Select
            aria-label="Voting policy"
            w={200}
            value={settings.policy}
            onChange={(value) => value !== null && put({ policy: value })}
            data={policyChoices}
          />
        </Setting>
      </Group>

      <Group title="Safety">
        <TimerSetting
          on={settings.deadManSwitch}
          busy={change.isPending}
          onChange={(on) => put({ deadManSwitch: on })}
        />
      </Group>

      <Group title="Planning" about="As planning.yaml says; it is read when the desk starts.">
        <PlanningSetting home={home} />
      </Group>

      <Group
        title="Data"
        about="Where prices and research come from. Of the feeds, only a real exchange is asked over the network."
      >
        <FeedSetting
          key={JSON.stringify(settings.feed)}
          feed={settings.feed}
          busy={change.isPending}
          onChange={(feed) => put({ feed })}
        />
        <ImportBars />
        <Setting title="Where the data lives" about="Journal, bars and settings; copy the folder to back it up.">
          <code className="mono">{home}</code>
        </Setting>
      </Group>

      <Group
        title="Keys"
        about="To services that ask for one, by the names that the configuration gives them. They leave this computer in requests to that service alone."
      >
        <KeysSetting />
      </Group>

      <Group title="Health">
        <EngineDelay />
      </Group>

      <Group title="Looks">
        <Setting title="Theme">
          <SegmentedControl
            value={settings.theme}
            onChange={(value) => put({ theme: value })}
            data={[...words.theme]}
            aria-label="Theme"
          />
        </Setting>
        <Setting title="Up and down" about="Signs and arrows say the same without colour.">
          <SegmentedControl
            value={settings.upDown}
            onChange={(value) => put({ upDown: value })}
            data={[...words.upDown]}
            aria-label="Colours of up and down"
          />
        </Setting>
        <Setting title="Time zone" about="Of every time shown; hovering shows UTC.">
          <Select
            aria-label="Time zone"
            w={260}
            searchable
            limit={80}
            value={settings.timeZone}
            onChange={(value) => value !== null && isTimeZone(value) && put({ timeZone: value })}
            data={zones}
            nothingFoundMessage="No such zone"
          />
        </Setting>
      </Group>
      <p className={styles.about}>
        <ChartCredit />: TradingView Lightweight Charts™, copyright TradingView, Inc.
      </p>
    </div>
  )
}

function localZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone
}

function Group({ title, about, children }: { title: string; about?: string; children: ReactNode }) {
  return (
    <section className={styles.group} aria-label={title}>
      <h2>{title}</h2>
      {about !== undefined && <p className={styles.about}>{about}</p>}
      {children}
    </section>
  )
}
