import type { Chart } from '../drawing/charts/chart.ts'
import { almanac, institute, portal, report, weekly } from '../drawing/charts/look.ts'
import { round, type Random } from '../drawing/random.ts'

/** A chart with one question about it and the answers that count as right. */
interface ChartQuestion {
  chart: Chart
  query: string
  label: string[]
}

/** Draws the figures of a chart from the seed and works out the answer from them. Places and sources are invented. */
type ChartRecipe = (random: Random) => ChartQuestion

function years(from: number, to: number): string[] {
  return Array.from({ length: to - from + 1 }, (_, index) => String(from + index))
}

/** Values that wander from `start` to `end` with some unrest, which is a share of the distance. */
function trend(random: Random, length: number, start: number, end: number, unrest = 0.15, decimals = 0): number[] {
  const noise = Math.abs(end - start) * unrest
  return Array.from({ length }, (_, index) =>
    round(start + ((end - start) * index) / (length - 1) + random.number(-noise, noise), decimals),
  )
}

/** Shares that add up to 100, largest first. */
function shares(random: Random, weights: number[]): number[] {
  const drawn = weights.map((weight) => weight * random.number(0.85, 1.15))
  const total = drawn.reduce((sum, value) => sum + value, 0)
  const parts = drawn.map((value) => Math.round((value / total) * 100))
  parts[0]! += 100 - parts.reduce((sum, value) => sum + value, 0)
  return parts
}

function sum(values: number[]): number {
  return round(
    values.reduce((total, value) => total + value, 0),
    4,
  )
}

function argmax(values: number[]): number {
  return values.indexOf(Math.max(...values))
}

