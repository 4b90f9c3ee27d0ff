// A question to the module that may need keys, and the module's answer as it came.
import { about } from '../catalogue.js';
import { FORM, instantiate } from '../engine.js';
import { settle } from '../inquiry.js';
import { KeyFetcher } from '../keys.js';
import { Session } from '../session.js';
import { once } from '../stateless.js';
import { refused } from './refusal.js';
/** Asks whether a token is accepted. Throws UsageError if the policy is refused. */
export function askVerify(io, given, policy, token) {
    return ask(io, given, policy, (session) => session.verify(FORM.token, io.now(), token), (verdict) => verdict);
}
/** Asks for every step. Throws UsageError if the policy is refused. */
export function askExplain(io, given, policy, token, values) {
    return ask(io, given, policy, (session) => session.explain(FORM.token, values, io.now(), token), ({ verdict }) => verdict);
}
async function ask(io, given, policy, question, verdictOf) {
    const session = open(policy, given);
    const keys = new KeyFetcher(portOf(io, session), io.fetch, limits());
    const answer = await settle(() => ({ value: question(session), text: session.lastText() }), ({ value }) => fetchNeeded(verdictOf(value)), (fetch) => keys.run(fetch));
    keys.close();
    return { ...answer, failure: keys.failure()?.message };
}
// In the shared instance first: a refusal is wanted as the module words it.
function open(policy, given) {
    once((engine) => {
        const answer = engine.open(policy);
        if ('error' in answer)
            throw refused(given, answer.error, engine.lastText());
        engine.close(answer.verifier);
    });
    return new Session(policy, instantiate);
}
function portOf(io, session) {
    return {
        now: io.now,
        fetchStarted: (issuer, now) => session.fetchStarted(issuer, now),
        offer: (offer) => session.offer(offer),
        fetchFailed: (issuer, now, retryAfter) => session.fetchFailed(issuer, now, retryAfter),
        fetchAbandoned: (issuer) => session.fetchAbandoned(issuer),
        names: (issuer) => session.names(issuer),
    };
}
function limits() {
    const { fetch_timeout: seconds, key_set_bytes: bytes } = about().limits;
    return { seconds, bytes };
}
function fetchNeeded(verdict) {
    return verdict.verdict === 'keys_needed' ? verdict.fetch : undefined;
}
