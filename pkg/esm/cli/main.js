// The command line: reads it, does what it says, prints. All the world it sees is `io`.
import { contract } from './contract.js';
import { digest } from './digest.js';
import { doctor } from './doctor.js';
import { explain } from './explain.js';
import { HELP, versionLine } from './help.js';
import { inspect } from './inspect.js';
import { EXIT, UsageError } from './io.js';
import { lineOf, secondsOf } from './options.js';
import { paint, safe, wrap } from './paper.js';
import { verify } from './verify.js';
const RUN = {
    verify,
    explain,
    inspect,
    doctor,
    contract,
    digest,
};
/** Runs one command line; resolves to the exit code. */
export async function main(io) {
    const asked = io.argv.slice(0, endOf(io.argv)).find((argument) => INFORMATION.includes(argument));
    if (asked !== undefined) {
        io.stdout(asked === '--version' ? versionLine() : HELP);
        return EXIT.good;
    }
    const json = io.argv.slice(0, endOf(io.argv)).includes('--json');
    try {
        return await run(io);
    }
    catch (error) {
        if (!(error instanceof UsageError))
            return broken(io, error);
        if (json && error.json !== undefined)
            io.stdout(`${error.json}\n`);
        io.stderr(`authn: ${safe(error.message)}\n`);
        return EXIT.usage;
    }
}
// Nothing is known about the token then, whatever it was.
function broken(io, error) {
    io.stderr(`authn: no verdict: ${safe(error instanceof Error ? error.message : String(error))}\n`);
    return EXIT.unknown;
}
const INFORMATION = ['--help', '-h', '--version'];
function endOf(argv) {
    const end = argv.indexOf('--');
    return end === -1 ? argv.length : end;
}
async function run(io) {
    const line = lineOf(io.argv);
    const now = secondsOf(line.given, '--now');
    const timed = now === undefined ? io : { ...io, now: () => now };
    const { code, json, page, warning } = await RUN[line.command](timed, line);
    const paper = { colour: coloured(io, line.given), now: timed.now() };
    io.stdout(line.given.has('--json') ? `${json}\n` : page(paper) + warned(paper, warning));
    return code;
}
function warned(paper, warning) {
    if (warning === undefined)
        return '';
    return `\n${paint(paper, 'warn', 'warning')}  ${wrap(safe(warning), 71).join(`\n${' '.repeat(9)}`)}\n`;
}
// https://no-color.org: set and not empty.
function coloured({ env, isTTY }, given) {
    return isTTY && !given.has('--no-color') && !env['NO_COLOR'] && env['TERM'] !== 'dumb';
}
