import type { UnforeseenFailure } from '#api/errors.ts'
import { describeContract } from '#test/conformance/contract.ts'
import { createSmallRouter, smallContract } from '#test/fakes/small-router.ts'
import { connectHttp, serveForTests } from '#test/fakes/transports.ts'

describeContract('OpenAPI', async () => {
  const { router, counts } = createSmallRouter()
  const failures: UnforeseenFailure[] = []
  const host = await serveForTests(router, (failure) => failures.push(failure))
  const { client, cut } = connectHttp(smallContract, host)
  return { client, counts, failures, caller: 'network', cut, close: () => host.close() }
})
