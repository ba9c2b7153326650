import type { z } from 'zod'
import {
  CardBatch,
  RaterGuide,
  TryOut,
  Vote,
  Withdrawal,
  type LeaseRequest,
  type ReportInput,
  type TryOutRequest,
  type VoteInput,
} from '#server/battles/schema.ts'
import { ask, id, send, type Fetch } from './ask.ts'

export const leaseCards = (fetch: Fetch, study: string, request: z.input<typeof LeaseRequest>) =>
  ask(fetch, `/studies/${id(study)}/battles/lease`, CardBatch, { method: 'POST', body: request })
/** A battle has one vote, so a retry after a lost reply is the same vote. */
export const castVote = (fetch: Fetch, battle: string, vote: z.input<typeof VoteInput>) =>
  ask(fetch, `/battles/${id(battle)}/vote`, Vote, {
    method: 'POST',
    body: vote,
    keepalive: true,
    timeoutMs: 15_000,
  })
export const renewLease = (fetch: Fetch, battle: string) =>
  send(fetch, `/battles/${id(battle)}/renew`, { method: 'POST' })
export const releaseLease = (fetch: Fetch, battle: string, holder: string) =>
  send(fetch, `/battles/${id(battle)}/release`, { method: 'POST', body: { holder }, keepalive: true })
/** Takes a vote back: its pair is offered as a new battle, whose card comes first at the next lease. */
export const withdrawVote = (fetch: Fetch, vote: number) =>
  ask(fetch, `/votes/${vote}/withdraw`, Withdrawal, { method: 'POST' })
export const reportBattle = (fetch: Fetch, battle: string, report: z.input<typeof ReportInput>) =>
  send(fetch, `/battles/${id(battle)}/report`, { method: 'POST', body: report })
/** Cards to try a study with; asking for them writes nothing. */
export const tryOut = (fetch: Fetch, study: string, { seed, from, count }: TryOutRequest) =>
  ask(fetch, `/studies/${id(study)}/try-out?seed=${id(seed)}&from=${from}&count=${count}`, TryOut)
/** What a rater may read again at any time, and what they have done. */
export const getGuide = (fetch: Fetch, study: string) => ask(fetch, `/studies/${id(study)}/guide`, RaterGuide)
