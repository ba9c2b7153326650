import { z } from 'zod'

/**
 * Names and descriptions of the shapes that the API's document gives: `z.object(…).register(shapes, { id: 'Board' })`.
 * Zod's own registry is one for the whole process, so in it the copies that the pages' bundle brings would take the
 * names of the server's shapes; each bundle has its own copy of this one.
 */
export const shapes = z.registry<{ id?: string; description?: string }>()

/** A reply that is a file, as a route's response. `description` says what the file holds. */
export const asFile = (description: string, ...mediaTypes: string[]) => ({
  description,
  content: Object.fromEntries(mediaTypes.map((mediaType) => [mediaType, { schema: z.unknown() }])),
})
