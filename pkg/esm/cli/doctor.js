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
    const patient = {
        policy: await optionalPolicyOf(io, given),
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
    };
}
const SEVERITIES = [
    ['error', 'ERROR', 'bad'],
    ['warning', 'WARNING', 'warn'],
    ['info', 'INFO', 'bold'],
];
function page(paper, findings, wanted) {
    const groups = SEVERITIES.flatMap(([severity, word, style]) => findings.filter((finding) => finding.severity === severity).map((finding) => entry(paper, finding, word, style)));
    return [summary(paper, findings), ...groups, unseen(paper, wanted)].filter((part) => part !== '').join('\n');
}
function summary(paper, findings) {
    const counts = SEVERITIES.map(([severity]) => findings.filter((finding) => finding.severity === severity).length);
    const [errors = 0, warnings = 0, infos = 0] = counts;
    const parts = [counted(errors, 'error'), counted(warnings, 'warning'), infos === 0 ? undefined : `${infos} info`];
    if (errors + warnings > 0)
        return `${paint(paper, errors > 0 ? 'bad' : 'warn', 'FINDINGS')}  ${parts.filter((part) => part !== undefined).join(', ')}\n`;
    return `${paint(paper, 'good', 'HEALTHY')}  no error and no warning\n`;
}
function counted(count, noun) {
    if (count === 0)
        return undefined;
    return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
function entry(paper, finding, word, style) {
    const { id, subject, what, why, remedy, evidence } = finding;
    const about = subject === undefined || subject === '' ? '' : `  ${safe(subject)}`;
    const proof = Object.entries(evidence).map(([name, value]) => [safe(name), shown(value)]);
    const facts = [
        ['what', safe(what)],
        ['why', safe(why)],
        ['remedy', safe(remedy)],
    ];
    const heading = `${paint(paper, style, word)}  ${paint(paper, 'bold', id)}${about}\n`;
    const evidenceRows = proof.length === 0 ? '' : `  ${paint(paper, 'dim', 'evidence')}\n${rows(paper, proof, 4)}`;
    return `${heading}${rows(paper, facts, 2)}${evidenceRows}`;
}
function unseen(paper, wanted) {
    if (wanted.length === 0)
        return '';
    return `Not looked at\n${rows(paper, wanted.map(({ what, url }) => [what.replace('_', ' '), safe(url)]), 2)}`;
}