/** Questions as people write them: comparison, arithmetic, counting, colours. */
export const humanRecipes: ChartRecipe[] = [
  (random) => {
    const categories = ['15–24', '25–34', '35–49', '50–64', '65 and over']
    const print = [12, 19, 31, 47, 62].map((value) => value + random.integer(-3, 3))
    const screen = [78, 74, 61, 44, 23].map((value) => value + random.integer(-3, 3))
    const series = [
      { name: 'Printed paper', values: print },
      { name: 'Phone or computer', values: screen },
    ]
    return {
      chart: {
        kind: 'column',
        look: institute,
        title: 'Young adults have all but left printed newspapers',
        subtitle: '% of adults in Lindmark who read the news daily, by age',
        source: 'Source: Lindmark Media Survey, March 2022. N = 4,108.',
        categories,
        series,
        after: '%',
        values: true,
      },
      query: 'In which age group do more people read the news on paper than on a screen by the widest margin?',
      label: [categories[argmax(print.map((value, index) => value - screen[index]!))]!],
    }
  },
  (random) => {
    const categories = years(2010, 2021)
    const wind = trend(random, 12, 14, 52, 0.06)
    const coal = trend(random, 12, 61, 18, 0.06)
    const asked = random.integer(1, 2)
    return {
      chart: {
        kind: 'line',
        look: almanac,
        title: 'Electricity generation in Ostmere by source',
        subtitle: 'Terawatt-hours per year',
        source: 'Source: Ostmere Grid Authority, annual balance',
        categories,
        series: [
          { name: 'Wind', values: wind, paint: almanac.paints[2]! },
          { name: 'Coal', values: coal, paint: almanac.paints[1]! },
        ],
        after: ' TWh',
      },
      query: `Was the teal line above the orange line in ${asked === 1 ? 2012 : 2019}?`,
      label: [(asked === 1 ? wind[2]! > coal[2]! : wind[9]! > coal[9]!) ? 'Yes' : 'No'],
    }
  },
  (random) => {
    const values = shares(random, [38, 26, 17, 11, 8])
    const smallest = values.toSorted((a, b) => a - b)
    return {
      chart: {
        kind: 'pie',
        look: report,
        title: 'What the municipal orchard harvested',
        subtitle: 'Share of weight, season 2023',
        source: 'Source: Annual report of the Kelby Orchard Trust',
        categories: ['Apples', 'Pears', 'Plums', 'Cherries', 'Quinces'],
        series: [{ name: 'Weight', values }],
        after: '%',
        width: 700,
        height: 460,
      },
      query: 'What is the sum of the two smallest shares in the chart?',
      label: [String(smallest[0]! + smallest[1]!)],
    }
  },
  (random) => {
    const topics = ['Cost of housing', 'Health care', 'Schools', 'Public transport', 'Crime', 'Climate', 'Road repair']
    const values = [61, 54, 46, 39, 33, 42, 24].map((value) => value + random.integer(-2, 2))
    return {
      chart: {
        kind: 'row',
        look: institute,
        title: 'Housing tops the list of local worries',
        subtitle: '% who say each is a very big problem where they live',
        source: 'Source: Survey of 2,716 residents, Tarn Valley, May 2021.',
        categories: topics,
        series: [{ name: 'Very big problem', values, paint: institute.paints[2]! }],
        after: '%',
        values: true,
      },
      query: 'How many topics are called a very big problem by more than 40% of residents?',
      label: [String(values.filter((value) => value > 40).length)],
    }
  },
  (random) => {
    const categories = years(2017, 2022)
    const series = ['Road', 'Rail', 'Water'].map((name, at) => ({
      name,
      values: trend(random, 6, [42, 21, 9][at]!, [36, 33, 14][at]!, 0.3),
    }))
    return {
      chart: {
        kind: 'column',
        look: weekly,
        title: 'Rail takes freight off the road',
        subtitle: 'Goods moved through Port Evren, million tonnes',
        source: 'Source: Port Evren Authority',
        categories,
        series,
        stacked: true,
        values: true,
      },
      query: 'What was the total of goods moved in 2020, in million tonnes?',
      label: [String(sum(series.map(({ values }) => values[3]!)))],
    }
  },
  (random) => {
    const categories = years(2003, 2018)
    const values = trend(random, 16, 320, 410, 0.2).map((value, index) => (index === 9 ? value + 95 : value))
    return {
      chart: {
        kind: 'line',
        look: weekly,
        title: 'Storks over the delta',
        subtitle: 'Breeding pairs counted each June',
        source: 'Source: Vess Delta Bird Station',
        categories,
        series: [{ name: 'Pairs', values, paint: weekly.paints[2]! }],
        from: 200,
      },
      query: 'In which year was the largest number of breeding pairs counted?',
      label: [categories[argmax(values)]!],
    }
  },
  (random) => {
    const categories = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
    const values = [88, 71, 64, 47, 36, 22, 11, 15, 38, 66, 94, 103].map((value) => value + random.integer(-4, 4))
    return {
      chart: {
        kind: 'column',
        look: almanac,
        title: 'Monthly rainfall in Cala Blava',
        subtitle: 'Millimetres, mean of 1991 to 2020',
        source: 'Source: Cala Blava weather station',
        categories,
        series: [{ name: 'Rain', values, paint: almanac.paints[0]! }],
        values: true,
        yTitle: 'Rainfall (mm)',
      },
      query: 'What is the difference in rainfall between the wettest and the driest month?',
      label: [String(Math.max(...values) - Math.min(...values))],
    }
  },
  (random) => {
    const categories = ['Primary school', 'Lower secondary', 'Upper secondary', 'University']
    const low = [20, 24, 16, 30].map((value) => value + 2 * random.integer(0, 2))
    const girls = low.map((value, index) => (index === 2 ? value * 2 : value + random.integer(3, 9)))
    return {
      chart: {
        kind: 'row',
        look: report,
        title: 'Who borrows from the town library',
        subtitle: 'Books per reader and year, by school',
        source: 'Source: Hallow Town Library, loans of 2022',
        categories,
        series: [
          { name: 'Girls', values: girls },
          { name: 'Boys', values: low },
        ],
        values: true,
      },
      query: "What is the ratio of girls' loans to boys' loans in upper secondary school?",
      label: [String(round(girls[2]! / low[2]!, 2))],
    }
  },
  (random) => {
    const categories = ['Northern district', 'Old town', 'Harbour', 'Garden city', 'Airport road']
    const very = [44, 31, 26, 37, 12].map((value) => value + random.integer(-3, 3))
    const fairly = [33, 38, 35, 29, 27].map((value) => value + random.integer(-3, 3))
    const not = very.map((value, index) => 100 - value - fairly[index]!)
    return {
      chart: {
        kind: 'row',
        look: institute,
        title: 'Most residents feel safe walking home after dark',
        subtitle: '% who feel … when walking alone at night, by district',
        source: 'Source: City of Marrow, residents’ panel, autumn 2023.',
        categories,
        series: [
          { name: 'Very safe', values: very, paint: institute.paints[5]! },
          { name: 'Fairly safe', values: fairly, paint: institute.paints[1]! },
          { name: 'Not safe', values: not, paint: institute.paints[4]! },
        ],
        stacked: true,
        after: '%',
        values: true,
      },
      query: 'What percentage of people in the Harbour district feel very safe or fairly safe?',
      label: [String(very[2]! + fairly[2]!)],
    }
  },
  (random) => {
    const categories = years(2014, 2023)
    const values = [31, 36, 41, 52, 44, 38, 33, 45, 48, 57].map((value) => value + random.integer(-2, 2))
    const above = categories.filter((_, index) => values[index]! > 49)
    return {
      chart: {
        kind: 'line',
        look: portal,
        title: 'Nights below freezing in the Aldra highlands',
        subtitle: 'Number per winter',
        source: 'Source: Aldra Meteorological Society',
        categories,
        series: [{ name: 'Nights', values }],
        values: true,
        yTitle: 'Nights',
      },
      query: 'Which years had more than 49 nights below freezing?',
      label: [above.length === 1 ? above[0]! : `[${above.join(', ')}]`],
    }
  },
  (random) => {
    const values = shares(random, [41, 23, 19, 17])
    const categories = ['Rent and energy', 'Food', 'Transport', 'Everything else']
    return {
      chart: {
        kind: 'pie',
        look: almanac,
        title: 'Where a student’s month goes',
        subtitle: 'Share of spending, students living away from home',
        source: 'Source: Federation of Student Unions, 2023',
        categories,
        series: [{ name: 'Spending', values }],
        after: '%',
        donut: true,
        width: 720,
        height: 450,
      },
      query: 'What is the colour of the part that stands for food?',
      label: [almanac.paints[1]!.name.replace(/^./, (first) => first.toUpperCase())],
    }
  },
  (random) => {
    const categories = years(2015, 2022)
    const values = trend(random, 8, 12, 36, 0.12).map((value, index) => (index > 4 ? 3 * Math.round(value / 3) : value))
    return {
      chart: {
        kind: 'column',
        look: report,
        title: 'New cycle paths opened each year',
        subtitle: 'Kilometres, Greater Sundby',
        source: 'Source: Sundby Roads Department, annual report',
        categories,
        series: [{ name: 'Kilometres', values, paint: report.paints[1]! }],
        values: true,
      },
      query: 'What is the average length opened over the last three years, in kilometres?',
      label: [String(round(sum(values.slice(-3)) / 3, 2))],
    }
  },
]

