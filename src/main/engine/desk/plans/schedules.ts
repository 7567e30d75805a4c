import type { DeskParts } from '#engine/desk/run/desk-parts.ts'
import type { PlanArchive } from '#engine/ports/plan-archive.ts'
import type { Timetable } from '#engine/ports/timetable.ts'
import { calendarOf, isOpenAt } from '#engine/trading/gate/trading-hours.ts'
import { isEndedPlan } from '#shared/domain/collaborative-plan.ts'
import type { DeskEvent } from '#shared/domain/event.ts'
import type { Actor } from '#shared/domain/journal.ts'
import type { PlanWish } from '#shared/domain/plan-wish.ts'
import type { Schedule, ScheduleTerms } from '#shared/domain/schedule.ts'
import type { CalendarsConfig } from '#shared/domain/trading-calendar.ts'
import { errorMessage, ParleyError } from '#shared/lib/error.ts'
import type { Plans } from './plans.ts'
import { scheduleAfter } from './schedule-fold.ts'

export interface SchedulesOptions {
  readonly parts: DeskParts
  readonly plans: Pick<Plans, 'check' | 'get' | 'createBySystem'>
  readonly archive: Pick<PlanArchive, 'listSchedules'>
  readonly timetable: Timetable
  readonly calendars: CalendarsConfig
  /** Milliseconds of the desk's time that go by in one of waiting. */
  readonly timeScale: number
}

/** The schedules by which plans are made. */
export interface Schedules {
  /** Oldest first, those that are off too. */
  list(): readonly Schedule[]
  /** When it makes its next plan, in UTC epoch milliseconds; null for one that is off, or falls due no more. */
  nextAt(schedule: Schedule): number | null
  /**
   * Makes a schedule, or gives the one named other terms and switches it on. Throws SCHEDULE_UNKNOWN, CRON_INVALID,
   * TIMEZONE_UNKNOWN, SCHEDULE_NEVER_DUE, and what making a plan of the kind throws.
   */
  set(scheduleId: string | undefined, terms: ScheduleTerms, by: Actor): Promise<Schedule>
  /** Throws SCHEDULE_UNKNOWN, SCHEDULE_OFF. */
  switchOff(scheduleId: string, reason: string, by: Actor): Promise<Schedule>
  /** Makes the plans that are due. To be called often. */
  tick(): void
}

const system: Actor = { kind: 'system', id: 'schedules' }
/** A time that passed no longer ago than this is still in time, once; what passed before is missed. */
const inTimeMs = 15 * 60_000
/** So many missed times are counted in one turn of the event loop. */
const mostCounted = 100
/** Times at which the market is closed are passed over, so many at most. */
const mostClosed = 2_000

