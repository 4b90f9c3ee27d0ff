// Runs the examples of the front page as they stand: each JavaScript and Python block is executed with ISSUER naming an
// issuer that is started here, and a token as its argument. (The Rust block is compiled and run by `cargo test --doc`.)

import { execFile } from 'node:child_process'
import { generateKeyPairSync, sign } from 'node:crypto'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const python = process.env.AUTHN_PYTHON ?? 'python3'
const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })

const server = createServer((request, response) => {
  const issuer = `http://127.0.0.1:${server.address().port}/`
  const body = request.url.startsWith('/.well-known/')
    ? { issuer, jwks_uri: `${issuer}jwks` }
    : { keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'k1', use: 'sig', alg: 'RS256' }] }
  response.setHeader('content-type', 'application/json').end(JSON.stringify(body))
})
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
const issuer = `http://127.0.0.1:${server.address().port}/`

const blocks = [...readFileSync(join(root, 'README.md'), 'utf8').matchAll(/^```(js|python)\n(.*?)^```/gms)]
const folder = mkdtempSync(join(tmpdir(), 'authn-readme-'))
mkdirSync(join(folder, 'node_modules/@fuzefront'), { recursive: true })
symlinkSync(join(root, 'pkg'), join(folder, 'node_modules/@fuzefront/authn'))

let passed = 0
let failed = blocks.length === 4 ? 0 : 1
for (const [, language, code] of blocks) {
  const output = language === 'js' ? await run(process.execPath, 'example.mjs', code) : await run(python, 'example.py', code)
  const expected = code.includes('contract') ? /name[:=] ?'fuzefront',[^]*app[:=] ?'fuzekeys'/ : /^user-1 /
  if (expected.test(output)) {
    passed += 1
  } else {
    failed += 1
    console.error(`the ${language} example of README.md printed:\n${output}`)
  }
}
server.close()
rmSync(folder, { recursive: true })
console.log(`readme: ${passed} passed, ${failed} failed, 0 skipped`)
process.exitCode = failed === 0 ? 0 : 1

function run(command, name, code) {
  writeFileSync(join(folder, name), code)
  const options = { cwd: folder, env: { ...process.env, ISSUER: issuer }, timeout: 60_000 }
  return new Promise((resolve) => {
    execFile(command, [name, mint()], options, (error, stdout, stderr) => resolve(error ? stderr || String(error) : stdout))
  })
}

function mint() {
  const now = Math.floor(Date.now() / 1000)
  const claims = { iss: issuer, aud: 'fuzekeys-oidc-client', sub: 'user-1', iat: now, exp: now + 300 }
  const encode = (value) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const input = `${encode({ alg: 'RS256', kid: 'k1' })}.${encode(claims)}`
  return `${input}.${sign('sha256', Buffer.from(input), privateKey).toString('base64url')}`
}
