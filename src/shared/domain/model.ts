import { z } from 'zod'
import { seatSchema } from './agent.ts'

/** What a model is given to do in a seat: say in its own words what the seat argued, or judge the proposal in a ballot beside the seat's. */
export const modelUses = ['words', 'ballot'] as const
export type ModelUse = (typeof modelUses)[number]

/** The voter that a seat's model is in the vote: beside the seat, never in its place. */
export const modelVoter = (seat: string): string => `${seat}.model`

const modelSchema = z
  .strictObject({
    provider: z.enum(['openai-compatible', 'anthropic', 'ollama']),
    /** The provider's name of the model. */
    model: z.string().min(1),
    /** Where it answers; Anthropic's and a local Ollama's own addresses unless said. */
    baseUrl: z.url().optional(),
    /** The environment variable that holds the key; never the key itself. */
    keyFrom: z
      .string()
      .regex(/^[A-Z][A-Z0-9_]*$/, 'is the name of an environment variable, in capitals')
      .optional(),
    temperature: z.number().min(0).max(2).default(0),
    maxPromptTokens: z.int().min(500).max(200_000).default(6_000),
    maxAnswerTokens: z.int().min(50).max(8_000).default(800),
    usdPerMillionPromptTokens: z.number().min(0),
    usdPerMillionAnswerTokens: z.number().min(0),
    timeoutSeconds: z.number().positive().max(120).default(15),
  })
  .refine(({ provider, baseUrl }) => provider !== 'openai-compatible' || baseUrl !== undefined, {
    path: ['baseUrl'],
    message: 'an OpenAI-compatible model needs the address that it answers at',
  })
export type ModelDefinition = z.infer<typeof modelSchema>

/** The whole of models.yaml: the models there are, and the seats that have one. */
export const modelsConfigSchema = z
  .strictObject({
    models: z.record(z.string(), modelSchema),
    seats: z.partialRecord(
      seatSchema,
      z.strictObject({ model: z.string(), uses: z.array(z.enum(modelUses)).min(1).default(['ballot']) }),
    ),
  })
  .check(({ value, issues }) => {
    for (const [seat, { model }] of Object.entries(value.seats)) {
      if (model in value.models) continue
      const message = `there is no model "${model}"; the models are ${Object.keys(value.models).join(', ') || 'none'}`
      issues.push({ code: 'custom', input: model, path: ['seats', seat, 'model'], message })
    }
  })
export type ModelsConfig = z.infer<typeof modelsConfigSchema>

/** One question to a language model, as the journal keeps it: hashes of what was asked and answered, and what it cost. */
export const modelCallSchema = z.object({
  seat: seatSchema,
  /** Its name in models.yaml, and the provider's. */
  name: z.string(),
  model: z.string(),
  temperature: z.number(),
  use: z.enum(modelUses),
  /** SHA-256 of what was asked; null when nothing left the desk. */
  promptHash: z.string().nullable(),
  /** SHA-256 of the answer as it came; null when none came. */
  answerHash: z.string().nullable(),
  promptTokens: z.int().nullable(),
  answerTokens: z.int().nullable(),
  usd: z.number().min(0),
  /** Why it counts as silence; null for an answer that counts. */
  failure: z.object({ code: z.string(), message: z.string() }).nullable(),
})
export type ModelCall = z.infer<typeof modelCallSchema>
