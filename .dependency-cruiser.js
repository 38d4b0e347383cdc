// Who may import whom, between packages and inside them. Type-only imports count like any other.
// Each rule has a case in tools/lint.test.ts that breaks it.

// What each folder may import of our packages. `testing` may import anything, and `cli` anything but `testing`.
const packageImports = {
  'packages/core': [],
  'packages/contract': [],
  'packages/auth': ['core'],
  'packages/service': ['contract', 'auth', 'core'],
  'packages/e3kit': ['core', 'contract'],
  'packages/chat': ['core'],
  'packages/chat-twilio': ['chat', 'core'],
  'packages/twilio-emulator': [],
  'apps/chat': ['e3kit', 'chat', 'chat-twilio'],
  'apps/dashboard': ['contract', 'core'],
};

const anyTest = '[.]test[.]ts$';

const betweenPackages = Object.entries(packageImports).map(([folder, allowed]) => ({
  name: `${folder.replace('packages/', '').replace('/', '-')}-imports`,
  comment: `${folder} imports ${allowed.length > 0 ? `only ${allowed.join(', ')}` : 'none of our packages'}.`,
  severity: 'error',
  from: { path: `^${folder}/` },
  // Whether testing may be imported is the business of testing-only-in-tests.
  to: {
    path: '^packages/',
    pathNot: [`^${folder}/`, `^packages/(${[...allowed, 'testing'].join('|')})/`],
  },
}));

/** Forbids each layer, the highest first, to import one above it. */
function upwardImports(packageName, layers) {
  return layers.slice(1).map((layer, index) => ({
    name: `${packageName}-${layer.name}-upward`,
    comment: `In ${packageName}: ${layers.map(({ name }) => name).join(' > ')}; an import goes to the right only.`,
    severity: 'error',
    from: { path: `^packages/${packageName}/src/${layer.path}`, pathNot: anyTest },
    to: {
      path: layers.slice(0, index + 1).map(({ path }) => `^packages/${packageName}/src/${path}`),
    },
  }));
}

const layer = (name) => ({ name, path: `${name}([.]ts$|/)` });

export default {
  forbidden: [
    ...betweenPackages,
    {
      name: 'testing-only-in-tests',
      comment:
        'testing is imported by tests, by what runs them, and by what drives browsers, official clients, nodes, faults, rehearsals and benchmarks around them.',
      severity: 'error',
      from: {
        pathNot: [
          '^packages/testing/',
          '^vitest[.]config[.]ts$',
          '^(browser|interop|bench|cluster|faults|deploy/rehearsal)/',
          anyTest,
        ],
      },
      to: { path: '^packages/testing/' },
    },
    {
      name: 'no-tests-imported',
      comment: 'A test is imported by nothing.',
      severity: 'error',
      from: {},
      to: { path: anyTest },
    },
    {
      name: 'no-foreign-internals',
      comment: 'Another package is imported by its name, which leads to what it exports.',
      severity: 'error',
      from: { path: '^(packages/[^/]+|apps|examples|interop|browser|e2e|bench|cluster|faults)/' },
      to: { path: '^packages/', pathNot: '^$1/', dependencyTypesNot: ['aliased-workspace'] },
    },
    {
      name: 'no-leaves-imported',
      comment: 'Nothing imports apps, examples, interop, browser, e2e, bench, cluster or faults.',
      severity: 'error',
      from: { path: '^(apps/[^/]+|[^/]+)/' },
      to: { path: '^(apps|examples|interop|browser|e2e|bench|cluster|faults)/', pathNot: '^$1/' },
    },

    ...upwardImports('service', ['main', 'app', 'routes', 'domain', 'store'].map(layer)),
    {
      name: 'service-domain-pure',
      comment: 'The rules know neither HTTP nor SQL.',
      severity: 'error',
      from: { path: '^packages/service/src/domain([.]ts$|/)', pathNot: anyTest },
      to: { path: ['node_modules/(hono|@hono/[^/]+|kysely|libsql|pg)/', '^(node:)?(http|https|http2|net|sqlite)$'] },
    },
    {
      name: 'service-store-no-http',
      comment: 'Queries do not know HTTP.',
      severity: 'error',
      from: { path: '^packages/service/src/store([.]ts$|/)', pathNot: anyTest },
      to: { path: ['node_modules/(hono|@hono/[^/]+)/', '^(node:)?(http|https|http2)$'] },
    },

    ...upwardImports('e3kit', ['e3kit', 'use-cases', 'ports'].map(layer)),
    {
      name: 'e3kit-platform-apart',
      comment: 'What a use case needs of its surroundings comes through a port.',
      severity: 'error',
      from: { path: '^packages/e3kit/src/(use-cases|ports)([.]ts$|/)', pathNot: anyTest },
      to: { path: '^packages/e3kit/src/platform/' },
    },
    {
      name: 'e3kit-platform-adapts',
      comment: 'An adapter knows the port that it fills, and nothing above it.',
      severity: 'error',
      from: { path: '^packages/e3kit/src/platform/', pathNot: anyTest },
      to: { path: '^packages/e3kit/src/(use-cases|e3kit)([.]ts$|/)' },
    },
    {
      name: 'core-runs-anywhere',
      comment: 'In core, only src/provider touches Node.',
      severity: 'error',
      from: { path: '^packages/core/src/', pathNot: ['^packages/core/src/provider/', anyTest] },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'e3kit-runs-anywhere',
      comment: 'In e3kit, only src/platform and the entry src/node.ts touch Node.',
      severity: 'error',
      from: {
        path: '^packages/e3kit/src/',
        pathNot: ['^packages/e3kit/src/platform/', '^packages/e3kit/src/node[.]ts$', anyTest],
      },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'e3kit-browser-without-node',
      comment: 'Nothing of Node reaches the client in a page, by whatever way.',
      severity: 'error',
      from: { path: '^packages/e3kit/src/(index-)?browser[.]ts$' },
      to: {
        path: '^packages/(e3kit/src/(node|platform/(node-[^/]+|file-lock|keychain))|core/src/provider/node)[.]ts$',
        reachable: true,
      },
    },
    {
      name: 'chat-runs-anywhere',
      comment: 'Rooms run in pages. In chat-twilio, what is for a backend is in src/server.',
      severity: 'error',
      from: { path: '^packages/(chat|chat-twilio)/src/', pathNot: ['^packages/chat-twilio/src/server', anyTest] },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'contract-runs-anywhere',
      comment: 'The contract is shared with browsers.',
      severity: 'error',
      from: { path: '^packages/contract/src/', pathNot: anyTest },
      to: { dependencyTypes: ['core'] },
    },

    {
      name: 'no-circular',
      comment: 'Imports form no circle.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-unresolvable',
      comment: 'Each import leads to a file, or to something that a package exports.',
      severity: 'error',
      // The command's launcher loads the build, which need not exist yet.
      from: { path: '^packages/', pathNot: '^packages/cli/bin/' },
      to: { couldNotResolve: true },
    },
    {
      name: 'no-undeclared',
      comment: 'What a package imports is named in its package.json, or, for our own tools, in the root one.',
      severity: 'error',
      from: { path: '^packages/' },
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: ['^([.]tmp|coverage)/', '^(packages|apps)/[^/]+/dist/'] },
    combinedDependencies: true,
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.tests.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['@sotto/source', 'types', 'node', 'import', 'default'],
      extensions: ['.ts', '.tsx', '.d.ts', '.js', '.jsx', '.mjs', '.cjs', '.json'],
    },
  },
};
