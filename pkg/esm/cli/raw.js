// Members of a JSON object as they stand in its text: what was parsed and written again might differ by a byte.
/** Name → text of every member of the object in `json`, which must be sound. */
export function membersOf(json) {
    const members = new Map();
    let at = json.indexOf('{') + 1;
    while (json[at] !== '}' && at < json.length) {
        const colon = endOfString(json, json.indexOf('"', at));
        const end = endOfValue(json, colon + 1);
        members.set(JSON.parse(json.slice(at, colon)), json.slice(colon + 1, end));
        at = json[end] === ',' ? end + 1 : end;
    }
    return members;
}
// The position behind the value that begins at `at`: at the comma or brace of the object it stands in.
function endOfValue(json, at) {
    for (let depth = 0; at < json.length;) {
        const character = json[at];
        if (character === '"') {
            at = endOfString(json, at);
            continue;
        }
        if (depth === 0 && (character === ',' || character === '}'))
            return at;
        if (character === '{' || character === '[')
            depth++;
        if (character === '}' || character === ']')
            depth--;
        at++;
    }
    return at;
}
// The position behind the string that begins at `at`.
function endOfString(json, at) {
    for (at++; at < json.length && json[at] !== '"'; at++)
        if (json[at] === '\\')
            at++;
    return at + 1;
}
