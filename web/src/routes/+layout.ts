import { getMe } from '#lib/api/accounts.ts'
import type { LayoutLoad } from './$types'

/** Who is here. Where the server does not say, the page is that of a visitor and its own call tells what is wrong. */
export const load: LayoutLoad = async ({ fetch, depends }) => {
  depends('arena:me')
  return {
    me: await getMe(fetch).catch(() => ({
      ...{ person: null, studies: [], over: [], blindIn: null, takenBack: false },
      language: { chosen: null, asked: 'en' as const },
    })),
  }
}
