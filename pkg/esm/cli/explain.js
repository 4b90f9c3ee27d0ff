// `explain`: every check in order, with what was expected, what was found, and the clause that asks for it.
import { finalOf } from '../explanation.js';
import { askExplain } from './ask.js';
import { memberValue } from './claims.js';
import { pad, paint, safe, wrap } from './paper.js';
import { policyOf } from './policy.js';
import { membersOf } from './raw.js';
import { tokenOf } from './token.js';
import { exitCode, headline } from './verify.js';
export async function explain(io, line) {
    const policy = await policyOf(io, line.given);
    const token = await tokenOf(io, line);
    const values = line.given.has('--values');
    const { value, text, failure } = await askExplain(io, line.given, policy, token, values);
    return {
        code: exitCode(finalOf(value.verdict)),
        json: values ? text : withoutValues(value, text),
        page: (paper) => page(paper, value, values, failure),
    };
}
// The verdict of an accepted token holds its claims, and that of a rejected one what was found in them.
function withoutValues({ verdict }, text) {
    const final = finalOf(verdict);
    const { code, status, message } = final.verdict === 'accepted' ? {} : final;
    const short = JSON.stringify({ verdict: final.verdict, code, status, message });
    return `{"verdict":${short},"steps":${membersOf(text).get('steps') ?? '[]'}}`;
}
const MARKS = {
    passed: ['✓', 'good'],
    failed: ['✗', 'bad'],
    pending: ['…', 'warn'],
    not_checked: ['·', 'dim'],
};
const RULE = '── the signature holds: from here on, what is found is verified ──';
function page(paper, { verdict, steps }, values, failure) {
    const names = Math.max(...steps.map(({ step }) => step.length));
    const clauses = Math.max(...steps.map(({ clause }) => clause.length));
    const lines = steps.flatMap((step, index) => {
        const turn = step.verified && steps[index - 1]?.verified === false;
        const text = stepLine(paper, step, clauses, names);
        return turn ? [`${paint(paper, 'dim', RULE)}\n`, text] : [text];
    });
    return `${headline(paper, finalOf(verdict))}\n${lines.join('')}\n${legend(paper, steps, values, failure)}`;
}
function stepLine(paper, step, clauses, names) {
    const [mark, style] = MARKS[step.status];
    const margin = clauses + names + 6;
    const lines = wrap(said(paper, step), 80 - margin);
    const head = `${paint(paper, style, mark)} ${pad(step.clause, clauses)}  ${pad(step.step, names)}`;
    return `${head}  ${lines.join(`\n${' '.repeat(margin)}`)}`.replace(/ +$/, '') + '\n';
}
function said(paper, step) {
    const value = (given) => memberValue(paper, step.claim ?? '', given);
    const parts = [step.code, step.reason === undefined ? undefined : words(step.reason)];
    if (step.claim !== undefined && step.status === 'failed')
        parts.push(`claim ${safe(step.claim)}`);
    if (step.found !== undefined)
        parts.push(step.status === 'passed' ? value(step.found) : `found ${value(step.found)}`);
    if (step.expected !== undefined && step.status === 'failed')
        parts.push(`expected ${value(step.expected)}`);
    return parts.filter((part) => part !== undefined && part !== '').join('; ');
}
function words(reason) {
    return safe(reason.replaceAll('_', ' '));
}
function legend(paper, steps, values, failure) {
    const used = Object.keys(MARKS).filter((status) => steps.some((step) => step.status === status));
    const lines = [used.map((status) => `${MARKS[status][0]} ${status.replace('_', ' ')}`).join('   ')];
    if (!steps.some(({ verified }) => verified))
        lines.push('The signature was not verified: what passed is only what the token claims.');
    if (!values)
        lines.push('Values of claims are hidden; --values shows them.');
    if (failure !== undefined)
        lines.push(`No keys: ${safe(failure)}`);
    return lines.map((line) => `${paint(paper, 'dim', line)}\n`).join('');
}
