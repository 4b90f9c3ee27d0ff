// `doctor`: what is wrong between a policy, an issuer and perhaps a token, and what to do about it.
import { examine } from '../diagnosis.js';
import { EXIT, readText, UsageError } from './io.js';
import { valueOf } from './options.js';
import { paint, rows, safe, shown } from './paper.js';
import { optionalPolicyOf } from './policy.js';
import { refused } from './refusal.js';
import { optionalTokenOf } from './token.js';
export async function doctor(io, line) {
    const { given } = line;
    const read = async (option) => {
        const path = valueOf(given, option);
        return path === undefined ? undefined : readText(io, option, path);
    };
    const policy = await optionalPolicyOf(io, given);
    const patient = {
        policy: policy?.text,
        token: await optionalTokenOf(io, line),
        discovery: await read('--discovery'),
        keySet: await read('--key-set'),
        page: valueOf(given, '--page'),
    };
    if (Object.values(patient).every((part) => part === undefined))
        throw new UsageError('nothing to look at; give a policy, a token, --discovery, --key-set or --page');
    const fetch = given.has('--offline') ? undefined : io.fetch;
    const { answer, text } = await examine({ ...patient, now: io.now, fetch });
    if ('error' in answer)
        throw refused(given, answer.error, text);
    const { findings, wanted } = answer;
    return {
        code: findings.some(({ severity }) => severity !== 'info') ? EXIT.bad : EXIT.good,
        json: text,
        page: (paper) => page(paper, findings, wanted),
        warning: policy?.warning,
    };
}
const SEVERITIES = [
    ['error', 'ERROR', 'bad'],
    ['warning', 'WARNING', 'warn'],
    ['info', 'INFO', 'bold'],
];
const HEALTHY = 'healthy';
function page(paper, findings, wanted) {
    const told = new Set();
    const entries = SEVERITIES.flatMap(([severity, word, style]) => findings
        .filter((finding) => finding.severity === severity && finding.id !== HEALTHY)
        .map((finding) => {
        const again = told.has(finding.id);
        told.add(finding.id);
        return entry(paper, finding, word, style, again);
    }));
    return [summary(paper, findings), ...entries, unseen(paper, wanted)].filter((part) => part !== '').join('\n');
}
function summary(paper, findings) {
    const count = (wanted) => findings.filter(({ severity }) => severity === wanted).length;
    const [errors, warnings] = [count('error'), count('warning')];
    const counts = [counted(errors, 'error'), counted(warnings, 'warning')].filter((part) => part !== '');
    const order = errors + warnings > 1 ? '; mend the first, and run the doctor again' : '';
    if (counts.length > 0)
        return `${paint(paper, errors > 0 ? 'bad' : 'warn', 'FINDINGS')}  ${counts.join(', ')}${order}\n`;
    const healthy = findings.find(({ id }) => id === HEALTHY);
    if (healthy !== undefined)
        return `${paint(paper, 'good', 'HEALTHY')}  ${safe(healthy.what)}\n`;
    return `${paint(paper, 'bold', 'NOTHING FOUND')}  no error and no warning, but not all was looked at\n`;
}
function counted(count, noun) {
    if (count === 0)
        return '';
    return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
// What is only worth knowing is told in short; docs/doctor.md and `--json` have the rest. Whoever has an outage reads
// the first lines: what to do comes before why. The same id has the same remedy.
function entry(paper, finding, word, style, again) {
    const { id, severity, subject, what, why, remedy } = finding;
    const about = subject === undefined || subject === '' ? '' : `  ${safe(subject)}`;
    const heading = `${paint(paper, style, word)}  ${paint(paper, 'bold', id)}${about}\n`;
    if (severity === 'info')
        return `${heading}${rows(paper, [['what', safe(what)]], 2)}`;
    const facts = again
        ? [
            ['what', safe(what)],
            ['remedy', 'as above'],
        ]
        : [
            ['what', safe(what)],
            ['remedy', safe(remedy)],
            ['why', safe(why)],
        ];
    return `${heading}${rows(paper, facts, 2)}${proof(paper, finding)}`;
}
function proof(paper, { evidence }) {
    const lines = Object.entries(evidence).map(([name, value]) => [safe(name), proofValue(name, value)]);
    return lines.length === 0 ? '' : `  ${paint(paper, 'dim', 'evidence')}\n${rows(paper, lines, 4)}`;
}
// `shown` is a drawing: lines under each other, marking the first difference.
function proofValue(name, value) {
    if (name === 'shown' && Array.isArray(value))
        return value.map((line) => safe(String(line))).join('\n');
    return shown(value);
}
function unseen(paper, wanted) {
    if (wanted.length === 0)
        return '';
    return `Not looked at\n${rows(paper, wanted.map(({ what, url }) => [what.replace('_', ' '), safe(url)]), 2)}`;
}
