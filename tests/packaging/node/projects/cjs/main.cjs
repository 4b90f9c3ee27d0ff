const { AuthError, createVerifier } = require('@fuzefront/authn')
const { requireAuth } = require('@fuzefront/authn/express')

const verifier = createVerifier(JSON.parse(process.env.OPTIONS))
const refused = verifier.checkSync(`${process.env.TOKEN}x`)
if (refused.ok || !(refused.error instanceof AuthError)) throw new Error('a bad token passed')
if (typeof requireAuth({ verifier }) !== 'function') throw new Error('no middleware')
verifier.verify(process.env.TOKEN).then((identity) => console.log(identity.userId))
