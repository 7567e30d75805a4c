import { implement } from '@orpc/server'
import { contract } from '#shared/contract/index.ts'
import type { Keys } from '#shared/contract/settings.ts'
import type { Settings } from '#shared/domain/settings.ts'
import { canonicalJson } from '#shared/lib/canonical-json.ts'
import { ParleyError } from '#shared/lib/error.ts'
import type { CallContext } from './desk.ts'
import { type ApiParts, trader } from './parts.ts'

/** What the trader has chosen. */
export function settingsRoutes(parts: ApiParts) {
  const { settings, journal, kernel, home, checkFeed, planning, planningChanges, keyring, wantedKeys } = parts
  const os = implement(contract.settings).$context<CallContext>()
  const keys = (): Keys => ({
    weakness: keyring.weakness,
    keys: [...wantedKeys].map(([name, usedFor]) => ({ name, usedFor, place: keyring.placeOf(name) })),
  })
  return {
    get: os.get.handler(() => ({ settings: settings.load(), home })),
    planning: os.planning.handler(() => ({
      planning,
      file: planningChanges.file ?? null,
      overrides: [...planningChanges.overrides],
    })),
    keys: os.keys.handler(keys),
    keepKey: os.keepKey.handler(async ({ input: { name, key } }) => {
      if (!wantedKeys.has(name)) {
        throw new ParleyError('KEY_UNKNOWN', `Nothing in the configuration asks for a key "${name}".`, {
          wayOut: `Keep one of ${[...wantedKeys.keys()].join(', ')}.`,
        })
      }
      keyring.keep(name, key)
      await journal.append({ kind: 'keyKept', data: { name }, actor: trader })
      return keys()
    }),
    forgetKey: os.forgetKey.handler(async ({ input: { name } }) => {
      keyring.forget(name)
      await journal.append({ kind: 'keyForgotten', data: { name }, actor: trader })
      return keys()
    }),
    change: os.change.handler(async ({ input }) => {
      const before = settings.load()
      const changes = Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined))
      const after: Settings = { ...before, ...changes }
      // A feed that cannot be made would keep the desk from starting again.
      if (input.feed !== undefined) checkFeed(input.feed)
      settings.save(after)
      if (after.deadManSwitch !== before.deadManSwitch) kernel.deadManSwitch.choose(after.deadManSwitch)
      await journal.append({ kind: 'settingsChanged', data: { before, after }, actor: trader })
      return { settings: after, restartNeeded: canonicalJson(before.feed) !== canonicalJson(after.feed) }
    }),
  }
}
