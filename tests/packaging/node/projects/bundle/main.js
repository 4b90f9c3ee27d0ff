import { createVerifier } from '@fuzefront/authn'

const verifier = createVerifier(JSON.parse(globalThis.OPTIONS))
verifier.verify(globalThis.TOKEN).then((identity) => globalThis.console.log(identity.userId))
