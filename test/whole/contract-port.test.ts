import type { UnforeseenFailure } from '#api/errors.ts'
import { describeContract } from '#test/conformance/contract.ts'
import { createSmallRouter, type smallContract } from '#test/fakes/small-router.ts'
import { connectPort } from '#test/fakes/transports.ts'

describeContract('a MessagePort', () => {
  const { router, counts } = createSmallRouter()
  const failures: UnforeseenFailure[] = []
  const { client, port, stop } = connectPort<typeof smallContract>(router, (failure) => failures.push(failure))
  return Promise.resolve({
    client,
    counts,
    failures,
    caller: 'window',
    cut: () => port.close(),
    close: () => {
      stop()
      return Promise.resolve()
    },
  })
})
