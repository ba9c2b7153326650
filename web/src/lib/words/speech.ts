/** The forms of a word by the plural rules of its language (CLDR): English has `one` and `other`. */
type Forms = Partial<Record<Intl.LDMLPluralRule, string>> & { other: string }

/** Numbers, plurals and times as one language writes them. */
export class Speech {
  readonly #locale: string
  readonly #plurals: Intl.PluralRules
  readonly #whole: Intl.NumberFormat

  constructor(locale: string) {
    this.#locale = locale
    this.#plurals = new Intl.PluralRules(locale)
    this.#whole = new Intl.NumberFormat(locale, { maximumFractionDigits: 0 })
  }

  /** 12,345 or 12.345. */
  number(value: number): string {
    return this.#whole.format(value)
  }

  /** The form that stands with this number. */
  plural(count: number, forms: Forms): string {
    return forms[this.#plurals.select(count)] ?? forms.other
  }

  /** The number with the form that stands with it: "1 vote", "2 votes". */
  count(count: number, forms: Forms): string {
    return `${this.number(count)} ${this.plural(count, forms)}`
  }

  /** "25 minutes", "1 Sekunde", "3 min". */
  time(count: number, unit: 'second' | 'minute' | 'hour', unitDisplay: 'long' | 'short' = 'long'): string {
    return new Intl.NumberFormat(this.#locale, { style: 'unit', unit, unitDisplay }).format(count)
  }

  /** Minutes, as hours and minutes where there are that many: "25 min", "1 hr 20 min". At least one. */
  hours(minutes: number): string {
    const all = Math.max(1, Math.round(minutes))
    const [hours, rest] = [Math.floor(all / 60), all % 60]
    const parts = [
      ...(hours > 0 ? [this.time(hours, 'hour', 'short')] : []),
      ...(rest > 0 ? [this.time(rest, 'minute', 'short')] : []),
    ]
    return new Intl.ListFormat(this.#locale, { type: 'unit', style: 'short' }).format(parts)
  }

  /** Whole percent of one: "84%" or "84 %". */
  percent(share: number): string {
    return new Intl.NumberFormat(this.#locale, { style: 'percent' }).format(share)
  }

  /** With one decimal: 12.5 or 12,5. */
  decimal(value: number): string {
    return value.toLocaleString(this.#locale, { minimumFractionDigits: 1, maximumFractionDigits: 1 })
  }
}
