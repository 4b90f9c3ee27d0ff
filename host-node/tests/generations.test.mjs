// Generations never go back, whatever happens to the instance: a cache of verdicts may rely on them.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Verifier } from '../build/verifier.js'
import { makeDoors } from './support/doors.mjs'
import { setUp, until } from './support/keyring.mjs'
import { jwks, makeKey, mintLegacy } from './support/tokens.mjs'

const secret = 'a shared secret of at least thirty-two bytes'
const legacy = { mode: 'legacy-hs256', secret, issuer: null, audience: null }

test('after a trap a generation stands for the same keys, and the next one is higher', async (t) => {
  const { issuer, entry, time, token, tokenOf } = await setUp(t)
  const doors = makeDoors()
  const rotations = []
  const onEvent = ({ type, generation }) => type === 'keys.rotated' && rotations.push(generation)
  const options = { issuers: [legacy, entry], clock: () => time.now, onEvent }
  const verifier = new Verifier(options, doors.instantiate)
  t.after(() => verifier.close())
  const [second, third] = [makeKey('k2'), makeKey('k3')]
  const generation = async (token) => {
    const { keys } = await verifier.check(token)
    assert.equal(verifier.status()[1].generation, keys.generation)
    return keys.generation
  }
  const trap = () => {
    doors.failing.add('authn_verify')
    assert.equal(verifier.checkSync(token).error.details.reason, 'trap')
    doors.failing.clear()
  }
  assert.equal(await generation(token), 1)
  issuer.keys = jwks(second)
  time.now += 60
  assert.equal(await generation(tokenOf(second)), 2)
  for (let turn = 0; turn < 2; turn++) {
    trap()
    assert.equal(await generation(tokenOf(second)), 2)
  }
  const session = mintLegacy(secret, { userId: 'u', iat: time.now, exp: time.now + 60 })
  assert.equal((await verifier.check(session)).keys.generation, 0)
  issuer.keys = jwks(third)
  time.now += 60
  assert.equal(await generation(tokenOf(third)), 3)
  assert.deepEqual(rotations, [2, 3])
})

test('keys that were lost with the instance come back under a new number', async (t) => {
  const { issuer, entry, time, token, tokenOf } = await setUp(t)
  const doors = makeDoors()
  const verifier = new Verifier({ ...entry, clock: () => time.now }, doors.instantiate)
  t.after(() => verifier.close())
  assert.equal((await verifier.check(token)).keys.generation, 1)
  doors.failing.add('authn_verify').add('authn_offer')
  for (let turn = 0; turn < 2; turn++) assert.equal((await verifier.check(token)).ok, false)
  doors.failing.clear()
  const next = makeKey('k2')
  issuer.keys = jwks(next)
  await until(() => verifier.status()[0].state === 'empty')
  assert.equal((await verifier.check(tokenOf(next))).keys.generation, 2)
})
