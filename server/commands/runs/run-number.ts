import { InputError } from '#server/core/problem.ts'

/** The number of a run as people type it. Throws InputError for anything else. */
export function readRunNumber(text: string): number {
  const id = Number(text)
  if (!Number.isInteger(id) || id < 1 || id > 2_147_483_647)
    throw new InputError(`'${text}' is no run number. \`npx arena run\` prints it.`)
  return id
}
