import type { PlanningConfig, ProfileName } from '#shared/domain/profile.ts'

/** A profile as the table of the settings shows it. */
export interface ProfileRow {
  readonly name: ProfileName
  readonly tasks: readonly string[]
  readonly parallel: number
  readonly minimumSources: number
  readonly costLimitUsd: number
}

/** What each profile runs, by titles. */
export function profileRows({ enabled, profiles, tasks }: PlanningConfig): ProfileRow[] {
  return Object.entries(profiles).map(([name, profile]) => ({
    name: name as ProfileName,
    tasks: profile.tasks
      .filter((task) => profile.optionalTasks || !(tasks[task]?.optional ?? false))
      .map((task) => tasks[task]?.title ?? task),
    parallel: enabled ? profile.parallel : 1,
    minimumSources: profile.minimumSources,
    costLimitUsd: profile.costLimitUsd,
  }))
}

/** What each custom task asks. */
export function customWords({ tasks }: PlanningConfig): string[] {
  return Object.values(tasks).flatMap(({ title, http, script }) => {
    if (http !== undefined) return [`${title} asks ${http.url.split('/')[2] ?? http.url}`]
    return script === undefined ? [] : [`${title} runs ${script.command}`]
  })
}
