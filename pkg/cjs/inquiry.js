"use strict";
// Asks until there is a verdict, and brings keys in between (docs/abi.md, "The host's part", 2).
Object.defineProperty(exports, "__esModule", { value: true });
exports.settle = settle;
exports.endsWithin = endsWithin;
const MAX_CALLS = 4;
/**
 * The last answer of `ask`. Between two of them runs the fetch the first wanted, unless none may be made or the time
 * is up: then the answer stands, still wanting.
 */
async function settle(ask, wanted, run) {
    const started = performance.now();
    for (let call = 1;; call++) {
        const answer = ask();
        const fetch = wanted(answer);
        if (fetch === undefined || call === MAX_CALLS)
            return answer;
        const left = fetch.wait - (performance.now() - started) / 1000;
        const running = run(fetch);
        if (running === undefined || left <= 0 || !(await endsWithin(running, left)))
            return answer;
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
