import type { SandboxConfig } from '#adapters/ccxt/config.ts'
import type { SourcesConfig } from '#adapters/http/config.ts'
import type { ModelsConfig } from '#shared/domain/model.ts'
import type { PlanningConfig } from '#shared/domain/profile.ts'

/** The configuration in which keys are named. */
interface KeyedConfig {
  readonly models: ModelsConfig
  readonly sources: SourcesConfig
  readonly planning: PlanningConfig
  readonly broker: { readonly orders: string; readonly sandbox: SandboxConfig }
}

/** The names under which the configuration asks for keys, and what each is for; in the order in which people are shown them. */
export function requiredKeys({ models, sources, planning, broker }: KeyedConfig): ReadonlyMap<string, string> {
  const keys = new Map<string, string>()
  const want = (name: string | undefined, use: string) => {
    if (name !== undefined && !keys.has(name)) keys.set(name, use)
  }
  for (const [name, { keyFrom }] of Object.entries(models.models)) want(keyFrom, `the language model ${name}`)
  want(sources.macro_data.keyEnvironment, 'macroeconomic series')
  want(sources.coingecko.keyEnvironment, 'the figures of coins')
  for (const { title, http } of Object.values(planning.tasks))
    for (const name of Object.values(http?.headers ?? {})) want(name, `the research task ${title}`)
  const { exchange, keyEnvironment, secretEnvironment } = broker.sandbox
  if (broker.orders === 'sandbox') {
    want(keyEnvironment, `the sandbox of ${exchange}: its key`)
    want(secretEnvironment, `the sandbox of ${exchange}: its secret`)
  }
  return keys
}
