// Must not compile: each line is a mistake that would otherwise be found in production.

import { AuthError, createVerifier, familyContract, inspect } from '@fuzefront/authn'
import type { AuthErrorCode, CheckResult, Identity } from '@fuzefront/authn'
import { requireAuth, requireRoles } from '@fuzefront/authn/express'

const entry = { issuer: 'https://id.example/', audience: 'app' }
declare const maybe: string | undefined
declare const result: CheckResult
declare const identity: Identity
declare const error: AuthError

// @ts-expect-error no options
createVerifier()
// @ts-expect-error the audience is left out: tokens of every app would pass
createVerifier({ issuer: 'https://id.example/' })
// @ts-expect-error the issuer is left out
createVerifier({ audience: 'app' })
// @ts-expect-error an environment variable that may be missing
createVerifier({ issuer: 'https://id.example/', audience: maybe })
// @ts-expect-error null is for legacy entries
createVerifier({ issuer: 'https://id.example/', audience: null })
// @ts-expect-error a misspelt option would be silently ignored
createVerifier({ issuer: 'https://id.example/', audience: 'app', audiance: 'x' })
// @ts-expect-error HS256 needs legacy mode
createVerifier({ ...entry, algorithms: ['HS256'] })
// @ts-expect-error a secret needs legacy mode
createVerifier({ ...entry, secret: 'x' })
// @ts-expect-error a legacy entry needs its secret
createVerifier({ mode: 'legacy-hs256', issuer: null, audience: null })
// @ts-expect-error leaving out the audience is not the same as null
createVerifier({ mode: 'legacy-hs256', secret: 'x', issuer: null })
// @ts-expect-error one entry spelt out, or a list of entries
createVerifier({ ...entry, issuers: [entry] })
// @ts-expect-error an entry of the list without audience
createVerifier({ issuers: [{ issuer: 'x' }] })
// @ts-expect-error a contract without the app that verifies
createVerifier({ contract: familyContract() })
// @ts-expect-error the audience stands in the contract
createVerifier({ contract: familyContract(), app: 'fuzekeys', audience: 'x' })
// @ts-expect-error an app without its contract
createVerifier({ ...entry, app: 'fuzekeys' })
// @ts-expect-error a contract beside entries
createVerifier({ contract: familyContract(), app: 'fuzekeys', issuers: [entry] })
// @ts-expect-error a contract is an object, not its text
createVerifier({ contract: '{}', app: 'fuzekeys' })
// @ts-expect-error what is unverified is no identity
export const who: Identity = inspect('x')
// @ts-expect-error a claim is unknown until it is looked at
inspect('x').claims?.['sub'].length
// @ts-expect-error a clock gives a number, not a Date
createVerifier({ ...entry, clock: () => new Date() })
// @ts-expect-error a revocation hook that forgets to answer
createVerifier({ ...entry, isRevoked: () => {} })
// @ts-expect-error there is no such event
createVerifier({ ...entry, onEvent: (event) => event.type === 'keys.fetched' })
// @ts-expect-error no event tells who
createVerifier({ ...entry, onEvent: (event) => event.subject })
// @ts-expect-error a bad token has no identity
void result.identity
// @ts-expect-error an identity is not changed in place
identity.userId = 'x'
// @ts-expect-error nor are its roles
identity.roles.push('admin')
// @ts-expect-error a claim is unknown until it is looked at
identity.claims['sid'].length
// @ts-expect-error there is no such code
export const code: AuthErrorCode = 'TOKEN_EXPIRED'
// @ts-expect-error a comparison that can never hold
if (error.code === 'EXPIRE') throw error
// @ts-expect-error no verifier
requireAuth({})
// @ts-expect-error roles are separate arguments
requireRoles(['admin'])
