// What is shipped: the same bytes everywhere, what the sources build, types that tools accept, codes that agree.

import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readFile, readdir } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { ABI } from '../../../pkg/esm/generated.js'
import { FAMILY_CONTRACT } from '../../../pkg/esm/family.js'
import { AUTH_ERROR_CODES, AuthError, createVerifier } from '../../../pkg/esm/index.js'
import { TOOLS_BASE64 } from '../../../pkg/esm/tools-wasm.js'
import { WASM_BASE64 } from '../../../pkg/esm/wasm.js'
import { AUDIENCE, ISSUER, jwks, makeKey } from '../support/tokens.mjs'

const host = fileURLToPath(new URL('../..', import.meta.url))
const pkg = fileURLToPath(new URL('../../../pkg/', import.meta.url))
const options = { issuer: ISSUER, audience: AUDIENCE, keys: jwks(makeKey('k1')) }
const cjs = createRequire(import.meta.url)(join(pkg, 'cjs', 'index.js'))

function run(script, ...args) {
  return new Promise((resolve) =>
    execFile(process.execPath, [join(host, script), ...args], { cwd: host }, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : error.code, output: stdout + stderr }),
    ),
  )
}

async function filesOf(folder) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const names = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
  return names.map((name) => name.slice(folder.length).replace(/^[/\\]/, '')).sort()
}

test('every code has a heading in docs/errors.md, and no other has', async () => {
  const text = await readFile(join(host, '..', 'docs', 'errors.md'), 'utf8')
  const headings = [...text.matchAll(/^## ([A-Z_]+)$/gm)].map(([, code]) => code)
  assert.deepEqual(headings.sort(), [...AUTH_ERROR_CODES].sort())
})

test('the inlined bytes are those of the modules, and the digests are theirs', async () => {
  for (const [name, base64] of [
    ['authn.wasm', WASM_BASE64],
    ['authn-tools.wasm', TOOLS_BASE64],
  ]) {
    const wasm = await readFile(join(pkg, name))
    const hex = createHash('sha256').update(wasm).digest('hex')
    assert.equal(Buffer.from(base64, 'base64').compare(wasm), 0)
    assert.equal(await readFile(join(pkg, `${name}.sha256`), 'utf8'), `${hex}  ${name}\n`)
    if (name !== 'authn.wasm') continue
    assert.equal(createVerifier(options).digest, hex)
    assert.equal(cjs.createVerifier(options).digest, hex)
  }
})

test('an error of one module format is an AuthError of the other', async () => {
  const { error } = await cjs.createVerifier(options).check('')
  assert.ok(error instanceof AuthError)
  assert.ok(error instanceof cjs.AuthError)
  assert.equal(new Error('x') instanceof AuthError, false)
  assert.equal(null instanceof AuthError, false)
})

test('only the command line and the doctor load the tools', async () => {
  const users = []
  for (const name of (await filesOf(join(pkg, 'esm'))).filter((name) => name.endsWith('.js')))
    if (/['"]\.\/tools\.js['"]/.test(await readFile(join(pkg, 'esm', name), 'utf8'))) users.push(name)
  assert.deepEqual(users, ['cli.js', 'doctor.js'])
})

test('the shipped contract is the file of the repository, inlined byte for byte', async () => {
  const text = await readFile(join(host, '..', 'docs', 'contract', 'fuzefront.v1.json'), 'utf8')
  assert.equal(await readFile(join(pkg, 'contracts', 'fuzefront.v1.json'), 'utf8'), text)
  assert.equal(FAMILY_CONTRACT, text)
})

test('the command starts by itself', async () => {
  const { bin, version } = JSON.parse(await readFile(join(pkg, 'package.json'), 'utf8'))
  const { code, output } = await run(join('..', 'pkg', bin.authn), '--version')
  assert.equal(code, 0, output)
  assert.equal(output, `fuzefront-authn ${version} (ABI ${ABI})\n`)
})

test('nothing shipped names another package, a place or a host tool', async () => {
  for (const name of (await filesOf(pkg)).filter((name) => name.endsWith('.js') && !name.endsWith('wasm.js'))) {
    const text = await readFile(join(pkg, name), 'utf8')
    const imports = [...text.matchAll(/(?:from |require\(|import\()['"]([^'"]+)['"]/g)].map(([, path]) => path)
    const bin = name === join('esm', 'cli.js')
    assert.deepEqual(
      imports.filter((path) => !/^\.\.?\//.test(path)),
      bin ? ['node:fs/promises', 'node:process'] : [],
      name,
    )
    if (!bin) assert.doesNotMatch(text, /\bprocess\.[a-z]|\b__dirname\b|(?<!\.)\beval\(|new Function|^await /m, name)
  }
})

test('the lock file names no registry', async () => {
  for (const name of ['package-lock.json', '../tests/packaging/node/package-lock.json']) {
    assert.doesNotMatch(await readFile(join(host, name), 'utf8'), /"resolved"|registry\./, name)
  }
})

test('the types say what must and must not compile', async (t) => {
  for (const config of ['esm', 'cjs', 'bare']) {
    await t.test(config, async () => {
      const { code, output } = await run('node_modules/typescript/bin/tsc', '-p', `tests/types/tsconfig.${config}.json`)
      assert.equal(code, 0, output)
    })
  }
})

test('publint finds nothing', async () => {
  const { code, output } = await run('node_modules/publint/src/cli.js', pkg, '--strict', '--pack', 'npm')
  assert.equal(code, 0, output)
  assert.match(output, /All good/)
})

test('the types are right for every way of importing', async () => {
  const args = [
    '--pack',
    pkg,
    '--format',
    'ascii',
    '--no-color',
    '--no-emoji',
    '--exclude-entrypoints',
    './authn.wasm',
    './authn-tools.wasm',
  ]
  const { code, output } = await run('node_modules/@arethetypeswrong/cli/dist/index.js', ...args)
  assert.equal(code, 0, output)
})
