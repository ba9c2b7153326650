import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { contextOf } from '../core/context.ts'
import { busy } from '../core/problem.ts'
import { asFile } from '../core/schema.ts'
import { imageMissing, readServedImage } from './service.ts'

const ImageAddress = z.object({ sha: z.string().regex(/^[0-9a-f]{64}$/, 'must be a SHA-256 in hexadecimal') })
const ImageSize = z.object({ w: z.coerce.number<string | number>().int().min(1).max(2560).default(1280) })

export const imageRoutes: FastifyPluginAsyncZod = async (app) => {
  app.get(
    '/images/:sha',
    {
      schema: {
        summary: 'A picture as WebP, at most as wide as asked for',
        params: ImageAddress,
        querystring: ImageSize,
        response: { 200: asFile('The picture', 'image/webp') },
      },
      config: { policy: 'public', nameless: true, problems: [imageMissing, busy] },
    },
    async (request, reply) => {
      const bytes = await readServedImage(contextOf(request), request.params.sha, request.query.w)
      return reply
        .type('image/webp')
        .header('cache-control', 'public, max-age=31536000, immutable')
        .header('content-security-policy', "default-src 'none'; sandbox")
        .send(bytes)
    },
  )
}
