import type { SeatModels } from '#engine/agents/models/seat-model.ts'
import { seats } from '#shared/domain/agent.ts'
import type { ModelsConfig } from '#shared/domain/model.ts'
import { createLanguageModel } from './language-model.ts'

/** The language models of the seats that have one; seats that share a model share it. */
export function createSeatModels(
  { models, seats: given }: ModelsConfig,
  environment: Readonly<Record<string, string | undefined>>,
): SeatModels {
  const opened = new Map<string, ReturnType<typeof createLanguageModel>>()
  const open = (name: string) => {
    const definition = models[name]
    const model = opened.get(name) ?? (definition && createLanguageModel(name, definition, environment))
    if (model !== undefined) opened.set(name, model)
    return model
  }
  return new Map(
    seats.flatMap((seat) => {
      const chosen = given[seat]
      const model = chosen && open(chosen.model)
      return model === undefined ? [] : [[seat, { model, uses: chosen?.uses ?? [] }] as const]
    }),
  )
}
