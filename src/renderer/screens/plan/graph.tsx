import '@xyflow/react/dist/base.css'
import { ActionIcon, Tooltip } from '@mantine/core'
import {
  BaseEdge,
  type Edge,
  type EdgeProps,
  type Node,
  type NodeProps,
  Position,
  ReactFlow,
  ReactFlowProvider,
  useReactFlow,
  useStore,
} from '@xyflow/react'
import { type KeyboardEvent, memo, type ReactNode, type RefObject, useEffect, useMemo, useRef, useState } from 'react'
import { AgentName } from '#renderer/ui/agent.tsx'
import { formatDuration, formatUsd } from '#renderer/ui/format.ts'
import { IconFit, IconZoomIn, IconZoomOut } from '#renderer/ui/icons.ts'
import { Panel } from '#renderer/ui/panel.tsx'
import styles from './graph.module.css'
import {
  isMove,
  layoutGraph,
  neighbour,
  nodeHeight,
  nodeWidth,
  type PlanGraph,
  slotLine,
  smoothLine,
} from './graph-layout.ts'
import { StepIcon, StepWord } from './step-mark.tsx'
import { elapsedMs, isOpenStep, type StepView } from './step-view.ts'
import { stepWords } from './step-words.ts'

interface GraphProps {
  steps: readonly StepView[]
  /** The critical path, first to last. */
  path: readonly string[]
  /** What the layout depends on: another plan, another layout. */
  planHash: string
  chosen: string | null
  onChoose: (id: string) => void
  tools?: ReactNode
}

/** Below these scales the letters of a node grow against it, and what is left out stands in its title and the schedule. */
const farScale = 0.8
const veryFarScale = 0.6
/** A plan that fits only below this scale is not shrunk further: it is looked at in parts. */
const leastFit = 0.42
/** Above this, nodes out of sight are not drawn. */
const manyNodes = 80

/** The plan as a graph, left to right; the arrow keys go from step to step, Enter opens one (UX-16). */
export function PlanGraphPanel(props: GraphProps) {
  return (
    <ReactFlowProvider>
      <GraphPanel {...props} />
    </ReactFlowProvider>
  )
}

function GraphPanel({ steps, path, planHash, chosen, onChoose, tools }: GraphProps) {
  const box = useRef<HTMLDivElement>(null)
  // biome-ignore lint/correctness/useExhaustiveDependencies: needs and the path change with the plan alone
  const graph = useMemo(() => layoutGraph(steps, path), [planHash])
  const [active, setActive] = useState<string | null>(null)
  const current = active !== null && graph.places.has(active) ? active : frontOf(steps)
  const view = useView(box, graph, frontOf(steps))
  const { nodes, edges } = useElements(steps, graph, current, chosen)

  function go(to: string): void {
    setActive(to)
    view.show(to)
    // A node out of sight is drawn only when it is in view.
    requestAnimationFrame(() => box.current?.querySelector<HTMLElement>(`[data-step="${CSS.escape(to)}"]`)?.focus())
  }

  function onKeyDown(event: KeyboardEvent): void {
    const { key } = event
    if (event.ctrlKey || event.metaKey || event.altKey || current === null) return
    if (isMove(key)) {
      const to = neighbour(graph, current, key)
      event.preventDefault()
      if (to !== null) go(to)
    } else if (key === '+' || key === '-' || key === '0') {
      event.preventDefault()
      if (key === '0') view.fit()
      else view.zoom(key === '+')
    }
  }

  return (
    <Panel
      title="Graph"
      className={styles.panel}
      about={
        <>
          <span className={styles.legend}>
            <span className={styles.criticalLine} aria-hidden="true" /> critical path
          </span>
          <span className={styles.legend}>
            <span className={styles.line} aria-hidden="true" /> waits for
          </span>
          {graph.slotLinks.length > 0 && (
            <span className={styles.legend}>
              <span className={styles.slotLine} aria-hidden="true" /> waits for its slot
            </span>
          )}
        </>
      }
      tools={
        <>
          <ZoomButton label="Zoom out" onClick={() => view.zoom(false)}>
            <IconZoomOut size={16} aria-hidden />
          </ZoomButton>
          <ZoomButton label="Zoom in" onClick={() => view.zoom(true)}>
            <IconZoomIn size={16} aria-hidden />
          </ZoomButton>
          <ZoomButton label="Show the whole plan" onClick={view.fit}>
            <IconFit size={16} aria-hidden />
          </ZoomButton>
          {tools}
        </>
      }
    >
      <div ref={box} className={styles.box}>
        <ReactFlow
          nodes={nodes}
          edges={edges}
          nodeTypes={nodeTypes}
          edgeTypes={edgeTypes}
          minZoom={0.2}
          maxZoom={1.5}
          nodesDraggable={false}
          nodesConnectable={false}
          nodesFocusable={false}
          edgesFocusable={false}
          elementsSelectable={false}
          disableKeyboardA11y
          deleteKeyCode={null}
          selectionKeyCode={null}
          multiSelectionKeyCode={null}
          panActivationKeyCode={null}
          zoomOnDoubleClick={false}
          onlyRenderVisibleElements={steps.length > manyNodes}
          onMoveStart={(event) => event !== null && view.keep()}
          onNodeClick={(_event, { id }) => {
            setActive(id)
            onChoose(id)
          }}
          onKeyDown={onKeyDown}
          aria-label="Graph of the plan. Arrow keys go from step to step, Enter opens one, plus, minus and 0 zoom."
        />
      </div>
    </Panel>
  )
}

