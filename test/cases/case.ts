/** One small input that has to come out right: what is right in words, and what came out. */
export interface CaseResult {
  readonly name: string
  readonly expected: string
  /** What Parley made of it, in one line. */
  readonly got: string
  readonly isRight: boolean
}

/** The cases of one folder, or of kinds that have no file. `folder` is where the shared cases are. */
export type CaseSuite = (folder: URL) => Promise<readonly CaseResult[]> | readonly CaseResult[]
