import { Button, Checkbox, Group, Modal, Select, Stack, TextInput } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { useDesk } from '#renderer/client.ts'
import { agentTitle } from '#renderer/ui/agent.tsx'
import { goalWords } from '#renderer/ui/portfolio-goals.ts'
import { ErrorState, LoadingRows } from '#renderer/ui/states.tsx'
import { combinationChoices, policyChoices } from '#renderer/ui/words.ts'
import { planPriorities, planPrioritySchema } from '#shared/domain/collaborative-plan.ts'
import { combinationSchema } from '#shared/domain/combination.ts'
import { consensusPresetSchema } from '#shared/domain/consensus-policy.ts'
import type { Instrument } from '#shared/domain/instrument.ts'
import type { PlanTemplate } from '#shared/domain/plan-template.ts'
import { portfolioGoalSchema, portfolioGoals } from '#shared/domain/portfolio-goal.ts'
import styles from './desk-plans.module.css'

/** Makes a plan from a template: what is left as it is comes from there. */
export function NewPlan({ opened, onDone }: { opened: boolean; onDone: () => void }) {
  const { orpc } = useDesk()
  const templates = useQuery({ ...orpc.plans.templates.queryOptions(), enabled: opened })
  const instruments = useQuery({ ...orpc.market.instruments.queryOptions(), enabled: opened })
  return (
    <Modal opened={opened} onClose={onDone} title="New plan" yOffset={96} centered={false}>
      {templates.isError || instruments.isError ? (
        <ErrorState
          title="The templates could not be read"
          error={templates.error ?? instruments.error}
          effect="No plan was created."
          onRetry={() => void Promise.all([templates.refetch(), instruments.refetch()])}
        />
      ) : templates.data === undefined || instruments.data === undefined ? (
        <LoadingRows rows={5} />
      ) : (
        <NewPlanForm templates={templates.data} instruments={instruments.data} onDone={onDone} />
      )}
    </Modal>
  )
}

interface FormProps {
  templates: readonly PlanTemplate[]
  instruments: readonly Instrument[]
  onDone: () => void
}