function ZoomButton({ label, onClick, children }: { label: string; onClick: () => void; children: ReactNode }) {
  return (
    <Tooltip label={label}>
      <ActionIcon aria-label={label} onClick={onClick}>
        {children}
      </ActionIcon>
    </Tooltip>
  )
}

/** Where the run is: its first open step, else the first that is still to come, else the first of all. */
function frontOf(steps: readonly StepView[]): string | null {
  const open = steps.find(({ state }) => isOpenStep(state))
  const next = steps.find(({ state }) => state === 'ready' || state === 'pending')
  return (open ?? next ?? steps[0])?.id ?? null
}

/** Moves the view; it fits the plan until the trader moves it, and never moves by itself afterwards. */
function useView(box: RefObject<HTMLDivElement | null>, graph: PlanGraph, front: string | null) {
  const flow = useReactFlow()
  const kept = useRef(false)
  const frontNow = useRef(front)
  frontNow.current = front

  function fit(): void {
    const { clientWidth: width = 0, clientHeight: height = 0 } = box.current ?? {}
    if (width === 0 || height === 0) return
    const margin = 20
    const scale = Math.min((width - margin) / graph.width, (height - margin) / graph.height, 1)
    if (scale >= leastFit) {
      const x = (width - graph.width * scale) / 2
      const y = (height - graph.height * scale) / 2
      void flow.setViewport({ x, y, zoom: scale })
      return
    }
    const at = graph.places.get(frontNow.current ?? '') ?? { x: 0, y: 0 }
    const zoom = Math.max(leastFit, Math.min(farScale, (height - margin) / graph.height))
    // The part around the front, without empty space at the plan's ends.
    const along = (offset: number, whole: number, seen: number) =>
      whole * zoom <= seen - margin
        ? (seen - whole * zoom) / 2
        : Math.min(margin / 2, Math.max(seen - margin / 2 - whole * zoom, seen / 2 - offset * zoom))
    void flow.setViewport({
      x: along(at.x + nodeWidth / 2, graph.width, width),
      y: along(at.y + nodeHeight / 2, graph.height, height),
      zoom,
    })
  }

  function show(id: string): void {
    const at = graph.places.get(id)
    const { clientWidth: width = 0, clientHeight: height = 0 } = box.current ?? {}
    if (at === undefined) return
    const { x, y, zoom } = flow.getViewport()
    const margin = 16
    const into = (offset: number, start: number, size: number, seen: number) => {
      const from = start * zoom + offset
      if (from < margin) return offset + margin - from
      return Math.min(offset, offset + seen - margin - (from + size * zoom))
    }
    kept.current = true
    void flow.setViewport({ x: into(x, at.x, nodeWidth, width), y: into(y, at.y, nodeHeight, height), zoom })
  }

  // biome-ignore lint/correctness/useExhaustiveDependencies: fits again when the plan or the room for it changes
  useEffect(() => {
    const element = box.current
    if (element === null) return
    kept.current = false
    const observer = new ResizeObserver(() => {
      if (!kept.current) fit()
    })
    observer.observe(element)
    return () => observer.disconnect()
  }, [graph])

  return {
    show,
    fit: () => {
      kept.current = false
      fit()
    },
    zoom: (closer: boolean) => {
      kept.current = true
      void (closer ? flow.zoomIn() : flow.zoomOut())
    },
    keep: () => {
      kept.current = true
    },
  }
}

