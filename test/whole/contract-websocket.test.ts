import type { UnforeseenFailure } from '#api/errors.ts'
import { describeContract } from '#test/conformance/contract.ts'
import { createSmallRouter, type smallContract } from '#test/fakes/small-router.ts'
import { connectSocket, serveForTests } from '#test/fakes/transports.ts'

describeContract('a WebSocket', async () => {
  const { router, counts } = createSmallRouter()
  const failures: UnforeseenFailure[] = []
  const host = await serveForTests(router, (failure) => failures.push(failure))
  const { client, socket } = await connectSocket<typeof smallContract>(host)
  return { client, counts, failures, caller: 'network', cut: () => socket.terminate(), close: () => host.close() }
})