function NewPlanForm({ templates, instruments, onDone }: FormProps) {
  const { client, orpc } = useDesk()
  const cache = useQueryClient()
  const [name, setName] = useState(templates[0]?.name ?? '')
  const template = templates.find((one) => one.name === name)
  const [instrument, setInstrument] = useState(instruments[0]?.id ?? '')
  const [policy, setPolicy] = useState<string | null>(null)
  const [priority, setPriority] = useState<string | null>(null)
  const [vote, setVote] = useState('')
  const [combination, setCombination] = useState<string | null>(null)
  const [votesAgain, setVotesAgain] = useState<string | null>(null)
  const [weights, setWeights] = useState<string | null>(null)
  const [draft, setDraft] = useState(false)
  const [takePart, setTakePart] = useState<boolean | null>(null)
  const inIt = template?.participants.some(({ voter }) => voter === 'trader') ?? false
  const seconds = Number(vote)
  const isWrong = vote.trim() !== '' && !(Number.isInteger(seconds) && seconds >= 1)
  const combined = combination ?? template?.combination ?? 'fixed'
  const isUnfit = combined !== 'fixed' && (policy ?? template?.policy) !== 'weighted'
  const weighs = template?.tasks.includes('weigh') === true
  const create = useMutation({
    mutationFn: () =>
      client.plans.create({
        instrument,
        template: name,
        draft,
        ...(policy !== null && { policy: consensusPresetSchema.parse(policy) }),
        ...(priority !== null && { priority: planPrioritySchema.parse(priority) }),
        ...(vote.trim() !== '' && { seconds: { vote: seconds } }),
        ...(combination !== null && { combination: combinationSchema.parse(combination) }),
        ...(votesAgain !== null && { votesAgain: Number(votesAgain) }),
        ...(weights !== null && weighs && { weights: portfolioGoalSchema.parse(weights) }),
        ...(takePart === true && !inIt && { participants: [{ voter: 'trader' as const, weight: 1 }] }),
        ...(takePart === false && inIt && { without: ['trader' as const] }),
      }),
    async onSuccess() {
      await cache.invalidateQueries({ queryKey: orpc.plans.list.key() })
      onDone()
    },
  })
  /** What is learned are weights: the votes are then weighed. */
  function chooseCombination(chosen: string | null): void {
    setCombination(chosen)
    if (chosen !== null && chosen !== 'fixed' && (policy ?? template?.policy) !== 'weighted') setPolicy('weighted')
  }
  function submit(event: FormEvent): void {
    event.preventDefault()
    if (!isWrong && !isUnfit) create.mutate()
  }
  return (
    <form onSubmit={submit}>
      <Stack gap="md">
        <Select
          label="Template"
          value={name}
          onChange={(value) => value !== null && setName(value)}
          data={templates.map((one) => ({ value: one.name, label: one.title }))}
          allowDeselect={false}
          data-autofocus
        />
        {template !== undefined && (
          <p className={styles.about}>
            {template.description} {template.participants.map(({ voter }) => agentTitle(voter)).join(', ')} take part.
          </p>
        )}
        <Select
          label="Instrument"
          value={instrument}
          onChange={(value) => value !== null && setInstrument(value)}
          data={instruments.map(({ id }) => id)}
          allowDeselect={false}
        />
        <Group grow gap="sm">
          <Select
            label="Voting policy"
            placeholder={policyChoices.find(({ value }) => value === template?.policy)?.label ?? ''}
            value={policy}
            onChange={setPolicy}
            data={policyChoices}
            clearable
          />
          <Select
            label="Priority"
            placeholder={template?.priority ?? ''}
            value={priority}
            onChange={setPriority}
            data={[...planPriorities]}
            clearable
          />
        </Group>
        <Select
          label="Combine ballots by"
          description={
            isUnfit
              ? undefined
              : 'Based on how earlier ballots turned out, within bounds. Fixed weights until there is a record.'
          }
          placeholder={
            combinationChoices.find(({ value }) => value === (template?.combination ?? 'fixed'))?.label ?? ''
          }
          value={combination}
          onChange={chooseCombination}
          data={combinationChoices}
          error={isUnfit ? 'Learned weights need the Weighted voting policy.' : null}
          clearable
        />
        <Group grow gap="sm" align="start">
          <TextInput
            label="Seconds to vote"
            placeholder={String(template?.seconds.vote ?? '')}
            value={vote}
            onChange={(event) => setVote(event.currentTarget.value)}
            error={isWrong ? 'A whole number, 1 or more.' : null}
            inputMode="numeric"
          />
          <Select
            label="Revise and vote again"
            placeholder={template?.votesAgain === undefined ? 'As in the settings' : timesWords(template.votesAgain)}
            value={votesAgain}
            onChange={setVotesAgain}
            data={[0, 1, 2, 3, 4, 5].map((times) => ({ value: String(times), label: timesWords(times) }))}
            clearable
          />
        </Group>
        {weighs && (
          <Select
            label="Target weights"
            placeholder={goalWords[template.weights ?? 'risk-parity'].title}
            value={weights}
            onChange={setWeights}
            data={portfolioGoals.map((value) => ({ value, label: goalWords[value].title }))}
            clearable
          />
        )}
        <Checkbox
          label="I vote too; the vote stays open until its deadline"
          checked={takePart ?? inIt}
          onChange={(event) => setTakePart(event.currentTarget.checked)}
        />
        <Checkbox
          label="Keep it a draft until I start it"
          checked={draft}
          onChange={(event) => setDraft(event.currentTarget.checked)}
        />
        {create.isError && (
          <ErrorState title="No plan was created" error={create.error} effect="Nothing was started." />
        )}
        <Group justify="flex-end" gap="sm">
          <Button onClick={onDone}>Cancel</Button>
          <Button type="submit" variant="filled" loading={create.isPending} disabled={isWrong || isUnfit}>
            {draft ? 'Save draft' : 'Create and start'}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}

function timesWords(times: number): string {
  return times === 0 ? 'Never' : times === 1 ? 'At most once' : `At most ${times} times`
}
