import type { FastifyInstance } from 'fastify'
import type { OpenAPIV3_1 } from 'openapi-types'

type Schema = OpenAPIV3_1.SchemaObject | OpenAPIV3_1.ReferenceObject

/** One route of the API's document. */
interface ServedRoute {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** As the document writes it, without /api/v1: `/runs/{id}`. */
  path: string
  /** What its query may hold. */
  asked: string[]
  /** What its body holds, all references followed; undefined where it takes none. */
  body: OpenAPIV3_1.SchemaObject | undefined
}

/** Every route of the API's document. */
export async function everyRoute(app: FastifyInstance): Promise<ServedRoute[]> {
  const document = (await app.inject('/api/openapi.json')).json<OpenAPIV3_1.Document>()
  return Object.entries(document.paths ?? {}).flatMap(([path, methods]) =>
    Object.entries(methods as Record<string, OpenAPIV3_1.OperationObject>).map(
      ([method, { parameters, requestBody }]) => {
        const content = (requestBody as OpenAPIV3_1.RequestBodyObject | undefined)?.content['application/json']
        return {
          method: method.toUpperCase() as ServedRoute['method'],
          path: path.replace('/api/v1', ''),
          asked: (parameters ?? []).flatMap((one) => ('in' in one && one.in === 'query' ? one.name : [])),
          body: content?.schema && followed(document, content.schema),
        }
      },
    ),
  )
}

/** A schema with what it refers to in its place. */
function followed(document: OpenAPIV3_1.Document, schema: Schema): OpenAPIV3_1.SchemaObject {
  const text = JSON.stringify(schema, (_, value: Schema) => {
    const name = value && typeof value === 'object' && '$ref' in value ? value.$ref.split('/').at(-1)! : undefined
    return name === undefined ? value : document.components!.schemas![name]
  })
  return JSON.parse(text) as OpenAPIV3_1.SchemaObject
}

/** The address of a route, with `values` by name in its path; what is not named there gets `otherwise`. */
export function addressOf({ path }: ServedRoute, values: Record<string, string>, otherwise: string): string {
  return `/api/v1${path.replaceAll(/\{(\w+)\}/g, (_, name: string) => values[name] ?? otherwise)}`
}
