import type { DeskEvent } from '#shared/domain/event.ts'
import {
  isFinalStep,
  type Plan,
  type Step,
  type StepProgress,
  type StepState,
  stepTransitions,
} from '#shared/domain/plan.ts'
import { assert, assertExists, assertNever } from '#shared/lib/assert.ts'
import { canonicalJson } from '#shared/lib/canonical-json.ts'
import type { Clock } from '#shared/lib/clock.ts'
import { errorCode, errorMessage, isRetryable, ParleyError } from '#shared/lib/error.ts'
import type { Random } from '#shared/lib/random.ts'
import { type AttemptEnd, attemptStep } from './attempt.ts'
import { retryDelayMs } from './backoff.ts'
import { type Budget, createBudget } from './budget.ts'
import { createReadyQueue } from './ready-queue.ts'
import { createSlotPools, type PoolLimit, type SlotPools } from './slot-pools.ts'
import { hasNotBegun, linkSteps, relinkSteps, type StepGraph, type StepNode } from './step-graph.ts'

/** What a performer is told about the attempt it is to make. */
export interface StepContext {
  readonly runId: string
  readonly step: Step
  /** 1, 2, ... */
  readonly attempt: number
  /** 0 on the last attempt. */
  readonly attemptsLeft: number
  /** Aborts when the step times out, is cancelled, or the run stops. */
  readonly signal: AbortSignal
  /** The output of a step that succeeded, undefined otherwise. */
  readonly outputOf: (stepId: string) => unknown
  /** Why a step failed, undefined when it did not. */
  readonly failureOf: (stepId: string) => StepFailure | undefined
}

interface StepFailure {
  readonly code: string
  readonly message: string
}

/** How an attempt ended well: with an output (JSON) and what it cost, or with the finding that the step is not needed. */
export type StepResult =
  | { readonly status: 'succeeded'; readonly output: unknown; readonly usd: number }
  | { readonly status: 'skipped'; readonly reason: string }

/**
 * Does a step. Rejects when it cannot; a ParleyError that says 'retryable' is tried again while the step has retries,
 * and its details may say retryAfterMs (wait at least so long), usd (what the failed attempt cost) and rateLimited: true
 * (run fewer steps of its pools at once). A step that finds itself not needed is 'skipped': conditions and rounds that
 * need not be run are steps of the plan that skip themselves.
 */
export type Perform = (context: StepContext) => Promise<StepResult>

export type StepEvent = Extract<
  DeskEvent,
  {
    kind:
      | 'stepStarted'
      | 'stepRetried'
      | 'stepSucceeded'
      | 'stepFailed'
      | 'stepSkipped'
      | 'stepCancelled'
      | 'stepAnsweredLate'
  }
>

export interface RunResult {
  readonly status: 'completed' | 'failed' | 'cancelled'
  /** In the plan's order, all final. */
  readonly steps: readonly StepProgress[]
  /** What all steps cost, retries included; an attempt that was given up counts as its estimate. */
  readonly usd: number
  /** Why it failed or was cancelled. */
  readonly reason: string | null
}

/** How a step ended in an earlier process. */
export type FinishedStep =
  | { readonly output: unknown; readonly usd: number }
  | { readonly skipped: string }
  | { readonly failed: StepFailure }

export interface ExecuteOptions {
  readonly runId: string
  readonly plan: Plan
  readonly perform: Perform
  /**
   * Resolves when the event is durable: a step's work starts only after its stepStarted is, its dependents only after
   * its last event is. A rejection aborts everything and rejects the run.
   */
  readonly record: (event: StepEvent) => Promise<void>
  readonly clock: Clock
  /** For the jitter of retries. */
  readonly random: Random
  /** Cancels the run. */
  readonly signal: AbortSignal
  /** Planned start of each step, in seconds; steps that are not in it come last. */
  readonly importance?: ReadonlyMap<string, number>
  /** What an earlier process had finished; these steps are not run again. */
  readonly finished?: ReadonlyMap<string, FinishedStep>
  /** What is left of the day's budget in USD, besides the plan's cost limit. */
  readonly spendable?: () => number
  /** Starts nothing until resume. */
  readonly paused?: boolean
  /** Told when a source that is asked too often makes a pool give out fewer slots, or its good answers more again. */
  readonly onPace?: (pool: PoolLimit) => void
}

/**
 * Runs a plan to its end: each step as soon as its needs are final and its slots are free, among the ready ones the
 * earliest planned first. A required step that fails takes its dependents with it; other branches go on to their end,
 * and the run ends 'failed'. A step is given up when its time is over, whether or not its performer listens, so the run
 * always ends. Rejects with PLAN_INVALID for a plan that cannot be run, and with the error of `record`.
 */
