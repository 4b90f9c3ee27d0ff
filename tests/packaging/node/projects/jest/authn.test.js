const { AuthError, createVerifier } = require('@fuzefront/authn')

const verifier = createVerifier(JSON.parse(process.env.OPTIONS))

test('a good token gives an identity', async () => {
  await expect(verifier.verify(process.env.TOKEN)).resolves.toMatchObject({ userId: 'user-1' })
})

test('a bad token is an AuthError', async () => {
  await expect(verifier.verify('a.b.c')).rejects.toBeInstanceOf(AuthError)
  await expect(verifier.verify('a.b.c')).rejects.toMatchObject({ code: 'MALFORMED', status: 401 })
})

test('bytes of the test environment are bytes', async () => {
  const secret = new Uint8Array(32)
  const legacy = createVerifier({ mode: 'legacy-hs256', secret, issuer: null, audience: null })
  expect(legacy.checkSync(process.env.TOKEN).ok).toBe(false)
})
