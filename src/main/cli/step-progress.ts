import type { DeskRecord } from '#engine/journal/journal.ts'
import type { Plan, StepState } from '#shared/domain/plan.ts'
import type { Terminal } from './terminal.ts'

/** Shows the steps of a plan while they run: one line a step, redrawn. */
export interface StepProgressView {
  begin(plan: Plan): void
  show(record: DeskRecord): void
  /** Takes the lines away again. */
  clear(): void
}

const stateAfter: Partial<Record<DeskRecord['kind'], StepState>> = {
  stepStarted: 'running',
  stepRetried: 'waiting',
  stepSucceeded: 'succeeded',
  stepFailed: 'failed',
  stepSkipped: 'skipped',
  stepCancelled: 'cancelled',
}

const signs: Readonly<Record<StepState, string>> = {
  pending: '·',
  ready: '·',
  running: '>',
  waiting: '~',
  succeeded: '+',
  failed: '!',
  skipped: '-',
  cancelled: 'x',
}

/** A view on a terminal that has room for the plan; on anything else it shows nothing. */
export function createStepProgress(terminal: Terminal, write: (text: string) => void): StepProgressView {
  const states = new Map<string, StepState>()
  let steps: Plan['steps'] = []
  let drawn = 0

  function draw(): void {
    const lines = steps.map(({ id, title }) => {
      const state = states.get(id) ?? 'pending'
      return `${signs[state]} ${title} (${state})`.slice(0, terminal.columns - 1)
    })
    write(`${up()}${lines.map((line) => `\u001B[2K${line}\n`).join('')}`)
    drawn = lines.length
  }

  function up(): string {
    return drawn === 0 ? '' : `\u001B[${drawn}A`
  }

  return {
    begin(plan) {
      if (plan.steps.length >= terminal.rows) return
      steps = plan.steps
      draw()
    },
    show({ kind, data }) {
      const state = stateAfter[kind]
      if (state === undefined || steps.length === 0 || !('stepId' in data)) return
      states.set(data.stepId, state)
      draw()
    },
    clear() {
      if (drawn > 0) write(`${up()}\u001B[0J`)
      drawn = 0
      steps = []
    },
  }
}