export function executePlan(options: ExecuteOptions): Promise<RunResult> {
  return startPlan(options).result
}

/** A run under way. */
export interface PlanRun {
  readonly result: Promise<RunResult>
  /** Replaces the planned starts: what is ready goes on in the new order. */
  setImportance(importance: ReadonlyMap<string, number>): void
  /** Starts nothing more until resume; what runs goes on to its end. */
  pause(): void
  resume(): void
  /**
   * Goes on with a changed plan: steps that have begun stay what they were, those that have not become what the plan now
   * says, those that are new are added. The plan holds every step of the one before; those that are not wanted any more
   * are named with the reason, and skipped unless they have begun. Nothing happens to a run that is over or cancelled.
   * Throws PLAN_INVALID, and has then changed nothing.
   */
  revise(plan: Plan, unwanted: ReadonlyMap<string, string>): void
  /**
   * Gives up what is under way and records nothing more, as the end of the process would: the next one takes the run up. The
   * result rejects with the reason.
   */
  suspend(reason: unknown): void
}

/** Runs a plan as executePlan does, and lets it be steered meanwhile. */
export function startPlan(options: ExecuteOptions): PlanRun {
  let execution: Execution | undefined
  const result = new Promise<RunResult>((resolve, reject) => {
    execution = new Execution(options, resolve, reject)
    execution.start()
  })
  return {
    result,
    setImportance: (importance) => execution?.setImportance(importance),
    pause: () => execution?.pause(),
    resume: () => execution?.resume(),
    revise: (plan, unwanted) => execution?.revise(plan, unwanted),
    suspend: (reason) => execution?.suspend(reason),
  }
}

class Execution {
  readonly #options: ExecuteOptions
  readonly #resolve: (result: RunResult) => void
  readonly #reject: (error: unknown) => void
  #graph: StepGraph
  readonly #pools: SlotPools
  readonly #budget: Budget
  readonly #ready = createReadyQueue()
  readonly #onAbort = () => this.#cancel()
  /** Steps whose end is not durable yet. */
  #open: number
  #life: 'starting' | 'running' | 'cancelled' | 'ended' | 'broken' = 'starting'
  #firstFailure: string | null = null
  #paused: boolean
  /** Required steps that are ready but wait for money that may come back. */
  readonly #short: StepNode[] = []

  constructor(options: ExecuteOptions, resolve: (result: RunResult) => void, reject: (error: unknown) => void) {
    const { plan, finished, importance, spendable } = options
    this.#options = options
    this.#paused = options.paused === true
    this.#resolve = resolve
    this.#reject = reject
    this.#graph = linkSteps(plan.steps)
    this.#pools = createSlotPools(plan.slots, plan.steps)
    this.#open = plan.steps.length
    let spent = 0
    for (const ended of finished?.values() ?? []) if ('usd' in ended) spent += ended.usd
    this.#budget = createBudget(plan.costLimitUsd, spent, spendable ?? (() => Number.POSITIVE_INFINITY))
    if (importance !== undefined) this.setImportance(importance)
  }

