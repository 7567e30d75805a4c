import type { StepNode } from './step-graph.ts'

/** The steps that are ready, those that go first at the front. */
export interface ReadyQueue {
  push(node: StepNode): void
  /** Takes out the first of those whose slots fit; undefined when none fits. */
  take(fits: (slots: StepNode['step']['slots']) => boolean): StepNode | undefined
  /** Takes a step out that is not to start now; one that is not in it is no error. O(ready). */
  remove(node: StepNode): void
  /** Sorts anew after the importance of steps has changed. O(ready). */
  reorder(): void
}

/** The earliest planned goes first, then the one with the longest tail, then the plan's order. */
function goesBefore(a: StepNode, b: StepNode): boolean {
  if (a.planned !== b.planned) return a.planned < b.planned
  if (a.tail !== b.tail) return a.tail > b.tail
  return a.index < b.index
}

/**
 * Creates a queue: one binary heap for each combination of slots that steps ask for, since steps that ask for the same
 * either all fit or none does. Pushing and taking cost O(log ready), taking also O(combinations).
 */
export function createReadyQueue(): ReadyQueue {
  const heaps = new Map<string, StepNode[]>()

  return {
    push(node) {
      const key = keyOf(node.step.slots)
      const heap = heaps.get(key)
      if (heap === undefined) heaps.set(key, [node])
      else rise(heap, heap.push(node) - 1)
    },
    take(fits) {
      let best: StepNode[] | undefined
      for (const heap of heaps.values()) {
        const head = heap[0]
        if (head === undefined || (best !== undefined && !goesBefore(head, best[0] as StepNode))) continue
        if (fits(head.step.slots)) best = heap
      }
      return best === undefined ? undefined : pop(best)
    },
    remove(node) {
      const heap = heaps.get(keyOf(node.step.slots))
      const index = heap?.indexOf(node) ?? -1
      if (heap === undefined || index < 0) return
      const last = heap.pop() as StepNode
      if (last === node) return
      heap[index] = last
      sink(heap, index)
      rise(heap, heap.indexOf(last))
    },
    reorder() {
      for (const heap of heaps.values()) for (let index = (heap.length >> 1) - 1; index >= 0; index--) sink(heap, index)
    },
  }
}

function keyOf(slots: Readonly<Record<string, number>>): string {
  let key = ''
  for (const pool in slots) key += `${pool}=${slots[pool]};`
  return key
}

function rise(heap: StepNode[], from: number): void {
  const node = heap[from] as StepNode
  let index = from
  while (index > 0) {
    const parent = (index - 1) >> 1
    const above = heap[parent] as StepNode
    if (!goesBefore(node, above)) break
    heap[index] = above
    index = parent
  }
  heap[index] = node
}

function sink(heap: StepNode[], from: number): void {
  const node = heap[from] as StepNode
  let index = from
  for (;;) {
    let child = 2 * index + 1
    if (child >= heap.length) break
    if (child + 1 < heap.length && goesBefore(heap[child + 1] as StepNode, heap[child] as StepNode)) child++
    if (!goesBefore(heap[child] as StepNode, node)) break
    heap[index] = heap[child] as StepNode
    index = child
  }
  heap[index] = node
}

function pop(heap: StepNode[]): StepNode | undefined {
  const top = heap[0]
  const last = heap.pop()
  if (last === undefined || heap.length === 0) return top
  heap[0] = last
  sink(heap, 0)
  return top
}
