import type { z } from 'zod'
import type { CardBatch, LeaseRequest, ReportInput, Vote } from '#server/battles/schema.ts'
import { castVote, leaseCards, releaseLease, renewLease, reportBattle, withdrawVote } from '#lib/api/battles.ts'
import type { WaitingVote } from './vote-queue.svelte.ts'

/** Whom a sitting asks for cards and gives its verdicts to. Each throws what is refused. */
export interface RatingServer {
  /** False: a try-out, of which nothing is stored. */
  keeps: boolean
  lease(request: z.input<typeof LeaseRequest>): Promise<CardBatch>
  vote(vote: WaitingVote): Promise<Vote>
  /** Returns the battle in which the same answers are offered anew. */
  withdraw(voteId: number): Promise<{ battleId: string }>
  renew(battleId: string): Promise<unknown>
  release(battleId: string, holder: string): Promise<unknown>
  report(battleId: string, report: z.input<typeof ReportInput>): Promise<unknown>
}

/** The server, for a rater of a study. */
export function serverFor(study: string, rater: string): RatingServer {
  return {
    keeps: true,
    lease: (request) => leaseCards(fetch, study, { ...request, rater }),
    vote: ({ battleId, verdict, strength, reasons, dwellMs }) =>
      castVote(fetch, battleId, { verdict, strength, reasons, dwellMs, clientVersion: 'web/1', rater }),
    withdraw: (voteId) => withdrawVote(fetch, voteId),
    renew: (battleId) => renewLease(fetch, battleId),
    release: (battleId, holder) => releaseLease(fetch, battleId, holder),
    report: (battleId, report) => reportBattle(fetch, battleId, report),
  }
}
