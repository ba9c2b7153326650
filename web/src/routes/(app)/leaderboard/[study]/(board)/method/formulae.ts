import katex from 'katex'

/** A rule of the board: what it says, the formula as MathML, and where it comes from. */
interface Formula {
  title: string
  words: string
  mathml: string
  source: string
}

const rules: (Omit<Formula, 'mathml'> & { tex: string })[] = [
  {
    title: 'Chance to win',
    words: 'Ratings r are on the Elo scale: mean 1000, and 400 points are a factor of ten in odds.',
    tex: String.raw`P(i \succ j) = \frac{1}{1 + 10^{(r_j - r_i)/400}} = \sigma(\theta_i - \theta_j), \qquad r_i = 1000 + \frac{400}{\ln 10}\,\theta_i`,
    source: 'Bradley and Terry 1952',
  },
  {
    title: 'The fit',
    words:
      'The strengths θ that make the votes most likely, with Σθ = 0. S is what i scored against j: a win counts one, a tie, good or bad, half a win to each. N is their votes. Exact: it stops on the size of the step.',
    tex: String.raw`\max_\theta \sum_{i<j} S_{ij}\,\ln \sigma(\theta_i-\theta_j) + (N_{ij}-S_{ij})\,\ln \sigma(\theta_j-\theta_i), \qquad S_{ij} = \text{wins}_{ij} + \tfrac12\,\text{ties}_{ij}`,
    source: 'Newton’s method; Ford 1957 for when it exists',
  },
  {
    title: 'Intervals',
    words:
      'Votes of one rater, and votes on one question, go together. H is the information of the fit; B adds up what the votes of each rater (or question) pull together, s. Three errors are made, by rater, by question and two ways, and a fourth as if votes were independent: the widest counts. With fewer than 200 raters or questions of even size, s is that without the cluster’s own pull (CR3), and t takes the place of 1.96.',
    tex: String.raw`V = H^{+} B\, H^{+}, \quad B = \sum_g s_g s_g^{\top}, \quad B_{\text{two ways}} = B_{\text{rater}} + B_{\text{question}} - B_{\text{both}}, \qquad r_i \pm 1.96 \cdot \frac{400}{\ln 10}\sqrt{V_{ii}}`,
    source: 'Liang and Zeger 1986; Bell and McCaffrey 2002; Cameron, Gelbach and Miller 2011',
  },
  {
    title: 'Rank range',
    words:
      'Every pair is tested by its difference with the widest of its errors. The m pairs are judged from the smallest p on, until one misses its level: then all ranges hold together on 95 boards of 100. The best place is one more than the models proven better; the worst likewise from below.',
    tex: String.raw`p_{(k)} \le \frac{0.05}{m - k + 1}, \qquad \text{best}_i = 1 + \#\{j \text{ proven better}\}, \qquad \text{worst}_i = n - \#\{j \text{ proven worse}\}`,
    source: 'Holm 1979',
  },
  {
    title: 'Observed − expected',
    words: 'How far a pair is from what its ratings say, in standard errors of a coin with that chance.',
    tex: String.raw`z_{ij} = \frac{S_{ij} - N_{ij}\,p_{ij}}{\sqrt{N_{ij}\,p_{ij}\,(1-p_{ij})}}, \qquad p_{ij} = P(i \succ j)`,
    source: 'Pearson’s residual',
  },
  {
    title: 'Does one scale fit',
    words:
      'Decisive votes get a fit of their own, and the squares of z are added up over the pairs that have any. Ties are left out, for half a win varies less than a coin. A pair is beyond chance past the normal quantile of 1 − 0.025/pairs.',
    tex: String.raw`\chi^2 = \sum_{i<j} z_{ij}^2, \qquad \text{degrees of freedom} = \text{pairs} - (n - 1)`,
    source: 'Pearson 1900',
  },
  {
    title: 'Circles of three',
    words:
      'A model beats another beyond chance by the exact test of their decisive votes against a fair coin. The m pairs are judged from the smallest p on, until one misses its level: then one board in twenty at most has any such win that is false. A circle is three of them.',
    tex: String.raw`p_{(k)} \le \frac{0.05}{m - k + 1}`,
    source: 'Holm 1979',
  },
  {
    title: 'Votes that hold first place',
    words:
      'Votes are left out in the order of what the lead owes each, Δ, until a fit without them has the second model ahead. Vote t of the pair x scored o where p was expected. Leaving a rater out is a fit without their votes.',
    tex: String.raw`\Delta_t = \frac{400}{\ln 10}\,\frac{(e_1 - e_2)^{\top} H^{+} x_t\,(o_t - p_t)}{1 - w_t\, x_t^{\top} H^{+} x_t}, \qquad w_t = p_t(1 - p_t)`,
    source: 'after Broderick, Giordano and Meager 2020',
  },
  {
    title: 'A gap and its votes left',
    words: 'Errors fall with the root of the votes N, so a gap d with error s is beyond chance after this many more.',
    tex: String.raw`s_{ij}^2 = V_{ii} + V_{jj} - 2V_{ij}, \qquad N\left[\left(\frac{1.96\, s_{ij}}{d_{ij}}\right)^2 - 1\right]`,
    source: 'the error of independent votes, widened by the root of the design effect',
  },
]

/** All rules with their formulae set. */
export function formulae(): Formula[] {
  return rules.map(({ tex, ...rule }) => ({
    ...rule,
    mathml: katex.renderToString(tex, { displayMode: true, output: 'mathml', throwOnError: true, trust: false }),
  }))
}
