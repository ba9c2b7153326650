import type { z } from 'zod'
import { InputError } from '#server/core/problem.ts'

/** What a shape makes of options. Throws InputError with the first that does not fit. */
export function read<Shape extends z.ZodType>(shape: Shape, options: unknown): z.output<Shape> {
  const result = shape.safeParse(options)
  if (result.success) return result.data
  const [issue] = result.error.issues
  throw new InputError(`${issue!.path.join('.')}: ${issue!.message}.`)
}
