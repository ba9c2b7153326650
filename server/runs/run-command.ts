import type { StoredEndpoint } from '../endpoints/call-endpoint.ts'
import type { StoredRun } from './stored-run.ts'

/** The command that makes such a run again: it names what could move the number and is not the default. */
export function commandOf(
  run: StoredRun,
  endpoint: Pick<StoredEndpoint, 'name' | 'promptProfile'>,
  judge: string | undefined,
): string {
  const { limit, seed, scoringProfile } = run
  const prompts = run.missingPromptProfile ?? run.promptProfile
  return [
    `npx arena run --tasks ${run.benchmark} --split ${run.split} --endpoint ${quoted(endpoint.name)}`,
    limit === null ? '' : ` --limit ${limit} --seed ${seed}`,
    prompts === endpoint.promptProfile ? '' : ` --prompt-profile ${prompts}`,
    scoringProfile === 'official' && judge === undefined ? '' : ` --scoring-profile ${scoringProfile}`,
    judge === undefined ? '' : ` --judge ${quoted(judge)}`,
  ].join('')
}

const quoted = (name: string) => (/^[\w@.:/-]+$/.test(name) ? name : JSON.stringify(name))
