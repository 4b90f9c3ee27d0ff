// Must compile with neither the DOM's nor Node's types: the declarations need nothing but the language.

import { createVerifier } from '@fuzefront/authn'
import { requireAuth } from '@fuzefront/authn/express'

export const auth = requireAuth({ verifier: createVerifier({ issuer: 'https://id.example/', audience: 'app' }) })
