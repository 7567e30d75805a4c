import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { SettingsStore } from '#engine/ports/settings-store.ts'
import { defaultSettings, settingsSchema } from '#shared/domain/settings.ts'
import { errorMessage, ParleyError } from '#shared/lib/error.ts'
import { writeDurably } from './durable-file.ts'

/** What the trader has chosen, in settings.json of the data folder; what the file leaves out is the default. */
export function createFileSettingsStore(home: string): SettingsStore {
  const file = join(home, 'settings.json')
  return {
    load() {
      if (!existsSync(file)) return defaultSettings
      try {
        return settingsSchema.parse({ ...defaultSettings, ...JSON.parse(readFileSync(file, 'utf8')) })
      } catch (error) {
        throw new ParleyError('SETTINGS_INVALID', `${file} cannot be understood: ${errorMessage(error)}`, {
          details: { file },
          wayOut: 'Correct the file, or delete it to use the defaults.',
        })
      }
    },
    save(settings) {
      writeDurably(file, `${JSON.stringify(settings, null, 2)}\n`)
    },
  }
}
