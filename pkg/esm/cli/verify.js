// `verify`: is the token accepted, and for whom does it speak.
import { finalOf } from '../explanation.js';
import { askVerify } from './ask.js';
import { memberValue } from './claims.js';
import { EXIT } from './io.js';
import { date, moment } from './moment.js';
import { paint, rows, safe, shown } from './paper.js';
import { policyOf } from './policy.js';
import { membersOf } from './raw.js';
import { tokenOf } from './token.js';
export async function verify(io, line) {
    const policy = await policyOf(io, line.given);
    const token = await tokenOf(io, line);
    const { value, text, failure } = await askVerify(io, line.given, policy.text, token);
    const final = finalOf(value);
    return {
        code: exitCode(final),
        json: value.verdict === 'keys_needed' ? (membersOf(text).get('otherwise') ?? text) : text,
        page: (paper) => (final.verdict === 'accepted' ? acceptedPage(paper, final) : rejectedPage(paper, final, failure)),
        warning: policy.warning,
    };
}
/** 3 says that nothing is known about the token. */
export function exitCode(verdict) {
    if (verdict.verdict === 'accepted')
        return EXIT.good;
    return verdict.status === 503 ? EXIT.unknown : EXIT.bad;
}
/** The verdict in one line. */
export function headline(paper, verdict) {
    if (verdict.verdict === 'accepted')
        return `${paint(paper, 'good', 'ACCEPTED')}\n`;
    const word = verdict.status === 503 ? paint(paper, 'warn', 'NO VERDICT') : paint(paper, 'bad', 'REJECTED');
    return `${word}  ${paint(paper, 'bold', verdict.code)}\n${verdict.message}\n`;
}
function acceptedPage(paper, verdict) {
    const { identity, token, keys } = verdict;
    const optional = (value) => (value === undefined ? value : shown(value));
    return `${headline(paper, verdict)}\n${rows(paper, [
        ['user', shown(identity.userId)],
        ['tenant', identity.tenantId === null ? 'none' : shown(identity.tenantId)],
        ['roles', identity.roles.length === 0 ? 'none' : shown(identity.roles)],
        ['email', optional(identity.email)],
        ['issuer', optional(identity.issuer)],
        ['issued', identity.issuedAt === undefined ? undefined : moment(identity.issuedAt, paper.now)],
        ['expires', moment(identity.expiresAt, paper.now)],
        ['mode', identity.authMode],
        ['kind', token.kind],
        ['scopes', token.scopes.length === 0 ? 'none' : shown(token.scopes)],
        ['client', optional(token.azp)],
        ['session', optional(token.sid)],
        ['token id', optional(token.jti)],
        ['signed', [token.alg, ...(token.kid === undefined ? [] : [`key ${safe(token.kid)}`])].join(', ')],
        ['keys', `${keys.state}, generation ${keys.generation}`],
    ])}`;
}
function rejectedPage(paper, verdict, failure) {
    const { details, status, retry_after: retryAfter } = verdict;
    const claim = typeof details['claim'] === 'string' ? details['claim'] : '';
    const value = (name, as) => [
        name,
        details[as] === undefined ? undefined : memberValue(paper, claim, details[as]),
    ];
    return `${headline(paper, verdict)}\n${rows(paper, [
        ['status', String(status)],
        value('reason', 'reason'),
        value('part', 'part'),
        value('claim', 'claim'),
        value('expected', 'expected'),
        value('found', 'actual'),
        ['now', typeof details['now'] === 'number' ? date(details['now']) : undefined],
        ['leeway', details['leeway'] === undefined ? undefined : `${shown(details['leeway'])} s`],
        ['retry', retryAfter === undefined ? undefined : `after ${retryAfter} s`],
        ['cause', status === 503 && failure !== undefined ? safe(failure) : undefined],
    ])}`;
}
