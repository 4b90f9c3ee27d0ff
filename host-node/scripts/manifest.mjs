// The package.json of the npm package: what `npm pack` in pkg/ is made from.

const SUBPATHS = ['doctor', 'express', 'opentelemetry', 'redis']

/** The manifest for a version, an object in the order npm prints it. */
export function manifest(version) {
  return {
    name: '@fuzefront/authn',
    version,
    description: 'One token verifier for a family of apps: strict JWT verdicts, the same in every language',
    keywords: ['jwt', 'jws', 'jwks', 'oidc', 'bearer', 'verify', 'authentication', 'webassembly', 'express'],
    license: 'Apache-2.0',
    repository: { type: 'git', url: 'git+https://github.com/izzywdev/FuzeFront.git' },
    type: 'module',
    bin: { authn: './esm/cli.js' },
    engines: { node: '>=20' },
    sideEffects: false,
    main: './cjs/index.js',
    module: './esm/index.js',
    types: './cjs/index.d.ts',
    // For `moduleResolution: node` (TypeScript's old default with CommonJS), which does not read `exports`.
    typesVersions: { '*': Object.fromEntries(SUBPATHS.map((name) => [name, [`./cjs/${name}.d.ts`]])) },
    exports: {
      '.': entry('index'),
      ...Object.fromEntries(SUBPATHS.map((name) => [`./${name}`, entry(name)])),
      './authn-tools.wasm': './authn-tools.wasm',
      './authn.wasm': './authn.wasm',
      './contracts/fuzefront.v1.json': './contracts/fuzefront.v1.json',
      './package.json': './package.json',
    },
    files: ['NOTICES', 'authn*.wasm', 'authn*.wasm.sha256', 'cjs', 'contracts', 'esm'],
  }
}

function entry(name) {
  return {
    import: { types: `./esm/${name}.d.ts`, default: `./esm/${name}.js` },
    require: { types: `./cjs/${name}.d.ts`, default: `./cjs/${name}.js` },
  }
}
