import { InvalidArgumentError, Option } from 'commander'
import { consensusPresets } from '#shared/domain/consensus-policy.ts'
import { executionWishes } from '#shared/domain/parent-order.ts'
import { profileNames } from '#shared/domain/profile.ts'
import { defaultSettings } from '#shared/domain/settings.ts'
import { compare, type Decimal, isDecimal, ZERO } from '#shared/lib/decimal.ts'

/** Options that several commands take, each in the same words. */
export const jsonOption = () => new Option('--json', 'print JSON only')
export const homeOption = () =>
  new Option('--home <folder>', "the desk's data folder (default: PARLEY_HOME, or the system's usual place)")
export const profileOption = () =>
  new Option('--profile <name>', 'the risk profile').choices(profileNames).default(defaultSettings.profile)
export const policyOption = () =>
  new Option('--policy <name>', 'the voting policy').choices(consensusPresets).default(defaultSettings.policy)

export const leaveOutOption = () =>
  new Option('--leave-out <task...>', 'research tasks to leave out; none of them critical')
export const slotsOption = () =>
  new Option('--slots <number>', "how many research tasks run in parallel (default: the profile's)").argParser(
    wholeNumber(1, 64),
  )

export const algorithmOption = () =>
  new Option(
    '--algorithm <name>',
    'the execution algorithm (default: unchanged, or as in planning.yaml; auto lets the executor choose)',
  ).choices(executionWishes)

/** Reads a whole number of an option's argument, at least `least`. */
export function wholeNumber(least = Number.MIN_SAFE_INTEGER, most = Number.MAX_SAFE_INTEGER) {
  return (text: string): number => {
    const value = Number(text)
    if (text.trim() !== '' && Number.isSafeInteger(value) && value >= least && value <= most) return value
    throw new InvalidArgumentError(
      least > Number.MIN_SAFE_INTEGER ? `Give a whole number, ${least} or more.` : 'Give a whole number.',
    )
  }
}

/** Reads a share of an option's argument, from 0 to 1. */
export function share(text: string): number {
  const value = Number(text)
  if (text.trim() !== '' && value >= 0 && value <= 1) return value
  throw new InvalidArgumentError('Give a number from 0 to 1.')
}

/** Reads a price or a quantity of an option's argument. */
export function positiveDecimal(text: string): Decimal {
  if (isDecimal(text) && compare(text, ZERO) > 0) return text
  throw new InvalidArgumentError('Give a decimal greater than zero, such as 0.25.')
}

/** Reads a number of an option's argument; greater than zero where `positive` is asked for. */
export function anyNumber({ positive = false } = {}) {
  return (text: string): number => {
    const value = Number(text)
    if (text.trim() !== '' && Number.isFinite(value) && (!positive || value > 0)) return value
    throw new InvalidArgumentError(positive ? 'Give a number greater than zero.' : 'Give a number.')
  }
}
