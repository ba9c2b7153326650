import { z } from 'zod'
import type { DeviceStore } from '#lib/device-store.ts'

/** How many of the last votes can be taken back, as the server allows. */
const undoDepth = 5

const GivenVote = z.object({
  battleId: z.string(),
  /** Its place in the session, as the rater saw it. */
  item: z.number(),
  /** Null until the server has confirmed it. */
  voteId: z.number().nullable(),
})
type GivenVote = z.infer<typeof GivenVote>
const Kept = z.array(GivenVote).max(undoDepth)

/** A rater's last votes in one study, as all tabs of this browser know them: what undo takes back, after a reload too. */
export class GivenVotes {
  list = $state.raw<GivenVote[]>([])
  readonly #store: DeviceStore
  readonly #key: string

  constructor({ study, rater, store }: { study: string; rater: string; store: DeviceStore }) {
    this.#store = store
    this.#key = `given:${study}:${rater}`
    this.reread()
  }

  add(vote: GivenVote) {
    this.#change((list) => [...list, vote].slice(-undoDepth))
  }

  confirm(battleId: string, voteId: number) {
    this.#change((list) => list.map((vote) => (vote.battleId === battleId ? { ...vote, voteId } : vote)))
  }

  remove(battleId: string) {
    this.#change((list) => list.filter((vote) => vote.battleId !== battleId))
  }

  /** Takes over what another tab wrote, and returns the votes that are no longer among it. */
  reread(): GivenVote[] {
    const before = this.list
    this.list = this.#read()
    return before.filter(({ battleId }) => !this.list.some((vote) => vote.battleId === battleId))
  }

  #change(change: (list: GivenVote[]) => GivenVote[]) {
    this.list = change(this.#read())
    this.#store.keep(this.#key, JSON.stringify(this.list))
  }

  #read(): GivenVote[] {
    try {
      return Kept.parse(JSON.parse(this.#store.read(this.#key) ?? '[]'))
    } catch {
      return []
    }
  }
}
