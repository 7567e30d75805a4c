import { useQueryClient } from '@tanstack/react-query'
import { createContext, type ReactNode, use, useEffect, useMemo, useRef, useState, useSyncExternalStore } from 'react'
import { useDesk } from '#renderer/client.ts'
import { isStopKey, type PendingStop, StopControl } from './stop.ts'

interface Shell {
  readonly stop: StopControl
  readonly rearming: boolean
  readonly setRearming: (open: boolean) => void
}

const ShellContext = createContext<Shell | null>(null)

/** The stop and the re-arm dialog, for everything in the frame; listens for the stop's keys wherever the focus is. */
export function ShellProvider({ children }: { children: ReactNode }) {
  const desk = useDesk()
  const cache = useQueryClient()
  const stop = useMemo(() => new StopControl(desk, cache), [desk, cache])
  const [rearming, setRearming] = useState(false)
  useEffect(() => {
    function onKeyDown(event: KeyboardEvent): void {
      if (!isStopKey(event)) return
      event.preventDefault()
      event.stopImmediatePropagation()
      stop.stop(2)
    }
    window.addEventListener('keydown', onKeyDown, { capture: true })
    return () => window.removeEventListener('keydown', onKeyDown, { capture: true })
  }, [stop])
  const shell = useMemo(() => ({ stop, rearming, setRearming }), [stop, rearming])
  return <ShellContext value={shell}>{children}</ShellContext>
}

export function useShell(): Shell {
  const shell = use(ShellContext)
  if (shell === null) throw new Error('useShell is called outside of ShellProvider.')
  return shell
}

/** The stop that is not acknowledged yet, or null. */
export function usePendingStop(): PendingStop | null {
  const { stop } = useShell()
  return useSyncExternalStore(stop.subscribe, () => stop.pending)
}

const tabbable = 'a[href],button:not(:disabled),input:not(:disabled),select,textarea,[tabindex]:not([tabindex="-1"])'

/**
 * Keeps the element in the Tab order of every open dialog, last in the round: a dialog keeps the focus to itself, and the
 * stop must be reachable all the same (KS-1, UX-24).
 */
export function useAboveDialogs<Kind extends HTMLElement>() {
  const element = useRef<Kind>(null)
  useEffect(() => {
    function onKeyDown(event: KeyboardEvent): void {
      const dialogs = document.querySelectorAll<HTMLElement>('[role="dialog"][aria-modal="true"]')
      const dialog = dialogs[dialogs.length - 1]
      if (event.key !== 'Tab' || dialog === undefined || element.current === null) return
      const inside = [...dialog.querySelectorAll<HTMLElement>(tabbable)].filter((each) => each.offsetParent !== null)
      const round = [...inside, element.current]
      const at = round.indexOf(document.activeElement as HTMLElement)
      const next = round[(at + (event.shiftKey ? round.length - 1 : 1)) % round.length]
      event.preventDefault()
      event.stopImmediatePropagation()
      next?.focus()
    }
    window.addEventListener('keydown', onKeyDown, { capture: true })
    return () => window.removeEventListener('keydown', onKeyDown, { capture: true })
  }, [])
  return element
}
