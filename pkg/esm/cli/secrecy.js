// What of a command line may not be printed: a token may stand where something else belongs.
// RFC 7515 section 3.1: parts in base64url, the first of them a JSON object.
const HEADER = /(?:ey[AIJ]|ew[0ko])[-_A-Za-z0-9]{5,}\./;
const COMPACT = /^[-_A-Za-z0-9]+(?:\.[-_A-Za-z0-9]*){2,}$/;
const WHOLE = /^(?:bearer +)?(?:ey[AIJ]|ew[0ko])[-_A-Za-z0-9]{5,}(?:\.[-_A-Za-z0-9]*){2,}$/i;
// `three.short.parts` are a file's name, more often than not.
const SHORT = 40;
const LONG = 200;
/** Whether what should be a file's name is rather a token. */
export function looksLikeToken(name) {
    const length = [...name].length;
    return length > LONG || HEADER.test(name) || (length > SHORT && COMPACT.test(name));
}
/** Whether the value of an option is a token, and nothing else. */
export function isToken(value) {
    return WHOLE.test(value);
}
