import { skipToken, useQuery } from '@tanstack/react-query'
import { createContext, use, useEffect, useState } from 'react'
import { useDesk } from '#renderer/client.ts'
import type { Status } from '#shared/contract/system.ts'
import { defaultSettings, type Settings } from '#shared/domain/settings.ts'

/** The desk's status as the watch last wrote it, or as `select` sees it; undefined before the first answer. */
export function useStatus<Selected = Status>(select?: (status: Status) => Selected): Selected | undefined {
  const { orpc } = useDesk()
  const { queryKey } = orpc.system.status.queryOptions()
  return useQuery({ queryKey, queryFn: skipToken, ...(select === undefined ? {} : { select }) }).data
}

/** Hands the trader's settings down: one query, however many times are shown. */
export const SettingsContext = createContext<Settings>(defaultSettings)

/** The trader's settings; the defaults until they are there. */
export function useSettings(): Settings {
  return use(SettingsContext)
}

/** The engine's time in epoch milliseconds, stepping every second while `running`, else standing still. */
export function useEngineNow(running: boolean): number {
  const engine = useStatus((status) => status.now) ?? 0
  const [now, setNow] = useState(engine)
  useEffect(() => {
    if (!running) return
    const startedAt = performance.now()
    const tick = () => setNow(engine + (performance.now() - startedAt))
    tick()
    const timer = setInterval(tick, 1_000)
    return () => clearInterval(timer)
  }, [engine, running])
  return running ? now : engine
}
