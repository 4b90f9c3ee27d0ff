"use strict";
// Asks until there is a verdict, and brings keys in between (docs/abi.md, "The host's part", 2).
Object.defineProperty(exports, "__esModule", { value: true });
exports.settle = settle;
exports.endsWithin = endsWithin;
const MAX_CALLS = 4;
/**
 * The last answer of `ask`. Between two of them runs the fetch the first wanted. When none may be made or the time is
 * up, it is asked once more, as the keys there are may serve on; that answer stands, perhaps still wanting.
 */
async function settle(ask, wanted, run) {
    const started = performance.now();
    let last = false;
    for (let call = 1;; call++) {
        const answer = ask();
        const fetch = wanted(answer);
        if (fetch === undefined || last || call === MAX_CALLS)
            return answer;
        const left = fetch.wait - (performance.now() - started) / 1000;
        const running = run(fetch);
        last = running === undefined || left <= 0 || !(await endsWithin(running, left));
    }
}
/** Whether a run ends in time; it goes on either way. */
function endsWithin(run, seconds) {
    return new Promise((resolve) => {
        const timer = setTimeout(() => resolve(false), seconds * 1000);
        void run.then(() => {
            clearTimeout(timer);
            resolve(true);
        });
    });
}
