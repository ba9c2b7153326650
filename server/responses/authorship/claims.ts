import { isLabel, signs, writtenBy } from './bylines.ts'
import { introduced, isModelMadeBy } from './introductions.ts'
import type { Mention } from './mentions.ts'
import { Place } from './place.ts'
import type { Reading } from './reading.ts'
import { saysInUnspacedScript } from './unspaced.ts'
import { addressed, isOwner, looks, madeMe, namesThatLook } from './voices.ts'

/** The mention by which the text says who wrote it, if there is one. */
export function claimIn(reading: Reading): Mention | undefined {
  const compares = namesThatLook(reading) > 1
  return reading.mentions.find((mention) => {
    const place = new Place(reading, mention)
    return (
      (mention.hidden && !place.isReported()) ||
      introduced(place) ||
      isModelMadeBy(place) ||
      isOwner(place) ||
      madeMe(place) ||
      writtenBy(place) ||
      isLabel(place) ||
      signs(place) ||
      (!compares && looks(place)) ||
      addressed(place) ||
      saysInUnspacedScript(place)
    )
  })
}
