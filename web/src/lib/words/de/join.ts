import type { JoinWords } from '../en/join.ts'
import { say } from './say.ts'

const items = (count: number) => say.count(count, { one: 'Aufgabe', other: 'Aufgaben' })

export const words: JoinWords = {
  yoursAlone: 'Dieser Link gehört nur Ihnen. Er führt Sie auf jedem Gerät als dieselbe Person zurück.',
  whatYouDo: ({ items: count }) =>
    `Sie lesen eine Frage zu einem Bild und zwei Antworten und sagen, welche besser ist. Eine Sitzung hat ${items(count)}; Sie dürfen jederzeit aufhören. Eine Taste oder ein Antippen gibt das Urteil ab.`,
  whatYouDoForPanel: ({ items: count }) =>
    `Sie lesen eine Frage zu einem Bild und zwei Antworten und sagen, welche besser ist. Eine Sitzung hat ${items(count)}; nach der letzten erfahren Sie, wie Sie bei Ihrem Panel abschließen.`,
  tickFirst:
    'Setzen Sie zuerst das Häkchen: Ohne Ihre Zustimmung wird nichts aufbewahrt, und es kann nichts bewertet werden.',
  tickOrDecline: 'Setzen Sie zuerst das Häkchen, oder drücken Sie auf „Ich stimme nicht zu“.',
  goOnRating: 'Weiter bewerten',
  startRating: 'Mit dem Bewerten beginnen',
  doNotAgree: 'Ich stimme nicht zu',

  otherIsSignedIn:
    'In diesem Browser ist jemand anderes angemeldet. Wenn Sie weitermachen, wird diese Person abgemeldet. Ihre Urteile, die hier noch warten, bleiben und werden in ihrem Namen gesendet, sobald sie zurückkommt.',
  usedBefore:
    'In diesem Browser wurde schon bewertet. Wenn Sie das waren, machen Sie als dieselbe Person weiter: Ihre Urteile bleiben zusammen, und was auf diesem Gerät wartet, wird gesendet.',
  isThatYou:
    'In diesem Browser ist jemand angemeldet. Wenn Sie das sind, machen Sie als dieselbe Person weiter. Wenn nicht, beginnen Sie als jemand anderes: Urteile jener Person, die hier noch warten, bleiben und werden in ihrem Namen gesendet, sobald sie zurückkommt.',
  goOnAsSame: 'Als dieselbe Person weitermachen',
  startAsNew: 'Als neue Person beginnen',
  startAsOther: 'Nicht Sie? Als jemand anderes beginnen',

  beenHere: 'Sie waren schon einmal hier: Sie machen als dieselbe Person weiter.',
  panelId:
    'Das Panel hat uns Ihre dortige Kennung geschickt. Sie wird aufbewahrt, damit Sie bezahlt werden, nur die Studienleitung sieht sie, und sie wird nicht veröffentlicht.',
}
