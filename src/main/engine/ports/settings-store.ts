import type { Settings } from '#shared/domain/settings.ts'

/** Where what the trader has chosen is kept. */
export interface SettingsStore {
  /** The defaults where nothing was chosen yet; throws SETTINGS_INVALID for a file that cannot be understood. */
  load(): Settings
  save(settings: Settings): void
}
