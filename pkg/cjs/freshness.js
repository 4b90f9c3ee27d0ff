"use strict";
// The HTTP headers that say how long: parsed leniently, and anything unreadable counts as not given.
Object.defineProperty(exports, "__esModule", { value: true });
exports.UNTOLD = void 0;
exports.maxAgeLeft = maxAgeLeft;
exports.retryAfterSeconds = retryAfterSeconds;
/** Of no answer. */
exports.UNTOLD = { retryAfter: null, date: null };
const NOT_GIVEN = -1;
// RFC 9111 section 1.2.2: a number too large stands for 2^31.
const LONGEST = 2 ** 31;
/**
 * Seconds left of `Cache-Control: max-age` after `Age` (RFC 9111 section 4.2), or -1. None are left of what must not be
 * stored or reused (section 5.2.2); the module has a minimum.
 */
function maxAgeLeft(cacheControl, age) {
    if (/(?:^|[\s,])no-(?:store|cache)\s*(?:,|$)/i.test(cacheControl ?? ''))
        return 0;
    const match = /(?:^|[\s,])max-age\s*=\s*"?(\d+)"?\s*(?:,|$)/i.exec(cacheControl ?? '');
    if (match === null)
        return NOT_GIVEN;
    return Math.max(0, seconds(match[1] ?? '') - (/^\s*\d+\s*$/.test(age ?? '') ? seconds(age ?? '') : 0));
}
/**
 * Seconds of `Retry-After`, which may be a date (RFC 9110 section 10.2.3), or -1. A date is counted from the server's own
 * `Date`, as it was taken from the server's clock; from `now` where that is missing.
 */
function retryAfterSeconds({ retryAfter, date }, now) {
    const text = retryAfter?.trim() ?? '';
    if (/^\d+$/.test(text))
        return seconds(text);
    const until = timeOf(text);
    return until === undefined ? NOT_GIVEN : Math.min(LONGEST, Math.max(0, until - (timeOf(date) ?? now)));
}
// A date has a weekday and a clock time; `Date.parse` alone would read "-5" as a year.
function timeOf(text) {
    const time = /^[A-Za-z]+,? .*\d\d:\d\d:\d\d/.test(text ?? '') ? Date.parse(text ?? '') / 1000 : Number.NaN;
    return Number.isFinite(time) ? time : undefined;
}
function seconds(digits) {
    return Math.min(LONGEST, Number(digits));
}
