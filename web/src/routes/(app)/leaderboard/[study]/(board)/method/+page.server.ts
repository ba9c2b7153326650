import { formulae } from './formulae.ts'
import type { PageServerLoad } from './$types'

/** The formulae as MathML: set on the server, so that no page loads a typesetter. */
export const load: PageServerLoad = () => ({ formulae: formulae() })