/** Questions in the manner of the generated half: one value, one extreme, one year. */
export const generatedRecipes: ChartRecipe[] = [
  (random) => {
    const categories = years(2012, 2021)
    const values = trend(random, 10, 1180, 2240, 0.08)
    return {
      chart: {
        kind: 'column',
        look: portal,
        title: 'Number of electric ferries’ passengers in Norhavn from 2012 to 2021',
        subtitle: 'in thousands',
        source: 'Source: Norhavn Transit. Additional information: all lines.',
        categories,
        series: [{ name: 'Passengers', values }],
        values: true,
        yTitle: 'Passengers in thousands',
      },
      query: 'How many thousand passengers used the electric ferries in Norhavn in 2018?',
      label: [String(values[6])],
    }
  },
  (random) => {
    const categories = ['Altenia', 'Brevik', 'Corvo', 'Dunmark', 'Estrand', 'Fjella', 'Gannet Isles']
    const values = random
      .shuffle([18.4, 15.9, 14.2, 12.7, 11.3, 9.8, 7.6])
      .map((value) => round(value + random.number(-0.4, 0.4, 1), 1))
    return {
      chart: {
        kind: 'row',
        look: portal,
        title: 'Honey consumption per person in selected countries in 2020',
        subtitle: 'in kilograms',
        source: 'Source: International Apiary Council',
        categories,
        series: [{ name: 'Honey', values }],
        decimals: 1,
        values: true,
      },
      query: 'Which country had the highest honey consumption per person in 2020?',
      label: [categories[argmax(values)]!],
    }
  },
  (random) => {
    const categories = ['Q1 2020', 'Q2 2020', 'Q3 2020', 'Q4 2020', 'Q1 2021', 'Q2 2021', 'Q3 2021', 'Q4 2021']
    const values = trend(random, 8, 3.2, 6.9, 0.1, 2)
    return {
      chart: {
        kind: 'line',
        look: portal,
        title: 'Quarterly revenue of the Halden bookshop chain from 2020 to 2021',
        subtitle: 'in million euros',
        source: 'Source: Company reports',
        categories,
        series: [{ name: 'Revenue', values }],
        decimals: 2,
        values: true,
        yTitle: 'Revenue in million euros',
      },
      query: 'What was the revenue of the bookshop chain in the third quarter of 2021, in million euros?',
      label: [String(values[6])],
    }
  },
  (random) => {
    const categories = ['Hydropower', 'Wind', 'Natural gas', 'Solar', 'Biomass', 'Other']
    const values = shares(random, [34, 25, 18, 11, 8, 4])
    return {
      chart: {
        kind: 'pie',
        look: portal,
        title: 'Distribution of electricity generation in Sarnia Valley in 2022, by source',
        source: 'Source: Sarnia Valley Utilities',
        categories,
        series: [{ name: 'Share', values }],
        after: '%',
        height: 470,
      },
      query: 'What was the share of wind in electricity generation in Sarnia Valley in 2022?',
      label: [String(values[1])],
    }
  },
  (random) => {
    const categories = years(2009, 2020)
    const values = trend(random, 12, 41.5, 68, 0.05, 1)
    const first = categories[values.findIndex((value) => value > 55)]!
    return {
      chart: {
        kind: 'line',
        look: almanac,
        title: 'Households with a broadband connection, Isle of Rona',
        subtitle: 'Share of all households',
        source: 'Source: Rona Statistics Office, household panel',
        categories,
        series: [{ name: 'Households', values, paint: almanac.paints[3]! }],
        after: '%',
        decimals: 1,
        values: true,
        from: 30,
        width: 840,
      },
      query: 'In what year did the share of households with broadband first exceed 55 percent?',
      label: [first],
    }
  },
  (random) => {
    const values = shares(random, [52, 27, 14, 7])
    return {
      chart: {
        kind: 'column',
        look: portal,
        title: 'How often do you repair something instead of replacing it?',
        subtitle: 'Share of respondents in 2021',
        source: 'Source: Consumer panel, 1,503 respondents aged 18 and over',
        categories: ['Sometimes', 'Whenever possible', 'Rarely', 'Never'],
        series: [{ name: 'Respondents', values, paint: portal.paints[4]! }],
        after: '%',
        values: true,
        yTitle: 'Share of respondents',
      },
      query: 'What percentage of respondents repair whenever possible?',
      label: [String(values[1]! / 100)],
    }
  },
  (random) => {
    const categories = years(2016, 2021)
    const exports = trend(random, 6, 214, 342, 0.1)
    const imports = trend(random, 6, 187, 268, 0.12)
    return {
      chart: {
        kind: 'column',
        look: portal,
        title: 'Foreign trade in ceramics of Tessaro from 2016 to 2021',
        subtitle: 'in million U.S. dollars',
        source: 'Source: Tessaro Customs Service',
        categories,
        series: [
          { name: 'Exports', values: exports },
          { name: 'Imports', values: imports },
        ],
        values: true,
        yTitle: 'Million U.S. dollars',
      },
      query: 'What was the value of ceramics imports of Tessaro in 2019, in million U.S. dollars?',
      label: [String(imports[3])],
    }
  },
  (random) => {
    const categories = [
      'Museum of Glass',
      'City aquarium',
      'Botanical garden',
      'Castle',
      'Railway museum',
      'Opera house',
    ]
    const values = [412, 987, 655, 1204, 238, 349].map((value) => value + random.integer(-30, 30))
    return {
      chart: {
        kind: 'row',
        look: weekly,
        title: 'Castle in the air',
        subtitle: 'Visitors to sights of Brenholm in 2019, thousands',
        source: 'Sources: Brenholm Tourist Board; own reckoning',
        categories,
        series: [{ name: 'Visitors', values, paint: weekly.paints[0]! }],
        values: true,
      },
      query: 'How many thousand visitors did the least visited sight have in 2019?',
      label: [String(Math.min(...values))],
    }
  },
  (random) => {
    const categories = years(2011, 2020)
    const women = trend(random, 10, 81.2, 83.6, 0.1, 1)
    const men = trend(random, 10, 76.1, 79.4, 0.1, 1)
    return {
      chart: {
        kind: 'line',
        look: portal,
        title: 'Life expectancy at birth in Veronne from 2011 to 2020, by sex',
        subtitle: 'in years',
        source: 'Source: Veronne National Institute of Health',
        categories,
        series: [
          { name: 'Women', values: women, paint: portal.paints[3]! },
          { name: 'Men', values: men },
        ],
        decimals: 1,
        values: true,
        from: 70,
        yTitle: 'Years',
      },
      query: 'What was the life expectancy of men at birth in Veronne in 2015?',
      label: [String(men[4])],
    }
  },
  (random) => {
    const categories = ['2018', '2019', '2020', '2021', '2022']
    const series = ['Cinema', 'Concerts', 'Sports'].map((name, at) => ({
      name,
      values: trend(random, 5, [34, 18, 26][at]!, [26, 25, 33][at]!, 0.25),
    }))
    return {
      chart: {
        kind: 'column',
        look: report,
        title: 'Evenings out',
        subtitle: 'Tickets sold per 100 residents and month',
        source: 'Source: Culture report of the province of Lorn',
        categories,
        series,
        stacked: true,
        values: true,
      },
      query: 'How many concert tickets were sold per 100 residents in 2021?',
      label: [String(series[1]!.values[3])],
    }
  },
  (random) => {
    const categories = ['Under 1 hour', '1–2 hours', '2–3 hours', '3–5 hours', 'More than 5 hours']
    const now = shares(random, [14, 29, 27, 20, 10])
    const before = shares(random, [26, 34, 22, 13, 5])
    return {
      chart: {
        kind: 'row',
        look: almanac,
        title: 'Time that pupils spend with a screen on a school day',
        subtitle: 'Share of pupils aged 10 to 14',
        source: 'Source: School health survey, 2013 and 2023',
        categories,
        series: [
          { name: '2013', values: before, paint: almanac.paints[5]! },
          { name: '2023', values: now, paint: almanac.paints[4]! },
        ],
        after: '%',
        values: true,
      },
      query: 'What percent of pupils spent 1–2 hours with a screen on a school day in 2013?',
      label: [String(before[1])],
    }
  },
  (random) => {
    const categories = years(2000, 2019)
    const values = trend(random, 20, 9.4, 4.1, 0.12, 1)
    return {
      chart: {
        kind: 'line',
        look: weekly,
        title: 'Back to work',
        subtitle: 'Unemployment rate in Kestrel County, % of the labour force',
        source: 'Source: Kestrel County Labour Office',
        categories,
        series: [{ name: 'Rate', values, paint: weekly.paints[0]! }],
        decimals: 1,
      },
      query: 'In which year was the unemployment rate in Kestrel County the lowest?',
      label: [categories[values.indexOf(Math.min(...values))]!],
    }
  },
]
