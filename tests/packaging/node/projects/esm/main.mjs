import { AuthError, createVerifier } from '@fuzefront/authn'
import { requireAuth } from '@fuzefront/authn/express'

const verifier = createVerifier(JSON.parse(process.env.OPTIONS))
const refused = await verifier.check(`${process.env.TOKEN}x`)
if (refused.ok || !(refused.error instanceof AuthError)) throw new Error('a bad token passed')
if (typeof requireAuth({ verifier }) !== 'function') throw new Error('no middleware')
console.log((await verifier.verify(process.env.TOKEN)).userId)
