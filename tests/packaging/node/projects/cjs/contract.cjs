const { createVerifier, inspect } = require('@fuzefront/authn')
const { diagnose } = require('@fuzefront/authn/doctor')
const contract = require('@fuzefront/authn/contracts/fuzefront.v1.json')

const { OPTIONS, FAMILY_TOKEN } = process.env
const { keys } = JSON.parse(OPTIONS)
const verifier = createVerifier({ contract, app: 'fuzekeys', environment: 'production', keys })
if (verifier.contract.name !== 'fuzefront') throw new Error('another contract')
if (inspect(FAMILY_TOKEN).unverified !== true) throw new Error('unverified, and silent about it')
if (typeof diagnose !== 'function') throw new Error('no doctor')
verifier.verify(FAMILY_TOKEN).then((identity) => console.log(identity.userId))
