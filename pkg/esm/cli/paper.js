// How answers are laid out for people: aligned rows, wrapped at 80 columns; colour and nothing else depends on the
// terminal. Everything from a token or a network goes through `safe`: it must not steer the terminal.
const WIDTH = 80;
const LEAST = 20;
const CODES = { good: '1;32', bad: '1;31', warn: '1;33', bold: '1', dim: '2' };
export function paint(paper, style, text) {
    return paper.colour ? `\x1b[${CODES[style]}m${text}\x1b[0m` : text;
}
/** Rows with their values under each other. A word longer than its line stays `whole`, or is `broken`. */
export function rows(paper, given, indent = 0, words = 'whole') {
    const shown = given.filter((row) => row[1] !== undefined);
    const width = Math.max(0, ...shown.map(([label]) => length(label)));
    return shown.map(([label, value]) => row(paper, pad(label, width), value, indent, words)).join('');
}
function row(paper, label, value, indent, words) {
    const margin = ' '.repeat(indent);
    // Beside a very long label a few columns are left.
    const width = Math.max(LEAST, WIDTH - indent - length(label) - 2);
    const text = words === 'broken' ? broken(value, width) : value;
    const lines = text.split('\n').flatMap((line) => wrap(line, width));
    const rest = `\n${margin}${' '.repeat(length(label) + 2)}`;
    return `${margin}${paint(paper, 'dim', label)}  ${lines.join(rest)}`.replace(/ +$/, '') + '\n';
}
/** Columns under each other, two spaces apart. The first row is a heading. */
export function table(paper, [heading, ...lines]) {
    if (heading === undefined)
        return '';
    const widths = heading.map((_, column) => Math.max(...[heading, ...lines].map((line) => length(line[column] ?? ''))));
    const line = (cells) => cells
        .map((cell, column) => pad(cell, widths[column] ?? 0))
        .join('  ')
        .replace(/ +$/, '');
    return [paint(paper, 'dim', line(heading)), ...lines.map(line)].map((text) => `${text}\n`).join('');
}
/** Lines of at most `width` columns, broken at spaces; a longer word stays whole. */
export function wrap(text, width) {
    const lines = [];
    let line;
    for (const word of text.replace(/ +$/, '').split(' ')) {
        if (line === undefined)
            line = word;
        else if (length(line) + 1 + length(word) <= width)
            line += ` ${word}`;
        else {
            lines.push(line);
            line = word;
        }
    }
    return [...lines, line ?? ''];
}
// Nothing is cut off: whoever looks at a token wants all of it.
function broken(text, width) {
    const pieces = (word) => {
        const characters = [...word];
        const starts = characters.flatMap((_, index) => (index % width === 0 ? [index] : []));
        return starts.map((start) => characters.slice(start, start + width).join(''));
    };
    return text
        .split(' ')
        .map((word) => pieces(word).join('\n'))
        .join(' ');
}
/** A JSON value as people read it: strings bare, lists of strings with commas. */
export function shown(value) {
    if (typeof value === 'string')
        return value === '' ? '""' : safe(value);
    if (Array.isArray(value) && value.length > 0 && value.every((item) => typeof item === 'string'))
        return value.map(shown).join(', ');
    return safe(JSON.stringify(value));
}
/** The members of an object in one line, as `at most 5, state fresh`. */
export function membersLine(members, value) {
    return Object.entries(members)
        .map(([name, member]) => `${safe(name.replaceAll('_', ' '))} ${value(member)}`)
        .join(', ');
}
export function isObject(value) {
    return typeof value === 'object' && value !== null && !Array.isArray(value);
}
/** Text without what a terminal would obey, or show as if it were not there. */
export function safe(text) {
    return text.replace(UNSAFE, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`);
}
// Controls, marks without width, changes of direction, halves of surrogate pairs.
const UNSAFE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;
export function pad(text, width) {
    return text + ' '.repeat(Math.max(0, width - length(text)));
}
function length(text) {
    return [...text].length;
}
