// Which options there are, which commands take them, and how a command line is read.
import { UsageError } from './io.js';
import { isToken } from './secrecy.js';
export const COMMANDS = ['verify', 'explain', 'inspect', 'doctor', 'contract', 'digest'];
const JUDGING = ['verify', 'explain', 'doctor'];
const OPTIONS = {
    '--issuer': { takes: 'values', of: JUDGING },
    '--audience': { takes: 'values', of: JUDGING },
    '--jwks-uri': { takes: 'value', of: JUDGING },
    '--keys': { takes: 'value', of: JUDGING },
    '--algorithms': { takes: 'value', of: JUDGING },
    '--leeway': { takes: 'value', of: JUDGING },
    '--policy': { takes: 'value', of: JUDGING },
    '--contract': { takes: 'value', of: JUDGING },
    '--app': { takes: 'value', of: [...JUDGING, 'contract'] },
    '--environment': { takes: 'value', of: [...JUDGING, 'contract'] },
    '--token-file': { takes: 'value', of: [...JUDGING, 'inspect'] },
    '--values': { takes: 'flag', of: ['explain'] },
    '--discovery': { takes: 'value', of: ['doctor'] },
    '--key-set': { takes: 'value', of: ['doctor'] },
    '--page': { takes: 'value', of: ['doctor'] },
    '--offline': { takes: 'flag', of: ['doctor'] },
    '--now': { takes: 'value', of: COMMANDS },
    '--json': { takes: 'flag', of: COMMANDS },
    '--no-color': { takes: 'flag', of: COMMANDS },
};
const OF_FILES = ['--keys', '--policy', '--contract', '--token-file', '--discovery', '--key-set'];
/** Reads a command line. Throws UsageError. */
export function lineOf(argv) {
    const { options, positionals } = separated(argv);
    const [command, ...rest] = positionals;
    if (command === undefined)
        throw new UsageError('a command is missing; give one of ' + COMMANDS.join(', '));
    if (!isCommand(command))
        throw new UsageError(`${namedCommand(command)} is no command; give one of ${COMMANDS.join(', ')}`);
    for (const option of options.keys())
        refuseMisplaced(option, command);
    return { command, positionals: rest, given: options };
}
function separated(argv) {
    const options = new Map();
    const positionals = [];
    for (let index = 0; index < argv.length; index++) {
        const argument = argv[index];
        if (argument === '--')
            return { options, positionals: [...positionals, ...argv.slice(index + 1)] };
        if (!argument.startsWith('-') || argument === '-') {
            positionals.push(argument);
            continue;
        }
        const { option, value } = optionOf(argument, argv[index + 1]);
        if (OPTIONS[option].takes !== 'flag' && !argument.includes('='))
            index++;
        const values = options.get(option) ?? [];
        if (values.length > 0 && OPTIONS[option].takes !== 'values')
            throw new UsageError(`${option} is given twice; give it once`);
        options.set(option, [...values, value]);
    }
    return { options, positionals };
}
function optionOf(argument, next) {
    const at = argument.indexOf('=');
    const option = at === -1 ? argument : argument.slice(0, at);
    if (!isOption(option))
        throw new UsageError(`${named(option)} is no option; see \`authn --help\``);
    if (OPTIONS[option].takes === 'flag') {
        if (at !== -1)
            throw new UsageError(`${option} takes no value; leave out what follows it`);
        return { option, value: '' };
    }
    const value = at === -1 ? next : argument.slice(at + 1);
    if (value === undefined || value === '')
        throw new UsageError(`${option} needs a value; see \`authn --help\``);
    // What reads a file says so itself, and the file may bear such a name.
    if (!OF_FILES.includes(option) && isToken(value))
        throw new UsageError(`the value of ${option} looks like a token; see \`authn --help\``);
    return { option, value };
}
// An unknown option may be a token with a slip before it: no more of it is shown than an option has.
function named(option) {
    return /^-[-a-zA-Z]{1,30}$/.test(option) ? option : 'what begins with `-`';
}
// A token may stand where the command was forgotten.
function namedCommand(command) {
    return /^[a-zA-Z]{1,20}$/.test(command) ? `\`${command}\`` : 'the first argument';
}
function refuseMisplaced(option, command) {
    const of = OPTIONS[option].of;
    if (!of.includes(command))
        throw new UsageError(`${option} is not for ${command}; it is for ${of.join(', ')}`);
}
function isCommand(name) {
    return COMMANDS.includes(name);
}
function isOption(name) {
    return Object.hasOwn(OPTIONS, name);
}
/** The value of an option that is given once. */
export function valueOf(given, option) {
    return given.get(option)?.[0];
}
/** A number of seconds. Throws UsageError. */
export function secondsOf(given, option) {
    const value = valueOf(given, option);
    if (value === undefined)
        return undefined;
    if (/^[0-9]{1,12}$/.test(value))
        return Number(value);
    throw new UsageError(`${option} is not a whole number of seconds`);
}
/** Throws UsageError if more arguments were given than a command takes. */
export function refuseMore({ command, positionals }, most) {
    if (positionals.length > most)
        throw new UsageError(`${command} takes ${most === 0 ? 'no argument' : 'one argument'}`);
}
