import { SegmentedControl, Select } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { useDesk } from '#renderer/client.ts'
import { ChartCredit } from '#renderer/ui/chart-credit.tsx'
import { PanelBody, Screen } from '#renderer/ui/panel.tsx'
import { ErrorState, LoadingRows } from '#renderer/ui/states.tsx'
import { StatusDot } from '#renderer/ui/status-dot.tsx'
import { policyChoices, profileChoices } from '#renderer/ui/words.ts'
import type { Settings } from '#shared/domain/settings.ts'
import { isTimeZone } from '#shared/lib/time-zone.ts'
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
            effect="The desk continues with its current settings."
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
      {change.isError && <ErrorState title="Not changed" error={change.error} effect="The setting is unchanged." />}
      {change.data?.restartNeeded === true && (
        <p className={styles.restart} role="status">
          <StatusDot tone="warn" /> Saved. The new feed is used after Parley restarts.
        </p>
      )}

      <Group title="Deciding" about="Defaults for Decide; each run can use others.">
        <Setting
          title="Risk profile"
          about="Which research runs, how much in parallel, and what a decision may cost and risk."
        >
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

      <Group title="Planning" about="Set in planning.yaml, read when the desk starts.">
        <PlanningSetting home={home} />
      </Group>

      <Group
        title="Data"
        about="Where prices and research come from. Of the feeds, only a real exchange uses the network."
      >
        <FeedSetting
          key={JSON.stringify(settings.feed)}
          feed={settings.feed}
          busy={change.isPending}
          onChange={(feed) => put({ feed })}
        />
        <ImportBars />
        <Setting title="Data folder" about="Journal, bars and settings; copy the folder to back it up.">
          <code className="mono">{home}</code>
        </Setting>
      </Group>

      <Group
        title="Keys"
        about="For services that need one, named as in the configuration. A key is sent only to its own service."
      >
        <KeysSetting />
      </Group>

      <Group title="Health">
        <EngineDelay />
      </Group>

      <Group title="Appearance">
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
        <Setting title="Time zone" about="For every time shown; hover for UTC.">
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
