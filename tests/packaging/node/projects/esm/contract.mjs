import { createVerifier, familyContract, inspect } from '@fuzefront/authn'
import { diagnose } from '@fuzefront/authn/doctor'

const { OPTIONS, FAMILY_TOKEN } = process.env
const { keys } = JSON.parse(OPTIONS)
const verifier = createVerifier({ contract: familyContract(), app: 'fuzekeys', environment: 'production', keys })
if (verifier.contract.name !== 'fuzefront') throw new Error('another contract')
if (inspect(FAMILY_TOKEN).unverified !== true) throw new Error('unverified, and silent about it')
if (typeof diagnose !== 'function') throw new Error('no doctor')
console.log((await verifier.verify(FAMILY_TOKEN)).userId)
