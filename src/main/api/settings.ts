import { implement } from '@orpc/server'
import { contract } from '#shared/contract/index.ts'
import type { Settings } from '#shared/domain/settings.ts'
import { canonicalJson } from '#shared/lib/canonical-json.ts'
import type { CallContext } from './desk.ts'
import { type ApiParts, trader } from './parts.ts'

/** What the trader has chosen. */
export function settingsRoutes({ settings, journal, home, checkFeed, planning, planningChanges }: ApiParts) {
  const os = implement(contract.settings).$context<CallContext>()
  return {
    get: os.get.handler(() => ({ settings: settings.load(), home })),
    planning: os.planning.handler(() => ({
      planning,
      file: planningChanges.file ?? null,
      overrides: [...planningChanges.overrides],
    })),
    change: os.change.handler(async ({ input }) => {
      const before = settings.load()
      const changes = Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined))
      const after: Settings = { ...before, ...changes }
      // A feed that cannot be made would keep the desk from starting again.
      if (input.feed !== undefined) checkFeed(input.feed)
      settings.save(after)
      await journal.append({ kind: 'settingsChanged', data: { before, after }, actor: trader })
      return { settings: after, restartNeeded: canonicalJson(before.feed) !== canonicalJson(after.feed) }
    }),
  }
}
