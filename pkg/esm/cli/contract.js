// `contract check`: is a contract sound, and what is in it.
import { EXIT, UsageError } from './io.js';
import { isObject, membersLine, paint, rows, safe, shown, table, wrap } from './paper.js';
import { contractAnswer } from './policy.js';
import { refusalLine } from './refusal.js';
export async function contract(io, line) {
    const [verb, file = 'family', ...more] = line.positionals;
    if (verb !== 'check')
        throw new UsageError('contract needs `check`; give `contract check [FILE|family]`');
    if (more.length > 0)
        throw new UsageError('contract check takes one file');
    if (line.given.has('--environment') && !line.given.has('--app'))
        throw new UsageError('--environment needs --app');
    const text = await contractAnswer(io, 'contract check', file, line.given);
    const answer = JSON.parse(text);
    if ('error' in answer)
        return { code: EXIT.bad, json: text, page: (paper) => refusedPage(paper, answer) };
    return { code: EXIT.good, json: text, page: (paper) => page(paper, answer), warning: answer.warning };
}
function refusedPage(paper, { error }) {
    const lines = wrap(safe(refusalLine(error)), 80);
    return `${paint(paper, 'bad', 'REFUSED')}\n${lines.join('\n')}\n`;
}
function page(paper, answer) {
    const { name, version } = answer.contract;
    const heading = `${paint(paper, 'good', 'SOUND')}  ${safe(name)} ${safe(version)}\n`;
    return `${heading}\n${answer.policy === undefined ? overview(paper, answer) : onePolicy(paper, answer)}`;
}
function overview(paper, { contract: { environments, apps } }) {
    const lines = apps.map(({ app, audience, status }) => [
        safe(app),
        audience.length === 0 ? 'not known yet' : shown(audience),
        status,
    ]);
    return `${rows(paper, [['environments', shown(environments)]])}\n${table(paper, [['app', 'audience', 'status'], ...lines])}`;
}
function onePolicy(paper, { app, environment, policy }) {
    const asked = [
        ['app', shown(app)],
        ['environment', shown(environment)],
        ['insecure hosts', policy?.insecure_hosts?.length ? shown(policy.insecure_hosts) : undefined],
    ];
    const entries = policy?.issuers ?? [];
    return rows(paper, asked) + entries.map((entry) => `\n${rows(paper, entryRows(entry))}`).join('');
}
function entryRows(entry) {
    return Object.entries(entry).map(([name, value]) => [
        safe(name).replaceAll('_', ' '),
        isObject(value) ? membersLine(value, shown) : shown(value),
    ]);
}
