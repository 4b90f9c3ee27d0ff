// A moment as people read it: the date, and how far away it is.
const MINUTE = 60;
const HOUR = 3600;
const DAY = 86_400;
const YEAR = 31_557_600;
// The year 10000.
const END = 253_402_300_800;
/** As `2023-11-14T22:13:20Z, in 10 min`; a number that is no moment stays one. */
export function moment(seconds, now) {
    return isMoment(seconds) ? `${date(seconds)}, ${away(seconds - now)}` : String(seconds);
}
/** As `2023-11-14T22:13:20Z`; a number that is no moment stays one. */
export function date(seconds) {
    if (!isMoment(seconds))
        return String(seconds);
    return `${new Date(Math.floor(seconds) * 1000).toISOString().slice(0, 19)}Z`;
}
function isMoment(seconds) {
    return seconds >= 0 && seconds < END;
}
function away(seconds) {
    const span = spanOf(Math.floor(Math.abs(seconds)));
    if (span === '0 s')
        return 'now';
    return seconds > 0 ? `in ${span}` : `${span} ago`;
}
/** In the largest unit that leaves more than one of it, mostly. */
function spanOf(seconds) {
    if (seconds < 2 * MINUTE)
        return `${seconds} s`;
    if (seconds < 2 * HOUR)
        return `${Math.floor(seconds / MINUTE)} min`;
    if (seconds < 2 * DAY)
        return `${Math.floor(seconds / HOUR)} h`;
    if (seconds < 2 * YEAR)
        return `${Math.floor(seconds / DAY)} d`;
    return `${Math.floor(seconds / YEAR)} y`;
}
