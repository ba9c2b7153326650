import { getMe } from '#lib/api/accounts.ts'
import { orLastCopy } from '#lib/last-copy.ts'
import type { LayoutLoad } from './$types'

/** Who is here. Where the server does not say, the page is that of a visitor and its own call tells what is wrong. */
export const load: LayoutLoad = async ({ fetch, depends }) => {
  depends('arena:me')
  const nobody = { me: { person: null, studies: [] } }
  const { me } = await orLastCopy('arena:me', '', async () => ({ me: await getMe(fetch) })).catch(() => nobody)
  return { me }
}