  start(): void {
    const { finished, signal } = this.#options
    const restored: StepNode[] = []
    for (const [stepId, ended] of finished ?? []) {
      const node = assertExists(this.#graph.byId.get(stepId), `Step "${stepId}" is finished but not in the plan.`)
      restore(node, ended)
      restored.push(node)
    }
    for (const { state, step } of this.#graph.nodes)
      if (state === 'pending' && !step.optional) this.#budget.owe(step.estimate.usd)
    for (const node of restored) this.#close(node)
    this.#life = 'running'
    for (const node of this.#graph.nodes) if (node.waitingFor === 0 && node.state === 'pending') this.#makeReady(node)
    if (signal.aborted) this.#cancel()
    else signal.addEventListener('abort', this.#onAbort, { once: true })
    this.#proceed()
  }

  setImportance(importance: ReadonlyMap<string, number>): void {
    for (const node of this.#graph.nodes) node.planned = importance.get(node.step.id) ?? Number.POSITIVE_INFINITY
    this.#ready.reorder()
  }

  pause(): void {
    this.#paused = true
  }

  resume(): void {
    this.#paused = false
    this.#proceed()
  }

  revise({ steps, starts }: Plan, unwanted: ReadonlyMap<string, string>): void {
    if (this.#life !== 'running') return
    const before = this.#graph.byId
    this.#pools.include(steps.filter(({ id }) => !before.has(id)))
    const graph = relinkSteps(this.#graph, steps)
    this.#graph = graph
    for (const node of graph.nodes) {
      if (before.has(node.step.id)) continue
      this.#open += 1
      if (!node.step.optional) this.#budget.owe(node.step.estimate.usd)
    }
    this.setImportance(new Map(Object.entries(starts)))
    for (const node of graph.nodes) {
      const why = unwanted.get(node.step.id)
      if (why !== undefined && hasNotBegun(node)) this.#drop(node, why)
      else if (node.state === 'pending' && node.waitingFor === 0) this.#makeReady(node)
      else if (node.state === 'ready' && node.waitingFor > 0) this.#wait(node)
    }
    this.#proceed()
  }

  suspend(reason: unknown): void {
    this.#break(reason)
  }

  #drop(node: StepNode, why: string): void {
    this.#wait(node)
    if (!node.step.optional) this.#budget.owe(-node.step.estimate.usd)
    this.#guard(this.#skip(node, why))
  }

  /** Takes a step back that was ready: it waits for others again, or does not start at all. */
  #wait(node: StepNode): void {
    if (node.state !== 'ready') return
    this.#ready.remove(node)
    const short = this.#short.indexOf(node)
    if (short >= 0) this.#short.splice(short, 1)
    this.#move(node, 'pending')
  }

  #move(node: StepNode, to: StepState): void {
    assert(stepTransitions[node.state].includes(to), `Step "${node.step.id}" cannot go from ${node.state} to ${to}.`)
    node.state = to
  }

  #makeReady(node: StepNode): void {
    this.#move(node, 'ready')
    this.#ready.push(node)
  }

  /** Starts what can start, and ends the run when nothing is left. */
  #proceed(): void {
    while (this.#life === 'running' && !this.#paused) {
      const node = this.#ready.take(this.#pools.fits)
      if (node === undefined) break
      this.#admit(node)
    }
    if (this.#open === 0) this.#end()
  }

  #admit(node: StepNode): void {
    const { estimate, optional } = node.step
    const verdict = this.#budget.verdict(estimate.usd, optional)
    if (verdict === 'later') {
      this.#short.push(node)
      return
    }
    this.#guard(verdict === 'within' ? this.#attempt(node) : this.#refuse(node))
    this.#recheckShort()
  }

  /** One at a time: when it is admitted or refused the next one follows, and when it is still short all are. */
  #recheckShort(): void {
    const node = this.#short.shift()
    if (node !== undefined) this.#ready.push(node)
  }

  async #refuse(node: StepNode): Promise<void> {
    const { estimate, id, optional } = node.step
    const message = `Step "${id}" would cost $${estimate.usd}, more than is left of the budget.`
    if (optional) return this.#skip(node, `BUDGET_EXCEEDED: ${message}`)
    // Only a started step can fail, in the journal as in the transition table.
    this.#begin(node)
    const started = this.#options.record({ kind: 'stepStarted', data: this.#about(node) })
    await Promise.all([started, this.#fail(node, { code: 'BUDGET_EXCEEDED', message })])
    this.#proceed()
  }

  #begin(node: StepNode): void {
    this.#move(node, 'running')
    if (node.attempt === 0 && !node.step.optional) this.#budget.owe(-node.step.estimate.usd)
    node.attempt += 1
    node.startedAt ??= this.#options.clock.now()
  }

  async #attempt(node: StepNode): Promise<void> {
    const { slots, estimate } = node.step
    this.#begin(node)
    const ticket = this.#pools.take(slots)
    this.#budget.reserve(estimate.usd)
    await this.#options.record({ kind: 'stepStarted', data: this.#about(node) })
    if (this.#life !== 'running') return
    const outcome = await this.#perform(node)
    if (outcome.kind === 'abandoned') return
    if (this.#life !== 'running') {
      // It answered in the very turn in which the run was cancelled.
      if (outcome.kind === 'answered') this.#answerLate(node, node.attempt, outcome.answer)
      return
    }
    node.abandon = undefined
    this.#adapt(() => {
      if (outcome.kind === 'answered') this.#pools.speedUp(slots)
      else if (isRateLimited(outcome.error)) this.#pools.slowDown(slots, ticket)
    })
    await this.#conclude(node, outcome)
    this.#pools.give(slots)
    this.#proceed()
  }

  /** Lets the pools give out fewer or more slots, and says which of them do. */
  #adapt(change: () => void): void {
    const { onPace } = this.#options
    const before = onPace && this.#pools.limits()
    change()
    if (before === undefined) return
    for (const [index, after] of this.#pools.limits().entries())
      if (after.limit !== before[index]?.limit) onPace?.(after)
  }

  #perform(node: StepNode): Promise<AttemptEnd<StepResult>> {
    const { runId, perform, clock } = this.#options
    const { step, attempt } = node
    const { outcome, abandon } = attemptStep(
      step,
      clock,
      (signal) =>
        perform({
          runId,
          step,
          attempt,
          attemptsLeft: step.retries + 1 - attempt,
          signal,
          outputOf: (stepId) => this.#graph.byId.get(stepId)?.output,
          failureOf: (stepId) => this.#graph.byId.get(stepId)?.failure,
        }),
      (answer) => this.#answerLate(node, attempt, answer),
    )
    node.abandon = abandon
    return outcome
  }

  #answerLate(node: StepNode, attempt: number, answer: StepResult): void {
    if (this.#life === 'broken') return
    const data = { ...this.#about(node), attempt, what: describe(answer) }
    this.#guard(this.#options.record({ kind: 'stepAnsweredLate', data }))
  }

  #conclude(node: StepNode, outcome: Exclude<AttemptEnd<StepResult>, { kind: 'abandoned' }>): Promise<void> {
    switch (outcome.kind) {
      case 'answered':
        return this.#accept(node, outcome.answer)
      case 'threw':
        this.#spend(node, spentBy(outcome.error))
        return this.#retryOrFail(node, outcome.error)
      case 'timedOut':
        // What it costs is not known: it may well be billed in full.
        this.#spend(node, node.step.estimate.usd)
        return this.#retryOrFail(node, outcome.error)
      default:
        return assertNever(outcome)
    }
  }

  async #accept(node: StepNode, result: StepResult): Promise<void> {
    if (result.status === 'skipped') {
      this.#spend(node, 0)
      // The table lets only a step that is not running be skipped: it hands its turn back first.
      this.#move(node, 'ready')
      this.#finish(node, 'skipped', result.reason)
      await this.#options.record({ kind: 'stepSkipped', data: { ...this.#about(node), reason: result.reason } })
      this.#close(node)
      return
    }
    const known = Number.isFinite(result.usd) && result.usd >= 0
    this.#spend(node, known ? result.usd : node.step.estimate.usd)
    const problem = known ? problemOf(result.output) : costUnknown
    if (problem !== undefined) return this.#fail(node, problem)
    this.#finish(node, 'succeeded', null)
    const data = { ...this.#about(node), usd: node.usd, output: result.output }
    await this.#options.record({ kind: 'stepSucceeded', data })
    node.output = result.output
    this.#close(node)
  }

  #spend(node: StepNode, usd: number): void {
    this.#budget.settle(node.step.estimate.usd, usd)
    node.usd += usd
    this.#recheckShort()
  }

  async #retryOrFail(node: StepNode, error: unknown): Promise<void> {
    const failure = { code: errorCode(error), message: errorMessage(error) }
    if (!isRetryable(error) || node.attempt > node.step.retries) return this.#fail(node, failure)
    const { clock, random, record } = this.#options
    const delayMs = retryDelayMs(node.attempt, error, random.fork(`${node.step.id}/${node.attempt}`))
    this.#move(node, 'waiting')
    await record({ kind: 'stepRetried', data: { ...this.#about(node), ...failure, delayMs } })
    if (this.#life !== 'running') return
    node.abandon = clock.after(delayMs, () => {
      node.abandon = undefined
      this.#makeReady(node)
      this.#proceed()
    })
  }

  async #fail(node: StepNode, failure: StepFailure): Promise<void> {
    node.failure = failure
    this.#finish(node, 'failed', failure.message)
    await this.#options.record({ kind: 'stepFailed', data: { ...this.#about(node), ...failure, usd: node.usd } })
    this.#close(node)
  }

  async #skip(node: StepNode, reason: string): Promise<void> {
    this.#finish(node, 'skipped', reason)
    await this.#options.record({ kind: 'stepSkipped', data: { ...this.#about(node), reason } })
    this.#close(node)
    this.#proceed()
  }

  /** The step is final from now on; what follows from it waits until that is durable. */
  #finish(node: StepNode, state: StepState, reason: string | null): void {
    this.#move(node, state)
    node.endedAt = this.#options.clock.now()
    node.reason = reason
  }

  /** The step's end is durable: tells those that wait for it. */
  #close(node: StepNode): void {
    node.closed = true
    this.#open -= 1
    if (node.state === 'failed' && !node.step.optional) {
      this.#firstFailure ??= `Step "${node.step.id}" failed: ${node.failure?.message}`
      this.#block(node)
    }
    for (const dependent of node.dependents) {
      dependent.waitingFor -= 1
      if (this.#life === 'running' && dependent.waitingFor === 0 && dependent.state === 'pending')
        this.#makeReady(dependent)
    }
  }

  /** Skips all that needs the failed step, directly or through others. */
  #block(failed: StepNode): void {
    if (this.#life !== 'running' && this.#life !== 'starting') return
    const reason = `It needs step "${failed.step.id}", which failed.`
    const blocked = [...failed.dependents]
    for (let node = blocked.pop(); node !== undefined; node = blocked.pop()) {
      if (node.blocked) continue
      node.blocked = true
      if (node.state === 'pending') {
        if (!node.step.optional) this.#budget.owe(-node.step.estimate.usd)
        this.#guard(this.#skip(node, reason))
      }
      blocked.push(...node.dependents)
    }
  }

  #cancel(): void {
    if (this.#life !== 'running') return
    this.#life = 'cancelled'
    const why = this.#options.signal.reason
    const reason = errorMessage(why)
    for (const node of this.#graph.nodes) if (!isFinalStep(node.state)) this.#guard(this.#cancelStep(node, why, reason))
  }

  async #cancelStep(node: StepNode, why: unknown, reason: string): Promise<void> {
    // Work that was under way may be billed in full; what was not begun costs nothing.
    if (node.state === 'running' && node.abandon !== undefined) this.#spend(node, node.step.estimate.usd)
    node.abandon?.(why)
    node.abandon = undefined
    this.#finish(node, 'cancelled', reason)
    await this.#options.record({ kind: 'stepCancelled', data: { ...this.#about(node), reason, usd: node.usd } })
    this.#close(node)
    this.#proceed()
  }

  #about(node: StepNode): { readonly runId: string; readonly stepId: string; readonly attempt: number } {
    return { runId: this.#options.runId, stepId: node.step.id, attempt: node.attempt }
  }

  #guard(work: Promise<void>): void {
    work.catch((error: unknown) => this.#break(error))
  }

  #break(error: unknown): void {
    if (this.#life === 'ended' || this.#life === 'broken') return
    this.#life = 'broken'
    this.#options.signal.removeEventListener('abort', this.#onAbort)
    for (const node of this.#graph.nodes) node.abandon?.(error)
    this.#reject(error)
  }

  #end(): void {
    if (this.#life === 'ended' || this.#life === 'broken') return
    this.#life = 'ended'
    const { signal } = this.#options
    signal.removeEventListener('abort', this.#onAbort)
    const steps = this.#graph.nodes.map(progressOf)
    const usd = this.#graph.nodes.reduce((sum, node) => sum + node.usd, 0)
    if (steps.some(({ state }) => state === 'cancelled'))
      this.#resolve({ status: 'cancelled', steps, usd, reason: errorMessage(signal.reason) })
    else if (this.#firstFailure !== null) this.#resolve({ status: 'failed', steps, usd, reason: this.#firstFailure })
    else this.#resolve({ status: 'completed', steps, usd, reason: null })
  }
}

function restore(node: StepNode, ended: FinishedStep): void {
  if ('skipped' in ended) {
    node.state = 'skipped'
    node.reason = ended.skipped
  } else if ('failed' in ended) {
    node.state = 'failed'
    node.failure = ended.failed
    node.reason = ended.failed.message
  } else {
    node.state = 'succeeded'
    node.output = ended.output
    node.usd = ended.usd
  }
}

function progressOf({ step, state, attempt, startedAt, endedAt, usd, reason }: StepNode): StepProgress {
  return { id: step.id, state, attempt, startedAt, endedAt, usd, reason }
}

function spentBy(error: unknown): number {
  const usd = error instanceof ParleyError ? error.details['usd'] : undefined
  return typeof usd === 'number' && usd > 0 && Number.isFinite(usd) ? usd : 0
}

function isRateLimited(error: unknown): boolean {
  return error instanceof ParleyError && error.details['rateLimited'] === true
}

const costUnknown: StepFailure = {
  code: 'STEP_COST_INVALID',
  message: 'The step did not say what it cost; it counts as its estimate.',
}

/** An output that the journal cannot hold must fail its step, not the journal. */
function problemOf(output: unknown): StepFailure | undefined {
  try {
    canonicalJson(output)
    return undefined
  } catch (error) {
    return { code: 'STEP_OUTPUT_NOT_JSON', message: `The step's output cannot be kept: ${errorMessage(error)}` }
  }
}

function describe(answer: StepResult): string {
  return answer.status === 'skipped' ? `Skipped: ${answer.reason}` : `Succeeded, at a cost of $${answer.usd}.`
}
