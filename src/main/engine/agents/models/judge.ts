import { z } from 'zod'
import type { Assessment, ProposalBriefing, Remark, SideArgument } from '#engine/agents/seat.ts'
import type { Evidence } from '#shared/domain/evidence.ts'
import type { ModelCall } from '#shared/domain/model.ts'
import { actions } from '#shared/domain/proposal.ts'
import { ballotPrompt, wordsPrompt } from './prompts.ts'
import { askModel, type SeatModel } from './seat-model.ts'

const judgementSchema = z.object({
  choice: z.enum([...actions, 'abstain']),
  confidence: z.number().min(0).max(1),
  reasons: z.array(z.string().min(1).max(500)).min(1).max(5),
  evidence: z.array(z.string()).max(20),
})

const wordsSchema = z.object({ text: z.string().min(1).max(1_200), evidence: z.array(z.string()).max(20) })

/** A model's judgement of a proposal, as one more ballot; a model that fails abstains, and says by which error. */
export async function judgeByModel(
  seatModel: SeatModel,
  briefing: ProposalBriefing,
  signal: AbortSignal,
): Promise<{ readonly assessment: Assessment; readonly call: ModelCall }> {
  const { evidence } = briefing.dossier
  const prompt = ballotPrompt(seatModel.seat, briefing)
  const { answer, call } = await askModel(seatModel, {
    use: 'ballot',
    prompt,
    schema: judgementSchema,
    evidence,
    signal,
  })
  const abstained = { choice: { kind: 'abstain' }, confidence: 0 } as const
  if (answer === null) {
    const { code, message } = call.failure ?? { code: 'MODEL_SILENT', message: 'It gave no answer.' }
    const assessment = {
      ...abstained,
      reasons: [`The model ${call.name} gave no answer (${code}): ${message}`],
      evidence: [],
    }
    return { assessment, call }
  }
  const { choice, confidence, reasons, evidence: cited } = answer
  if (choice === 'abstain') return { assessment: { ...abstained, reasons, evidence: cited }, call }
  return { assessment: { choice: { kind: 'option', option: choice }, confidence, reasons, evidence: cited }, call }
}

/** What a side has argued in a model's words; null where the model fails: the side has spoken for itself. */
export async function sayByModel(
  seatModel: SeatModel,
  argument: SideArgument,
  evidence: readonly Evidence[],
  signal: AbortSignal,
): Promise<{ readonly remark: Remark | null; readonly call: ModelCall }> {
  const prompt = wordsPrompt(seatModel.seat, argument, evidence)
  const { answer, call } = await askModel(seatModel, { use: 'words', prompt, schema: wordsSchema, evidence, signal })
  const remark =
    answer === null
      ? null
      : ({ kind: 'thought', text: answer.text, confidence: argument.strength, evidence: answer.evidence } as const)
  return { remark, call }
}
