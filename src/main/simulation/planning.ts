import type { PlanningConfig, Profile } from '#shared/domain/profile.ts'

/** Research that is enough to see every way in which a step can end. */
const enough = ['technical_analysis', 'momentum', 'liquidity_analysis']

/** The shipped way of planning with less research and one round of debate, so that a run is short. */
export function shortPlanning(planning: PlanningConfig): PlanningConfig {
  const short = (profile: Profile): Profile => ({
    ...profile,
    tasks: enough,
    parallel: 2,
    minimumSources: 3,
    debateRounds: 1,
  })
  const { conservative, balanced, aggressive } = planning.profiles
  return {
    ...planning,
    profiles: { conservative: short(conservative), balanced: short(balanced), aggressive: short(aggressive) },
  }
}
