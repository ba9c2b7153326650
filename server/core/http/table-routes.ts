import type { FastifyContextConfig, FastifyInstance, FastifyReply, FastifyRequest, FastifySchema } from 'fastify'
import { createHash } from 'node:crypto'
import { z } from 'zod'
import { contextOf, type Context } from '../context.ts'
import { asFile } from '../schema.ts'

/** The parts of an address that say which table is meant. */
interface Asking {
  params?: z.ZodObject
  querystring?: z.ZodObject
}
type Part<Shape> = Shape extends z.ZodType ? z.output<Shape> : unknown
type Asked<By extends Asking> = Part<By['params']> & Part<By['querystring']>

/** A table that is served twice: as JSON, and as a CSV file. */
interface ServedTable<By extends Asking, Table extends z.ZodType> {
  path: string
  /** Where the CSV is, when that is not `path` with `.csv` behind it. */
  csvPath?: string
  summary: string
  csvSummary?: string
  config: FastifyContextConfig
  asked: By
  table: Table
  read(ctx: Context, asked: Asked<By>): z.input<Table> | Promise<z.input<Table>>
  /** What the file is made of, when it holds more than the JSON. */
  readWhole?(ctx: Context, asked: Asked<By>): Promise<z.input<Table>>
  toCsv(table: z.input<Table>): string
  /** Of the file, without its ending. */
  fileName(asked: Asked<By>): string
}

/** Registers a table at its two addresses; a browser that has the JSON already is told so with 304. */
export function registerTable<By extends Asking, Table extends z.ZodType>(
  app: FastifyInstance,
  served: ServedTable<By, Table>,
): void {
  const { path, csvPath = `${path}.csv`, summary, csvSummary = `${summary}, as CSV`, config, asked, table } = served
  const askedBy = ({ params, query }: FastifyRequest) => Object.assign({}, params, query) as Asked<By>
  const asJson: FastifySchema = { summary, ...asked, response: { 200: table, 304: z.null() } }
  app.get(path, { config, schema: asJson }, async (request, reply) => {
    const found = await served.read(contextOf(request), askedBy(request))
    return isKnown(request, reply, found) ? reply.code(304).send(null) : found
  })
  const asCsv: FastifySchema = { summary: csvSummary, ...asked, response: { 200: asFile('The table', 'text/csv') } }
  app.get(csvPath, { config, schema: asCsv }, async (request, reply) => {
    const wanted = askedBy(request)
    const found = await (served.readWhole ?? served.read)(contextOf(request), wanted)
    return reply
      .type('text/csv; charset=utf-8')
      .header('content-disposition', `attachment; filename="${served.fileName(wanted)}.csv"`)
      .send(served.toCsv(found))
  })
}

/** Marks the reply with a hash of what it holds; true when the browser has it already. What is seen depends on who asks. */
function isKnown(request: FastifyRequest, reply: FastifyReply, table: unknown): boolean {
  const etag = `"${createHash('sha256').update(JSON.stringify(table)).digest('base64url').slice(0, 27)}"`
  reply.header('etag', etag)
  return request.headers['if-none-match'] === etag
}