/** Creates what makes plans at set times. What fell due while no desk was there is said, and not made up, unless it was just now. */
export function createSchedules(options: SchedulesOptions): Schedules {
  const { parts, plans, archive, timetable, calendars, timeScale } = options
  const { journal, clock, ids } = parts
  const schedules = new Map<string, Schedule>(archive.listSchedules().map((each) => [each.id, each]))
  /** The next time of each as it is, since it is looked at often. */
  const known = new Map<string, { readonly of: Schedule; readonly at: number | null }>()
  const firing = new Set<string>()

  journal.observe((record) => {
    const schedule = scheduleAfter((id) => schedules.get(id), record)
    if (schedule !== undefined) schedules.set(schedule.id, schedule)
  })

  const now = () => Math.floor(clock.now())

  function find(scheduleId: string): Schedule {
    const schedule = schedules.get(scheduleId)
    if (schedule !== undefined) return schedule
    throw new ParleyError('SCHEDULE_UNKNOWN', `There is no schedule ${scheduleId}.`, {
      wayOut: 'Choose one from the list of schedules.',
    })
  }

  /** The first time after a moment at which the instrument's market is open. */
  function nextOpen({ cron, timezone, instrument }: ScheduleTerms, after: number): number | null {
    const calendar = calendarOf(calendars, instrument)
    let at = timetable.next(cron, timezone, after)
    for (let passed = 0; at !== null && !isOpenAt(calendar, at); passed++) {
      at = passed < mostClosed ? timetable.next(cron, timezone, at) : null
    }
    return at
  }

  function nextAt(schedule: Schedule): number | null {
    if (!schedule.isOn) return null
    const before = known.get(schedule.id)
    if (before?.of === schedule) return before.at
    const at = nextOpen(schedule, schedule.doneUntil)
    known.set(schedule.id, { of: schedule, at })
    return at
  }

  async function set(scheduleId: string | undefined, terms: ScheduleTerms, by: Actor): Promise<Schedule> {
    const before = scheduleId === undefined ? undefined : find(scheduleId)
    const at = now()
    plans.check(wishOf(terms))
    if (nextOpen(terms, at) === null) {
      const when = `"${terms.cron}" (${terms.timezone})`
      throw new ParleyError(
        'SCHEDULE_NEVER_DUE',
        `${when} never comes while the market of ${terms.instrument} is open.`,
        {
          details: { cron: terms.cron, timezone: terms.timezone, instrument: terms.instrument },
          wayOut: 'Choose a time at which it is open; calendars.yaml says when that is.',
        },
      )
    }
    const id = before?.id ?? ids.next('sch')
    const event: DeskEvent =
      before === undefined
        ? { kind: 'scheduleMade', data: { schedule: madeNow(id, terms, by, at) } }
        : { kind: 'scheduleChanged', data: { scheduleId: id, terms, doneUntil: at } }
    await journal.append({ ...event, actor: by })
    return find(id)
  }

  async function switchOff(scheduleId: string, reason: string, by: Actor): Promise<Schedule> {
    if (!find(scheduleId).isOn) {
      throw new ParleyError('SCHEDULE_OFF', `The schedule ${scheduleId} is switched off already.`, {
        wayOut: 'Nothing begins by it.',
      })
    }
    await journal.append({ kind: 'scheduleSwitchedOff', data: { scheduleId, reason }, actor: by })
    return find(scheduleId)
  }

  /** The times that have passed and are not dealt with, oldest first; the newest of very many are left for later. */
  function passed(schedule: Schedule): readonly number[] {
    const times: number[] = []
    for (let at = nextAt(schedule); at !== null && at <= clock.now(); at = nextOpen(schedule, at)) {
      times.push(at)
      if (times.length === mostCounted) break
    }
    return times
  }

  function fire(schedule: Schedule): void {
    const due = passed(schedule)
    const latest = due.at(-1)
    if (latest === undefined) return
    const miss = (times: readonly number[], why: string) => {
      const dueAt = times.at(-1)
      if (dueAt === undefined) return
      const data = { scheduleId: schedule.id, times: times.length, dueAt, why }
      journal.append({ kind: 'scheduleMissed', data, actor: system }).catch(() => {})
    }
    if (clock.now() - latest > inTimeMs * timeScale) {
      miss(due, 'The desk was not there.')
      return
    }
    const { last } = schedule
    if (last !== null && !isEndedPlan(plans.get(last.planId).state)) {
      miss(due, 'The plan before it has not ended.')
      return
    }
    miss(due.slice(0, -1), 'The desk was not there.')
    firing.add(schedule.id)
    const because = {
      why: `Scheduled for ${new Date(latest).toISOString().slice(0, 16).replace('T', ' ')} UTC.`,
      // In one commit with the plan: a crash in between would have it made twice.
      with: (planId: string): DeskEvent => ({
        kind: 'scheduleFired',
        data: { scheduleId: schedule.id, dueAt: latest, planId },
      }),
    }
    plans
      .createBySystem(wishOf(schedule), because)
      .catch((error: unknown) => miss([latest], errorMessage(error)))
      .finally(() => firing.delete(schedule.id))
  }

  return {
    list: () => [...schedules.values()],
    nextAt,
    set,
    switchOff,
    tick() {
      for (const schedule of schedules.values()) if (!firing.has(schedule.id)) fire(schedule)
    },
  }
}

function wishOf({ template, instrument, parameters }: ScheduleTerms): PlanWish {
  return { template, instrument, parameters }
}

function madeNow(id: string, terms: ScheduleTerms, by: Actor, at: number): Schedule {
  return { ...terms, id, isOn: true, offReason: null, by, madeAt: at, doneUntil: at, last: null, missed: null }
}
