import { SentRequest } from '../endpoints/schema.ts'
import { judgeOf } from '../runs/read-runs.ts'
import type { StoredRun } from '../runs/stored-run.ts'
import type { Differing } from './schema.ts'

/** What scores rest on: two runs that differ in any of it measure different things. */
async function measuredBy(run: StoredRun): Promise<Map<string, string>> {
  const judge = await judgeOf(run)
  return new Map([
    ['Benchmark', `${run.benchmark}, version ${run.benchmarkVersion}`],
    ['Split', run.split],
    ['Data revision', run.dataRevision ?? 'not read whole yet'],
    ['Scoring', run.scoringProfile],
    ['Judge', judge ? `${judge.remoteModel}, prompt ${judge.prompt}` : 'none'],
  ])
}

/** What was sent besides the prompt, and by which code: it may be why scores differ. */
function settingsOf({ promptProfile, endpointSettings, request, settings, limit, seed, codeVersion }: StoredRun) {
  const sent = request ? SentRequest.parse(request).members : []
  const shown = (value: unknown) =>
    value === null ? 'not sent' : typeof value === 'string' ? value : JSON.stringify(value)
  return new Map([
    ['Prompt', promptProfile],
    ['Style tag', endpointSettings['sendsStyleTag'] === true ? 'sent' : 'not sent'],
    ...sent
      .filter(({ name }) => name !== 'model' && name !== 'stream')
      .map(({ name, value }): [string, string] => [name, shown(value)]),
    ['Pictures', settings.pictures ? JSON.stringify(settings.pictures) : 'as they are'],
    ['Examples', limit === null ? 'all' : `${limit}, seed ${seed}`],
    ['Code', codeVersion],
  ])
}

/** In what two runs differ, the model and its address aside; what bars a comparison first. */
export async function whatDiffers(a: StoredRun, b: StoredRun): Promise<Differing[]> {
  const barring = differing(await measuredBy(a), await measuredBy(b), true)
  // Data that nobody has read whole is not known to be the same.
  const unread = a.dataRevision === null && b.dataRevision === null
  if (unread) barring.push({ setting: 'Data revision', a: 'not read whole yet', b: 'not read whole yet', bars: true })
  return [...barring, ...differing(settingsOf(a), settingsOf(b), false)]
}

function differing(a: Map<string, string>, b: Map<string, string>, bars: boolean): Differing[] {
  const names = [...new Set([...a.keys(), ...b.keys()])]
  return names
    .map((setting) => ({ setting, a: a.get(setting) ?? 'not sent', b: b.get(setting) ?? 'not sent', bars }))
    .filter((setting) => setting.a !== setting.b)
}
