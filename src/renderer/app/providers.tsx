import { MantineProvider } from '@mantine/core'
import { QueryClient, QueryClientProvider, useQuery } from '@tanstack/react-query'
import { type ReactNode, useEffect, useLayoutEffect, useState } from 'react'
import { type DeskLink, DeskProvider, useDesk } from '#renderer/client.ts'
import { SettingsContext } from '#renderer/ui/status.ts'
import { defaultSettings, type Settings } from '#shared/domain/settings.ts'
import { startLive } from './live.ts'
import { mantineColours, mantineTheme } from './theme.ts'

const rememberedKey = 'parley.look'

/** The desk's client, the cache with its live feed, and the trader's theme. */
export function Providers({ desk, children }: { desk: DeskLink; children: ReactNode }) {
  const [cache] = useState(
    () =>
      new QueryClient({
        defaultOptions: {
          // The watch says what is old; nothing is fetched again for being looked at.
          queries: {
            staleTime: Number.POSITIVE_INFINITY,
            refetchOnWindowFocus: false,
            retry: 1,
            networkMode: 'always',
          },
          mutations: { networkMode: 'always' },
        },
      }),
  )
  useEffect(() => startLive(desk, cache), [desk, cache])
  return (
    <DeskProvider value={desk}>
      <QueryClientProvider client={cache}>
        <Themed>{children}</Themed>
      </QueryClientProvider>
    </DeskProvider>
  )
}

function Themed({ children }: { children: ReactNode }) {
  const { orpc } = useDesk()
  const settings = useQuery(orpc.settings.get.queryOptions({ select: ({ settings }) => settings })).data
  const [remembered] = useState(recall)
  const wanted = settings?.theme ?? remembered.theme
  const upDown = settings?.upDown ?? remembered.upDown
  const theme = wanted === 'dark' && matchMedia('(prefers-contrast: more)').matches ? 'contrast' : wanted
  useLayoutEffect(() => {
    document.documentElement.dataset['theme'] = theme
    document.documentElement.dataset['updown'] = upDown
    localStorage.setItem(rememberedKey, JSON.stringify({ theme: wanted, upDown }))
  }, [theme, wanted, upDown])
  return (
    <MantineProvider
      theme={mantineTheme}
      cssVariablesResolver={mantineColours}
      forceColorScheme={theme === 'light' ? 'light' : 'dark'}
    >
      <SettingsContext value={settings ?? defaultSettings}>{children}</SettingsContext>
    </MantineProvider>
  )
}

/** The last look, so that the first paint has it already. */
function recall(): Pick<Settings, 'theme' | 'upDown'> {
  try {
    const { theme, upDown } = JSON.parse(localStorage.getItem(rememberedKey) ?? '')
    return { theme, upDown }
  } catch {
    return { theme: 'dark', upDown: 'teal-red' }
  }
}
