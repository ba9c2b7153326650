/** What raters read before their first battle and under Guidelines, unless a study brings its own. Markdown. */
export const defaultGuidelines = `Read the question, look at the picture, then read both answers. Choose the answer that you would rather have been given.

- **A** or **B**: one answer is better, even if only a little.
- **Both good**: you would be glad of either and cannot choose.
- **Both bad**: neither is of use.
- **Don't know**: you cannot judge, for example because you do not know the subject. It counts for nobody.

Look for what is right before what is well put. Something that is not in the picture weighs more than a missing detail. A long answer is not better for being long, and a short one is not better for being short. Where an answer points at places in the picture, check the places: they are part of the answer. If an answer says which model wrote it, report the battle instead of voting.`

/** Names what is kept of a rater and what is not. */
export const defaultConsent = `You will compare answers that computer programs gave to questions about pictures. We keep your votes, when you cast them and how long each card was open, under a random number. We do not keep your name, your address on the network or what device you use. Votes may be published under another random number. You may stop at any time; you can take back your last five votes yourself.`

/** What raters are told of a study besides its texts. */
export function toldFacts({ contact, pay, sittingMinutes }: { contact: string; pay: string; sittingMinutes: number }) {
  return { contact, pay, sittingMinutes }
}

/** The texts of a study as raters are shown them: where it has none of its own, the built-in ones. */
export function shownTexts({ guidelines, consent }: { guidelines: string; consent: string }) {
  return { guidelines: guidelines || defaultGuidelines, consent: consent || defaultConsent }
}
