import type { PlanChange, PlanTrigger } from '#shared/domain/monitoring.ts'

/** The title of a step, by its id. */
type TitleOf = (step: string) => string

/** Why and how a running plan is changed, and what comes of it, in a sentence. Seconds are from the start of the run. */
export function replanSentence(
  triggers: readonly PlanTrigger[],
  changes: readonly PlanChange[],
  titleOf: TitleOf,
  ends: { readonly secondsBefore: number; readonly secondsAfter: number },
): string {
  const pressing = triggers.filter(({ kind }) => kind !== 'periodic')
  const reasons = (pressing.length > 0 ? pressing : triggers).map((trigger) => reasonOf(trigger, titleOf))
  return `Replanned: ${listed([...new Set(reasons)])}, so ${changesText(changes, titleOf)}. ${endText(ends)}`
}

/** That a run goes otherwise than planned, and that its plan is kept all the same, in sentences. */
export function divergenceSentence(triggers: readonly PlanTrigger[], answer: string): string {
  return [...triggers.map(({ sentence }) => sentence), answer].join(' ')
}

function reasonOf({ kind, about, sentence }: PlanTrigger, titleOf: TitleOf): string {
  switch (kind) {
    case 'failure':
      return `${titleOf(about ?? '')} failed`
    case 'deadline':
      return 'what is left did not fit before the deadline'
    case 'goal':
      return 'the trader asked for more'
    case 'periodic':
      return 'a better way was found'
    default:
      return lower(firstClause(sentence))
  }
}

function changesText(changes: readonly PlanChange[], titleOf: TitleOf): string {
  const standIns = changes.flatMap(({ kind, step, instead }) =>
    kind === 'replaced' && instead !== null ? `${titleOf(step)} stands in for ${titleOf(instead)}` : [],
  )
  const titlesOf = (kind: PlanChange['kind']) =>
    changes.filter((change) => change.kind === kind).map(({ step }) => titleOf(step))
  const dropped = titlesOf('dropped')
  const added = titlesOf('added')
  const are = (titles: readonly string[]) => (titles.length === 1 ? 'is' : 'are')
  return listed([
    ...standIns,
    ...(added.length === 0 ? [] : [`${listed(added)} ${are(added)} added`]),
    ...(dropped.length === 0 ? [] : [`${listed(dropped)} ${are(dropped)} left out`]),
  ])
}

function endText({ secondsBefore, secondsAfter }: { secondsBefore: number; secondsAfter: number }): string {
  const later = Math.round((secondsAfter - secondsBefore) * 10) / 10
  const end = `${Math.round(secondsAfter * 10) / 10} s after its start`
  if (later === 0) return `The run ends ${end}, as before.`
  return `The run ends ${end}, ${Math.abs(later)} s ${later > 0 ? 'later' : 'sooner'}.`
}

function listed(words: readonly string[]): string {
  const last = words.at(-1) ?? ''
  return words.length < 2 ? last : `${words.slice(0, -1).join(', ')} and ${last}`
}

/** The sentence's first one, without its full stop. */
function firstClause(sentence: string): string {
  return sentence.replace(/\.(\s.*)?$/s, '')
}

/** A sentence goes on with it. */
function lower(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1)
}

/** A sentence about steps with their titles in the place of their ids. */
export function withTitles(
  sentence: string,
  steps: readonly { readonly id: string; readonly title: string }[],
): string {
  const titles = new Map(steps.map(({ id, title }) => [id, title]))
  return sentence.replaceAll(/[\w-]+/g, (word) => titles.get(word) ?? word)
}
