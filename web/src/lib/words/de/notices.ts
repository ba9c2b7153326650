import type { NoticeWords } from '../en/notices.ts'
import { say } from './say.ts'

const verdicts = (count: number) => say.count(count, { one: 'Urteil', other: 'Urteile' })

export const words: NoticeWords = {
  ratedFor: ({ minutes }) =>
    `Sie bewerten seit ${say.count(minutes, { one: 'Minute', other: 'Minuten' })}. Eine kurze Pause hält das Urteil frisch; es geht nichts verloren.`,
  takeBreak: 'Pause machen',
  goOn: 'Weiter',

  signedOut: ({ count }) =>
    say.plural(count, {
      one: 'Sie sind abgemeldet. Öffnen Sie Ihren Einladungslink in diesem Browser noch einmal und machen Sie als dieselbe Person weiter: Das Urteil, das hier aufbewahrt ist, wird dann gesendet.',
      other: `Sie sind abgemeldet. Öffnen Sie Ihren Einladungslink in diesem Browser noch einmal und machen Sie als dieselbe Person weiter: ${say.number(count)} Urteile, die hier aufbewahrt sind, werden dann gesendet.`,
    }),
  linkTakenBack: ({ count }) =>
    say.plural(count, {
      one: 'Ihr Link wurde zurückgenommen, und Sie sind abgemeldet. Bitten Sie die Studienleitung um einen neuen: Das Urteil, das hier aufbewahrt ist, wird dann gesendet.',
      other: `Ihr Link wurde zurückgenommen, und Sie sind abgemeldet. Bitten Sie die Studienleitung um einen neuen: ${say.number(count)} Urteile, die hier aufbewahrt sind, werden dann gesendet.`,
    }),
  notTaken: ({ item, why }) => `Ihr Urteil zu Aufgabe ${say.number(item)} wurde nicht angenommen. ${why}`,
  keptOfOthers: ({ count }) =>
    say.plural(count, {
      one: 'Ein Urteil einer anderen Person ist auf diesem Gerät aufbewahrt. Nur sie selbst kann es senden.',
      other: `${verdicts(count)} einer anderen Person sind auf diesem Gerät aufbewahrt. Nur sie selbst kann sie senden.`,
    }),
  keepsNothing:
    'Dieser Browser bewahrt auf diesem Gerät nichts auf. Urteile werden laufend gesendet; lassen Sie diesen Tab offen, bis alle gespeichert sind.',

  paused: 'Pause',
  pausedKept:
    'Ihre Urteile sind aufbewahrt, und was Sie noch nicht gesehen hatten, ist wieder für andere frei. Machen Sie weiter, wann Sie möchten.',
  pausedTryOut: 'Von einem Probelauf wird nichts aufbewahrt. Machen Sie weiter, wann Sie möchten.',
  goOnRating: 'Weiter bewerten',
  otherSignedIn: 'Hier ist jemand anderes angemeldet',
  keptForYou: ({ count }) =>
    say.plural(count, {
      one: 'Ein Urteil von Ihnen ist auf diesem Gerät aufbewahrt. Es wird nur in Ihrem Namen gesendet, sobald Sie wieder angemeldet sind.',
      other: `${verdicts(count)} von Ihnen sind auf diesem Gerät aufbewahrt. Sie werden nur in Ihrem Namen gesendet, sobald Sie wieder angemeldet sind.`,
    }),
  allSavedYours: 'Alle Ihre Urteile sind gespeichert.',
  goOnAsSignedIn: 'Als die angemeldete Person weitermachen',
  studyClosed: 'Diese Studie ist geschlossen',
  closedThanks: ({ count }) =>
    say.plural(count, {
      one: 'Sie nimmt keine Urteile mehr an. Ihr Urteil ist aufbewahrt. Vielen Dank.',
      other: `Sie nimmt keine Urteile mehr an. Ihre ${verdicts(count)} sind aufbewahrt. Vielen Dank.`,
    }),
  stopHere: 'Hier aufhören',
  workDone: 'Ihre Arbeit in dieser Studie ist getan',
  excludedThanks: ({ count }) =>
    `Vielen Dank für ${verdicts(count)}. Mehr wird hier nicht von Ihnen erbeten; was später gesendet wird, zählt nicht.`,
  studyPaused: 'Diese Studie macht Pause',
  pausedStudyKept: ({ count }) =>
    say.plural(count, {
      one: 'Ihr Urteil ist aufbewahrt. Die nächste Aufgabe erscheint hier von selbst, wenn die Studie weitergeht.',
      other: `Ihre ${verdicts(count)} sind aufbewahrt. Die nächste Aufgabe erscheint hier von selbst, wenn die Studie weitergeht.`,
    }),
  queueFull: 'Zwanzig Urteile warten auf diesem Gerät',
  noMoreFit:
    'Mehr passen nicht hinein, bis der Server antwortet. Dann werden sie gesendet, und jedes zählt einmal. Lassen Sie diesen Tab offen.',
  tryToSend: 'Senden versuchen',
  itemsDone: ({ count }) => `${say.count(count, { one: 'Aufgabe', other: 'Aufgaben' })} geschafft. Vielen Dank`,
  doneTryOut: 'Von diesem Probelauf wird nichts aufbewahrt. Sie können hier aufhören oder weiter bewerten.',
  doneOnTheirWay: ({ count }) =>
    say.plural(count, {
      one: 'Ein Urteil ist noch unterwegs: Lassen Sie diesen Tab einen Moment offen. Sie können hier aufhören oder weiter bewerten.',
      other: `${verdicts(count)} sind noch unterwegs: Lassen Sie diesen Tab einen Moment offen. Sie können hier aufhören oder weiter bewerten.`,
    }),
  doneSaved: 'Alles ist gespeichert. Sie können hier aufhören oder weiter bewerten.',
  rateOn: 'Weiter bewerten',
  nothingLeft: 'Es ist nichts mehr zu bewerten',
  seenAll: ({ count }) => `Sie haben alles gesehen, was es für Sie gibt: ${verdicts(count)}. Vielen Dank.`,
  notFetched: 'Es konnte keine Aufgabe geholt werden',
  tryNow: 'Jetzt versuchen',
  noneReady: 'Noch ist keine Aufgabe bereit',
  answersIn: ({ ready, asked }) =>
    `${say.number(ready)} von ${say.number(asked)} Antworten sind da. Die nächste Aufgabe kommt mit den nächsten Antworten.`,
  withOthers: 'Die letzten Aufgaben liegen bei anderen. Was sie zurückgeben, kommt hierher.',
  appearsByItself: 'Die nächste Aufgabe erscheint hier von selbst.',

  youSoFar: ({ count, sittings, days, minutes }) =>
    `Bisher haben Sie ${verdicts(count)} abgegeben, in ${say.count(sittings, { one: 'Sitzung', other: 'Sitzungen' })} an ${say.count(days, { one: 'Tag', other: 'Tagen' })}; Zeit auf den Aufgaben: ${say.hours(minutes)}.`,
  codeNotFetched: ({ why }) => `Falls Sie über ein Panel gekommen sind: Ihr Code konnte nicht geholt werden. ${why}`,
  fetchCodeAgain: 'Meinen Code noch einmal holen',

  yoursAlone: 'Diese Adresse gehört nur Ihnen.',
  keepIt:
    'Bewahren Sie sie auf: Sie führt Sie auf jedem Gerät als dieselbe Person zurück, auch wenn dieser Browser Sie vergessen hat.',
  underMore: 'Sie finden sie jederzeit unter Mehr.',
}
