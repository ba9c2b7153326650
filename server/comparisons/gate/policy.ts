import { z } from 'zod'
import { InputError } from '../../core/problem.ts'

const Points = z.number().min(0).max(100)
/** Sub-scores by name; `score` is the headline, `sub-scores` every sub-score that is not named itself. */
const ByScore = z.record(z.string().min(1).max(200), Points).refine((named) => Object.keys(named).length <= 500)

/** What a candidate must hold against its baseline. */
const Policy = z
  .strictObject({
    /** Name and version, printed with every decision. */
    name: z.string().min(1).max(200),
    /** Non-inferiority: by how many points a score may be lower at most. */
    notWorseBy: ByScore.default({}),
    /** Absolute floors, in percent. */
    atLeast: ByScore.default({}),
    /** How many of the baseline's examples may be missing from the comparison, in percent. */
    leftOutAtMost: Points.default(2),
  })
  .refine(({ notWorseBy, atLeast }) => Object.keys(notWorseBy).length + Object.keys(atLeast).length > 0, {
    message: 'it decides nothing: give notWorseBy or atLeast',
  })
export type Policy = z.infer<typeof Policy>

/** A policy from the text of its JSON file. Throws InputError with the member that is wrong. */
export function readPolicy(text: string, file: string): Policy {
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch {
    throw new InputError(`${file} is no JSON. A policy is {"name": "…", "notWorseBy": {"score": 1}}.`)
  }
  const policy = Policy.safeParse(parsed)
  if (policy.success) return policy.data
  const [issue] = policy.error.issues
  throw new InputError(`${file}: ${issue!.path.join('.') || 'the policy'}: ${issue!.message}`)
}
