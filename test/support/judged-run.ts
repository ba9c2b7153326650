import { executePlan } from '#server/calls/execute-plan.ts'
import type { PlanEnd } from '#server/calls/plan-execution.ts'
import type { Context } from '#server/core/context.ts'
import { getTask } from '#server/datasets/catalogue.ts'
import { createRun, type RunSettings } from '#server/runs/create-run.ts'
import { readRun } from '#server/runs/reading/read-run.ts'
import { type StoredRun, getStoredRun } from '#server/runs/stored-run.ts'
import { judgeCustomer } from '#server/runs/judge/judge-customer.ts'
import { runCustomer } from '#server/runs/run-customer.ts'
import { callsLab, type CallsLab } from './calls-lab.ts'
import { scriptedEndpoint, type Script, type ScriptedEndpoint } from './scripted-endpoint.ts'

/** A model and a judge on loopback, and runs of MathVista's twelve sample problems over them. */
interface JudgedLab extends CallsLab {
  model: ScriptedEndpoint & { id: string }
  judge: ScriptedEndpoint & { id: string }
  /** Creates and prepares a run; by default official, with the judge. */
  create(settings?: Partial<RunSettings>): Promise<StoredRun>
  /** Carries out what a run has still to ask, as `arena run` does, and returns it as it is then. */
  carryOut(run: StoredRun): Promise<StoredRun>
  /** Predictions in the order of the data, as they are stored. */
  predictions(run: StoredRun): Promise<StoredPrediction[]>
}

interface StoredPrediction {
  exampleId: string
  outcome: string | null
  answer: string | null
  score: number | null
  steps: string[] | null
  truncated: boolean
  judge: { name: string; prompt: string; remoteModel: string } | null
  judgePrompt: string | null
  judgeState: string | null
  judgeError: string | null
}

/** What a model says in so many words that no rule reads it. */
export const chatty = 'Let me think about it. One of them, though I would not bet on which.'

export async function judgedLab({ says, judges }: { says: Script; judges: Script }): Promise<JudgedLab> {
  const lab = await callsLab()
  const { ctx } = lab
  const at = async (name: string, script: Script, maxRetries: number) => {
    const server = await scriptedEndpoint(script)
    const id = await lab.endpoint(server.baseUrl, { model: name, remoteModel: name, name, maxRetries })
    return Object.assign(server, { id })
  }
  const model = await at('model', says, 2)
  const judge = await at('judge', judges, 0)
  return {
    ...lab,
    model,
    judge,
    async create(settings = {}) {
      const task = await getTask('mathvista', 'sample')
      const run = await createRun(ctx, { endpointId: model.id, judgeEndpointId: judge.id, task, ...settings })
      await readRun(ctx, run.id)
      return getStoredRun(ctx, run.id)
    },
    async carryOut(run) {
      await execute(ctx, run.planId)
      const { judgePlanId } = await getStoredRun(ctx, run.id)
      if (judgePlanId) await execute(ctx, judgePlanId).catch(ignoreUnreleased)
      return getStoredRun(ctx, run.id)
    },
    async predictions(run) {
      return ctx.sql<StoredPrediction[]>`
        select example_id as "exampleId", outcome, answer, score, steps, truncated, judge, judge_prompt as "judgePrompt",
          c.state as "judgeState", c.error_class as "judgeError"
        from predictions p left join calls c on c.id = p.judge_call_id where run_id = ${run.id} order by p.position`
    },
  }
}

function execute(ctx: Context, planId: string): Promise<PlanEnd> {
  const signal = new AbortController().signal
  return executePlan(ctx, planId, [runCustomer, judgeCustomer], { signal, firstBackoffMs: 5 })
}

/** A judge's plan that nothing was put into is never released. */
function ignoreUnreleased(error: unknown) {
  if (!(error instanceof Error) || !/still being prepared/.test(error.message)) throw error
}
