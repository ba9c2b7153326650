import { device } from './device-store.ts'

/** Where this browser keeps the address at which a rater of a study is found again, and whether they have been told of it. */
const keyOf = (study: string, rater: string) => `return:${study}:${rater}`
const newKey = 'return-new'

/** Keeps a rater's address; those of other raters leave this browser, which several people may share. */
export function keepAddress(study: string, rater: string, url: string, { told }: { told: boolean }) {
  for (const key of device.keys('return:')) if (!key.endsWith(`:${rater}`)) device.forget(key)
  device.keep(keyOf(study, rater), url)
  if (!told) device.keep(newKey, keyOf(study, rater))
}

/** Null: this browser does not have it. */
export function addressOf(study: string, rater: string): string | null {
  return device.read(keyOf(study, rater))
}

/** Whether the rater has not been told of it yet. */
export function isAddressNew(study: string, rater: string): boolean {
  return device.read(newKey) === keyOf(study, rater) && addressOf(study, rater) !== null
}

export function addressTold() {
  device.forget(newKey)
}

/** The rater leaves this browser: nothing in it leads to them any more. */
export function forgetAddresses() {
  for (const key of device.keys('return')) device.forget(key)
}
