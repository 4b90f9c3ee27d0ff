import { createVerifier } from '@fuzefront/authn';
import type { Identity, VerifierOptions } from '@fuzefront/authn';
import { requireAuth, requireRoles } from '@fuzefront/authn/express';

declare const process: { readonly env: Record<string, string> };
declare const console: { log(text: string): void };

const options: VerifierOptions = JSON.parse(process.env['OPTIONS'] ?? '');
const verifier = createVerifier(options);
export const handlers = [requireAuth({ verifier }), requireRoles('admin')];

// @ts-expect-error the audience is left out
export const careless = (): unknown => createVerifier({ issuer: 'https://id.example/' });

verifier.verify(process.env['TOKEN']).then((identity: Identity) => console.log(identity.userId));
