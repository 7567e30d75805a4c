import { join } from 'node:path'

/** Where a headless host says on which address its desk is, for the command line: readable by its owner alone. */
export function hostFile(home: string): string {
  return join(home, 'host.json')
}
