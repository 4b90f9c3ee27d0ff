// A policy or contract that the module refuses, in the words of the command line: the option that is to blame.
import { UsageError } from './io.js';
/** What to throw; `text` is the module's answer as it came. */
export function refused(given, refusal, text) {
    return new UsageError(`${blamed(given, refusal.path ?? '')}${refusal.message}`, text);
}
function blamed(given, path) {
    const [, entry, name = ''] = /^\/(issuers\/0\/|options\/)?([a-z_]+)/.exec(path) ?? [];
    const option = `--${name.replaceAll('_', '-')}`;
    // `--app` and `--environment` may be to blame for being left out.
    const asked = entry === undefined ? `/${name}` === path && /^(app|environment)$/.test(name) : given.has(option);
    if (asked && !given.has('--policy'))
        return `${option} `;
    const source = given.has('--policy') ? '--policy' : given.has('--contract') ? '--contract' : 'the policy';
    return path === '' ? `${source}: ` : `${source}: \`${path}\` `;
}
/** One line on a refusal. */
export function refusalLine({ path, message }) {
    return path ? `\`${path}\` ${message}` : message;
}
