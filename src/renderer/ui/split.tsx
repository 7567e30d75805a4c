import { type KeyboardEvent, type PointerEvent, type RefObject, useEffect, useState } from 'react'
import styles from './split.module.css'

interface SplitProps {
  /** What it moves, for screen readers: "Height of the tables". */
  label: string
  /** The CSS variable on the container that holds the size, in per cent of the container. */
  variable: `--${string}`
  /** The element whose layout uses the variable. */
  container: RefObject<HTMLElement | null>
  along: 'x' | 'y'
  initial: number
  minimum: number
  maximum: number
  className?: string | undefined
  /** True when the size is measured from the far end: right or bottom. */
  fromEnd?: boolean
}

/** A line between two panels that can be dragged, or moved by the arrow keys; the place is remembered. */
export function Split({
  label,
  variable,
  container,
  along,
  initial,
  minimum,
  maximum,
  className,
  fromEnd,
}: SplitProps) {
  const [size, setSize] = useState(() => recall(variable) ?? initial)
  const clamp = (value: number) => Math.min(maximum, Math.max(minimum, value))

  useEffect(() => {
    container.current?.style.setProperty(variable, `${size}%`)
    localStorage.setItem(`parley.split${variable}`, String(size))
  }, [container, variable, size])

  function onPointerMove(event: PointerEvent): void {
    const box = container.current?.getBoundingClientRect()
    if (box === undefined || !event.currentTarget.hasPointerCapture(event.pointerId)) return
    const share = along === 'x' ? (event.clientX - box.left) / box.width : (event.clientY - box.top) / box.height
    setSize(clamp(100 * (fromEnd ? 1 - share : share)))
  }

  function onKeyDown(event: KeyboardEvent): void {
    const step = { ArrowLeft: -2, ArrowUp: -2, ArrowRight: 2, ArrowDown: 2 }[event.key]
    if (step === undefined) return
    event.preventDefault()
    setSize(clamp(size + (fromEnd ? -step : step)))
  }

  return (
    // biome-ignore lint/a11y/useSemanticElements: a focusable separator is a window splitter, an <hr> is not
    <div
      role="separator"
      tabIndex={0}
      aria-label={label}
      aria-orientation={along === 'x' ? 'vertical' : 'horizontal'}
      aria-valuenow={Math.round(size)}
      aria-valuemin={minimum}
      aria-valuemax={maximum}
      className={`${styles[along]} ${className ?? ''}`}
      onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
      onPointerMove={onPointerMove}
      onDoubleClick={() => setSize(initial)}
      onKeyDown={onKeyDown}
    />
  )
}

function recall(variable: string): number | null {
  const stored = Number(localStorage.getItem(`parley.split${variable}`))
  return stored > 0 ? stored : null
}
