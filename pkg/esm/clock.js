// The time that the module is told. A clock that gives none is an outage, never a verdict.
export class ClockError extends Error {
    name = 'ClockError';
}
/** Seconds since the Unix epoch. Throws ClockError. */
export function timeOf(clock = systemClock) {
    const now = read(clock);
    if (typeof now === 'number' && now >= 0 && now < Infinity)
        return now;
    throw new ClockError('the clock gave no time');
}
function systemClock() {
    return Date.now() / 1000;
}
function read(clock) {
    try {
        return clock();
    }
    catch (cause) {
        throw new ClockError('the clock failed', { cause });
    }
}
