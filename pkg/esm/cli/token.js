// Where the token comes from. It is never printed.
import { readText, UsageError } from './io.js';
import { refuseMore, valueOf } from './options.js';
/** The token to look at. Throws UsageError if there is none. */
export async function tokenOf(io, line) {
    const token = (await givenToken(io, line)) ?? (io.stdinIsTTY ? undefined : await readStdin(io));
    if (token !== undefined)
        return bare(token);
    throw new UsageError('a token is missing; give it as argument, with --token-file, in AUTHN_TOKEN or on standard input');
}
/** The token, where one was given. */
export async function optionalTokenOf(io, line) {
    const token = await givenToken(io, line);
    return token === undefined ? undefined : bare(token);
}
async function givenToken(io, line) {
    refuseMore(line, 1);
    const [argument] = line.positionals;
    const file = valueOf(line.given, '--token-file');
    if (argument !== undefined && file !== undefined)
        throw new UsageError('--token-file and a token as argument are both given; give one');
    if (file !== undefined)
        return readText(io, '--token-file', file);
    if (argument === '-')
        return readStdin(io);
    return argument ?? io.env['AUTHN_TOKEN'];
}
async function readStdin(io) {
    return new TextDecoder().decode(await io.stdin());
}
// What people paste: with a line end, or with the scheme of the header before it.
function bare(text) {
    return text.replace(/^[ \t\r\n]+|[ \t\r\n]+$/g, '').replace(/^bearer +/i, '');
}
