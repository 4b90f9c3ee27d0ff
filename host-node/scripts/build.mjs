// Assembles pkg/ around `pkg/authn.wasm`: inlines the bytes, compiles the TypeScript twice, writes the manifest.
// Same sources, same bytes: no time, no path and no machine goes into the output.
// Usage: node scripts/build.mjs [output folder, default ../pkg]

import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { manifest } from './manifest.mjs'

const host = resolve(dirname(fileURLToPath(import.meta.url)), '..')
const root = dirname(host)
const wasm = join(root, 'pkg', 'authn.wasm')
const out = resolve(process.argv[2] ?? join(root, 'pkg'))

const CONTRACT = 'fuzefront.v1.json'

const bytes = readModule()
const contract = readContract()
for (const format of ['esm', 'cjs']) {
  rmSync(join(out, format), { recursive: true, force: true })
  compile(format)
  inline(format, 'wasm', 'WASM_BASE64', 'The bytes of authn.wasm, in base64.', bytes.toString('base64'))
  inline(format, 'family', 'FAMILY_CONTRACT', `The text of ${CONTRACT}.`, contract.toString('utf8'))
}
writeFileSync(join(out, 'cjs', 'package.json'), json({ type: 'commonjs' }))
writeFileSync(join(out, 'package.json'), json(manifest(version())))
writeFileSync(join(out, 'authn.wasm.sha256'), `${createHash('sha256').update(bytes).digest('hex')}  authn.wasm\n`)
mkdirSync(join(out, 'contracts'), { recursive: true })
writeFileSync(join(out, 'contracts', CONTRACT), contract)
if (out !== dirname(wasm)) copyFileSync(wasm, join(out, 'authn.wasm'))
copyFileSync(join(host, 'README.md'), join(out, 'README.md'))
copyLicence()

function readModule() {
  if (existsSync(wasm)) return readFileSync(wasm)
  fail('pkg/authn.wasm is missing; build it with `cargo xtask build`')
}

function readContract() {
  const file = join(root, 'docs', 'contract', CONTRACT)
  if (existsSync(file)) return readFileSync(file)
  fail(`docs/contract/${CONTRACT} is missing`)
}

function compile(format) {
  const tsc = join(host, 'node_modules', 'typescript', 'bin', 'tsc')
  if (!existsSync(tsc)) fail('TypeScript is not installed; run `npm ci` in host-node')
  const config = join(host, format === 'cjs' ? 'tsconfig.cjs.json' : 'tsconfig.json')
  try {
    execFileSync(process.execPath, [tsc, '-p', config, '--outDir', join(out, format)], { stdio: 'inherit' })
  } catch {
    fail(`the ${format} build failed`)
  }
}

function inline(format, name, constant, said, text) {
  const value = `${constant} = ${JSON.stringify(text)};\n`
  const folder = join(out, format)
  mkdirSync(folder, { recursive: true })
  copyFileSync(join(host, 'src', `${name}.d.ts`), join(folder, `${name}.d.ts`))
  writeFileSync(
    join(folder, `${name}.js`),
    format === 'esm'
      ? `// ${said}\nexport const ${value}`
      : `"use strict";\n// ${said}\nObject.defineProperty(exports, "__esModule", { value: true });\nexports.${value}`,
  )
}

function version() {
  const cargo = readFileSync(join(root, 'Cargo.toml'), 'utf8')
  const found = /^\[workspace\.package\][^[]*?^version = "([^"]+)"/m.exec(cargo)
  return found?.[1] ?? fail('Cargo.toml has no [workspace.package] version')
}

function copyLicence() {
  const licence = join(root, 'LICENSE')
  if (existsSync(licence)) copyFileSync(licence, join(out, 'LICENSE'))
  else console.warn('build: no LICENSE at the root of the repository; pkg/ goes without')
}

function json(value) {
  return `${JSON.stringify(value, null, 2)}\n`
}

function fail(message) {
  console.error(`build: ${message}`)
  process.exit(1)
}
