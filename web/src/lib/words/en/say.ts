import { Speech } from '../speech.ts'

export const say = new Speech('en')
