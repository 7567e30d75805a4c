import { safeStorage } from 'electron'

/** The system's keyring by way of Electron; what only looks like one is said to be weak (EL-8). To be asked once the app is ready. */
export function systemCipher() {
  return {
    weakness: weakness(),
    encrypt: (text: string) => safeStorage.encryptString(text),
    decrypt: (encrypted: Buffer) => safeStorage.decryptString(encrypted),
  }
}

function weakness(): string | null {
  if (!safeStorage.isEncryptionAvailable()) return 'This computer has no keyring that Parley can use.'
  if (process.platform === 'linux' && safeStorage.getSelectedStorageBackend() === 'basic_text')
    return 'This desktop has no keyring: what is kept would be readable by anybody.'
  return null
}
