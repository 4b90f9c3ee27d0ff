// `inspect`: what a token says, without keys. Says loudly that nothing of it is verified.
import { once } from '../stateless.js';
import { memberRows } from './claims.js';
import { EXIT } from './io.js';
import { paint, rows, safe } from './paper.js';
import { tokenOf } from './token.js';
export async function inspect(io, line) {
    const token = await tokenOf(io, line);
    const { answer, text } = once((engine) => ({ answer: engine.inspect(token), text: engine.lastText() }));
    const given = new TextEncoder().encode(token).length;
    return {
        code: answer.fault === undefined ? EXIT.good : EXIT.bad,
        json: text,
        page: (paper) => page(paper, answer, given),
    };
}
const FORMS = {
    jws: 'jws (a signed token)',
    jwe: 'jwe (an encrypted token: only its header can be read)',
    opaque: 'opaque (no JWT: only who issued it can say what it means)',
    malformed: 'malformed (no JWT)',
};
function page(paper, token, given) {
    const { bytes, fault, form, header, claims, signature_bytes: signature } = token;
    const about = rows(paper, [
        ['form', FORMS[form]],
        ['size', given > bytes ? `${given} bytes, of which ${bytes} were looked at` : `${bytes} bytes`],
        ['signature', signature === undefined ? undefined : `${signature} bytes, not verified`],
        [
            'fault',
            fault === undefined
                ? undefined
                : Object.values(fault)
                    .map((word) => safe(word))
                    .join(', '),
        ],
    ]);
    const parts = [section(paper, 'header', header), section(paper, 'claims', claims)];
    return `${paint(paper, 'warn', 'UNVERIFIED')}  anyone can write a token that says this\n\n${about}${parts.join('')}`;
}
function section(paper, title, members) {
    if (members === undefined)
        return '';
    const heading = paint(paper, 'bold', `${title} (unverified)`);
    return `\n${heading}\n${rows(paper, memberRows(paper, members), 2, 'broken')}`;
}
