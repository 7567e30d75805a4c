/** The keys to other people's services: from the environment, and kept encrypted in keys.json of the data folder (EL-8). */
export interface Keyring {
  /** Why no key can be kept, as a sentence; null where one can. */
  readonly weakness: string | null
  /** The environment with the kept keys in it; what the environment has itself goes first. A kept key that cannot be read is left out. */
  environment(): Readonly<Record<string, string | undefined>>
  placeOf(name: string): 'environment' | 'kept' | 'unreadable' | 'missing'
  /** Throws KEYRING_UNAVAILABLE where nothing would protect it; the key is in no error and no log. */
  keep(name: string, key: string): void
  forget(name: string): void
}
