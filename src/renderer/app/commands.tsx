import { Spotlight, type SpotlightActionData } from '@mantine/spotlight'
import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useDesk } from '#renderer/client.ts'
import { IconSearch } from '#renderer/ui/icons.ts'
import { useStatus } from '#renderer/ui/status.ts'
import styles from './commands.module.css'
import { places } from './places.ts'
import { useShell } from './shell.tsx'
import { stopKeys } from './stop.ts'

/** Everything by name, on Ctrl/Cmd-K: screens, instruments, runs, and what can be done (UX-10). */
export function Commands() {
  const { orpc } = useDesk()
  const navigate = useNavigate()
  const { stop, setRearming } = useShell()
  const halted = useStatus((status) => status.latch.state !== 'ACTIVE')
  const instruments = useQuery(orpc.market.instruments.queryOptions()).data ?? []
  const runs = useQuery(orpc.runs.list.queryOptions({ input: { limit: 50 } })).data ?? []
  const actions: SpotlightActionData[] = [
    ...places.map(({ to, title }) => ({
      id: to,
      label: title,
      description: 'Go to screen',
      onClick: () => void navigate({ to }),
    })),
    {
      id: 'stop',
      label: 'Stop trading',
      description: `Halt and cancel orders that add risk, ${stopKeys(navigator.platform)}`,
      onClick: () => stop.stop(2),
    },
    ...(halted === true
      ? [{ id: 'rearm', label: 'Re-arm trading…', description: 'Asks for a reason', onClick: () => setRearming(true) }]
      : []),
    ...instruments.map(({ id }) => ({
      id: `instrument ${id}`,
      label: id,
      description: 'Show on the Desk',
      keywords: id.replace('/', ''),
      onClick: () => void navigate({ to: '/desk', search: { symbol: id } }),
    })),
    ...runs.map(({ id, goal, status, outcome }) => ({
      id,
      label: `Run on ${goal.instrument}: ${outcome ?? status}`,
      description: id,
      onClick: () => void navigate({ to: '/desk', search: { symbol: goal.instrument, run: id } }),
    })),
  ]
  return (
    <Spotlight
      actions={actions}
      shortcut="mod + K"
      limit={14}
      scrollable
      maxHeight={420}
      nothingFound="No match."
      classNames={{ action: styles.action ?? '', actionBody: styles.body ?? '' }}
      searchProps={{
        placeholder: 'Screens, instruments, runs, commands',
        'aria-label': 'Search and commands',
        leftSection: <IconSearch size={16} aria-hidden />,
      }}
      yOffset={96}
      zIndex={200}
      overlayProps={{ blur: 0 }}
    />
  )
}