type StepNodeData = { step: StepView; active: boolean; chosen: boolean }
type StepNodeType = Node<StepNodeData, 'step'>
type LineType = Edge<{ path: string; look: string }, 'line'>

const size = { width: nodeWidth, height: nodeHeight }
const handles = [
  { type: 'target' as const, position: Position.Left, x: 0, y: nodeHeight / 2, width: 1, height: 1 },
  { type: 'source' as const, position: Position.Right, x: nodeWidth, y: nodeHeight / 2, width: 1, height: 1 },
]

/** Nodes and edges as React Flow takes them; their places and sizes are known, so nothing is measured. */
function useElements(steps: readonly StepView[], graph: PlanGraph, active: string | null, chosen: string | null) {
  const nodes = steps.map(
    (step): StepNodeType => ({
      id: step.id,
      type: 'step',
      position: graph.places.get(step.id) ?? { x: 0, y: 0 },
      data: { step, active: step.id === active, chosen: step.id === chosen },
      ...size,
      measured: size,
      handles,
    }),
  )
  const edges = useMemo(() => {
    const look = (from: string, to: string, kind: string | undefined) =>
      `${styles.edge} ${kind ?? ''} ${from === chosen || to === chosen ? styles.near : ''}`
    return [
      ...graph.edges.map(({ from, to, critical, points }) =>
        lineOf(from, to, smoothLine(points), look(from, to, critical ? styles.critical : undefined)),
      ),
      ...graph.slotLinks.map((link) =>
        lineOf(link.from, link.to, slotLine(graph, link), look(link.from, link.to, styles.slot)),
      ),
    ]
  }, [graph, chosen])
  return { nodes, edges }
}

function lineOf(source: string, target: string, path: string, look: string): LineType {
  return {
    id: `${source} ${target}`,
    source,
    target,
    type: 'line',
    data: { path, look },
    // What waits for what is said by the nodes and the table.
    domAttributes: { 'aria-hidden': true },
  }
}

const nodeTypes = { step: StepNode }
const edgeTypes = { line: memo(Line) }

function StepNode({ data: { step, active, chosen } }: NodeProps<StepNodeType>) {
  const distance = useStore(({ transform: [, , scale] }) =>
    scale < veryFarScale ? 'very-far' : scale < farScale ? 'far' : 'near',
  )
  const elapsed = elapsedMs(step)
  return (
    <button
      type="button"
      className={`${styles.node} nopan`}
      data-step={step.id}
      data-state={step.state}
      data-critical={step.critical || undefined}
      data-distance={distance}
      tabIndex={active ? 0 : -1}
      aria-pressed={chosen}
      aria-label={stepWords(step)}
      title={stepWords(step)}
    >
      <span className={styles.title}>{step.title}</span>
      <span className={styles.owner}>
        <span className={styles.name}>
          <AgentName agent={step.owner} />
        </span>
        {distance !== 'very-far' && elapsed !== null && (
          <span className={styles.elapsed}>{formatDuration(elapsed)}</span>
        )}
      </span>
      <span className={styles.facts}>
        <StepIcon state={step.state} size={distance === 'near' ? 13 : 17} />
        <StepWord state={step.state} />
        {step.attempt > 1 && <span>×{step.attempt}</span>}
        {distance === 'near' && step.usd > 0 && <span className={styles.cost}>{formatUsd(step.usd)}</span>}
      </span>
    </button>
  )
}

function Line({ data }: EdgeProps<LineType>) {
  return data === undefined ? null : <BaseEdge path={data.path} interactionWidth={0} className={data.look} />
}
