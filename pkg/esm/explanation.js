// A verdict with every step that led to it (docs/abi.md, "Trace").
/** The public form of an answer. */
export function explanationOf({ verdict, steps }) {
    const final = finalOf(verdict);
    if (final.verdict === 'accepted')
        return { verdict: 'accepted', steps };
    const { code, status, message } = final;
    return { verdict: 'rejected', code, status, message, steps };
}
/** What stands when no more keys come. */
export function finalOf(verdict) {
    return verdict.verdict === 'keys_needed' ? verdict.otherwise : verdict;
}
