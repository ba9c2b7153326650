import type { Openness } from '#server/models/schema.ts'

/** A mark for each class about the origin, of like area: disc, square, triangle, diamond. */
export const opennessShapes: Record<Openness, string> = {
  api_only: 'M-5 0A5 5 0 1 1 5 0A5 5 0 1 1 -5 0Z',
  open_weights: 'M-4.5 -4.5H4.5V4.5H-4.5Z',
  open_distilled: 'M0 -6L5.8 4.4H-5.8Z',
  open: 'M0 -6.4L6.4 0L0 6.4L-6.4 0Z',
}
