// Members of a header or payload as rows, in the order they came in.
import { moment } from './moment.js';
import { safe, shown } from './paper.js';
// NumericDates of RFC 7519 and OpenID Connect Core.
const MOMENTS = ['auth_time', 'exp', 'iat', 'nbf', 'updated_at'];
export function memberRows(paper, members) {
    return Object.entries(members).map(([name, value]) => [safe(name), memberValue(paper, name, value)]);
}
/** What stands in a claim; times with their date. */
export function memberValue(paper, name, value) {
    if (!isMomentOf(name, value))
        return shown(value);
    const said = moment(value, paper.now);
    return said === String(value) ? said : `${value} (${said})`;
}
/** Whether a claim holds a moment. */
export function isMomentOf(claim, value) {
    return typeof value === 'number' && MOMENTS.includes(claim);
}
