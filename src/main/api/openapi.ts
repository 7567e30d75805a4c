import { OpenAPIGenerator } from '@orpc/openapi'
import type { AnyRouter } from '@orpc/server'
import { ZodToJsonSchemaConverter } from '@orpc/zod/zod4'

/** The OpenAPI document of the router, as JSON. */
export async function describeApi(router: AnyRouter, version: string): Promise<string> {
  const generator = new OpenAPIGenerator({ schemaConverters: [new ZodToJsonSchemaConverter()] })
  const document = await generator.generate(router, {
    info: {
      title: 'Parley',
      version,
      description:
        'The whole API of the desk. Streams are server-sent events; errors carry a code, retry and a way out.',
    },
    servers: [{ url: '/api' }],
    security: [{ bearer: [] }],
    components: { securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } } },
  })
  return JSON.stringify(document)
}
