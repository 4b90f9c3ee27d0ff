// `explain`: every check in order, with what was expected, what was found, and the clause that asks for it.
import { finalOf } from '../explanation.js';
import { askExplain } from './ask.js';
import { isMomentOf, memberValue } from './claims.js';
import { date } from './moment.js';
import { isObject, membersLine, pad, paint, safe, shown, wrap } from './paper.js';
import { policyOf } from './policy.js';
import { membersOf } from './raw.js';
import { tokenOf } from './token.js';
import { exitCode, headline } from './verify.js';
export async function explain(io, line) {
    const policy = await policyOf(io, line.given);
    const token = await tokenOf(io, line);
    const values = line.given.has('--values');
    const { value, text, failure } = await askExplain(io, line.given, policy.text, token, values);
    return {
        code: exitCode(finalOf(value.verdict)),
        json: values ? text : withoutValues(value, text),
        page: (paper) => page(paper, value, values, failure),
        warning: policy.warning,
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
const HOLDS = '── the signature holds: from here on, what is found is verified ──';
const OPEN = '── not verified: from here on, a pass says only what the token claims ──';
function page(paper, { verdict, steps }, values, failure) {
    const names = Math.max(...steps.map(({ step }) => step.length));
    const clauses = Math.max(...steps.map(({ clause }) => clause.length));
    const lines = steps.map((step, index) => {
        const rule = ruleBefore(steps, index);
        return (rule === undefined ? '' : `${paint(paper, 'dim', rule)}\n`) + stepLine(paper, step, clauses, names);
    });
    return `${headline(paper, finalOf(verdict))}\n${lines.join('')}\n${legend(paper, steps, values, failure)}`;
}
// Behind the signature, where it makes a difference.
function ruleBefore(steps, index) {
    if (steps[index - 1]?.step !== 'signature')
        return undefined;
    if (steps[index]?.verified === true)
        return HOLDS;
    return steps.slice(index).some(({ status }) => status === 'passed') ? OPEN : undefined;
}
function stepLine(paper, step, clauses, names) {
    const [mark, style] = MARKS[step.status];
    const margin = clauses + names + 6;
    const lines = wrap(said(paper, step), 80 - margin);
    const head = `${paint(paper, style, mark)} ${pad(step.clause, clauses)}  ${pad(step.step.replaceAll('_', ' '), names)}`;
    return `${head}  ${lines.join(`\n${' '.repeat(margin)}`)}`.replace(/ +$/, '') + '\n';
}
function said(paper, { status, code, reason, claim = '', expected, found }) {
    const failed = status === 'failed';
    const facts = [];
    if (found !== undefined)
        facts.push((failed ? 'found ' : '') + foundValue(paper, claim, found));
    // What passed is told by what was found, if that is shown.
    if (expected !== undefined && (failed || found === undefined))
        facts.push(`expected ${expectedValue(claim, expected)}`);
    const named = failed && claim !== '' ? `${safe(claim)}${facts.length === 0 ? '' : ': '}` : '';
    const parts = [code, reason === undefined ? undefined : safe(reason.replaceAll('_', ' ')), named + facts.join(', ')];
    return parts.filter((part) => part !== undefined && part !== '').join('; ');
}
function foundValue(paper, claim, found) {
    return isObject(found) ? membersLine(found, shown) : memberValue(paper, claim, found);
}
// A bound is an object of one member, such as `at_most`.
function expectedValue(claim, expected) {
    const bound = (value) => (isMomentOf(claim, value) ? date(value) : shown(value));
    return isObject(expected) ? membersLine(expected, bound) : shown(expected);
}
function legend(paper, steps, values, failure) {
    const used = Object.keys(MARKS).filter((status) => steps.some((step) => step.status === status));
    const lines = [used.map((status) => `${MARKS[status][0]} ${status.replace('_', ' ')}`).join('   ')];
    if (!values)
        lines.push('Values of claims are hidden; --values shows them.');
    if (failure !== undefined)
        lines.push(`No keys: ${safe(failure)}`);
    return lines.map((line) => `${paint(paper, 'dim', line)}\n`).join('');
}
