// `contract check`: is a contract sound, and what is in it.

import type { ContractAnswer, Refused } from '../answers.js'
import { EXIT, UsageError } from './io.js'
import type { Io, Outcome, Paper } from './io.js'
import type { Line } from './options.js'
import { paint, rows, safe, shown, table } from './paper.js'
import { contractAnswer, refusalOf } from './policy.js'

export async function contract(io: Io, line: Line): Promise<Outcome> {
  const [verb, file = 'family', ...more] = line.positionals
  if (verb !== 'check') throw new UsageError('contract needs `check`; give `contract check [FILE|family]`')
  if (more.length > 0) throw new UsageError('contract check takes one file')
  if (line.given.has('--environment') && !line.given.has('--app')) throw new UsageError('--environment needs --app')
  const text = await contractAnswer(io, 'contract check', file, line.given)
  const answer = JSON.parse(text) as ContractAnswer | Refused
  if ('error' in answer) return { code: EXIT.bad, json: text, page: (paper) => refusedPage(paper, text) }
  return { code: EXIT.good, json: text, page: (paper) => page(paper, answer) }
}

function refusedPage(paper: Paper, text: string): string {
  return `${paint(paper, 'bad', 'REFUSED')}  ${safe(refusalOf(text))}\n`
}

function page(
  paper: Paper,
  { contract: { name, version, environments, apps }, app, environment, policy }: ContractAnswer,
): string {
  const heading = `${paint(paper, 'good', 'SOUND')}  ${safe(name)} ${safe(version)}\n`
  const about = rows(paper, [
    ['environments', shown(environments)],
    ['app', app === undefined ? undefined : safe(app)],
    ['environment', environment === undefined ? undefined : safe(environment)],
  ])
  const body =
    policy === undefined
      ? table(paper, [
          ['app', 'audience', 'status'],
          ...apps.map(({ app: id, audience, status }) => [
            safe(id),
            audience.length === 0 ? 'not known yet' : shown(audience),
            status,
          ]),
        ])
      : `${paint(paper, 'bold', 'policy')}\n${safe(JSON.stringify(policy, null, 2).replaceAll('\n', '\n  ')).replaceAll('\\u{a}', '\n')}\n`
  return `${heading}\n${about}\n${body}`
}
