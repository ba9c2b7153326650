import { readSecretVariable } from '#server/core/config.ts'
import { InputError } from '#server/core/problem.ts'

export interface KeyOptions {
  keyEnv?: string
  keyStdin: boolean
}

/** A key never comes as an argument: those can be read in the list of processes and stay in the shell's history. */
export async function readKey({ keyEnv, keyStdin }: KeyOptions): Promise<string | undefined> {
  if (keyEnv !== undefined && keyStdin) throw new InputError('Give --key-env or --key-stdin, not both.')
  if (keyEnv !== undefined) return readSecretVariable(keyEnv)
  if (!keyStdin) return undefined
  let text = ''
  for await (const chunk of process.stdin.setEncoding('utf8')) text += String(chunk)
  const key = text.trim()
  if (key === '') throw new InputError('Standard input holds no key.')
  return key
}
