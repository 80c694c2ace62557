/**
 * The rooms of the house. Each may import itself, the rooms named for it, and the packages that it needs; code moves down
 * the list only. `types` names rooms of which only types may be imported: nothing of them runs there.
 */
const ROOMS = {
  mimecast: {},
  vault: {},
  model: { types: ['mimecast'] },
  contract: { rooms: ['model'] },
  evidence: {
    rooms: ['model'],
    types: ['mimecast'],
  },
  posture: {
    rooms: ['model'],
    // Policies hold dates as the vendor writes them: one place reads those.
    files: ['mimecast/timestamps\\.ts$'],
  },
  reports: { rooms: ['model'], types: ['evidence'] },
  // Bundled for the workflow sandbox: deterministic code, and nothing that could pull in Node.
  workflows: { rooms: ['model', 'contract'] },
  activities: { rooms: ['mimecast', 'vault', 'model', 'contract', 'evidence', 'posture'] },
  worker: { rooms: ['mimecast', 'vault', 'model', 'contract', 'evidence', 'workflows', 'activities'] },
  client: {
    rooms: ['model', 'contract'],
    // Keys are sealed here and opened nowhere; what cannot be right is refused before anything is sent.
    files: ['vault/(sealing|keys|fingerprint|errors)\\.ts$', 'mimecast/(credentials|regions)\\.ts$'],
    types: ['evidence', 'workflows'],
  },
  sandbox: {
    rooms: ['mimecast', 'vault', 'model', 'contract', 'evidence', 'workflows', 'activities', 'worker', 'client'],
  },
  cli: {
    rooms: [
      'mimecast',
      'vault',
      'model',
      'contract',
      'evidence',
      'posture',
      'reports',
      'activities',
      'worker',
      'client',
      'sandbox',
    ],
  },
};

const ALL = Object.keys(ROOMS);
const inside = (rooms) => `^(${rooms.join('|')})/`;

/** What a room may not import at all, and what it may import as a type only. */
function rulesOf([room, { rooms = [], files = [], types = [] }]) {
  const open = [room, ...rooms];
  const outside = ALL.filter((other) => !open.includes(other));
  const closed = outside.filter((other) => !types.includes(other));
  const pathNot = files.map((file) => `^${file}`);
  const forbid = (name, comment, targets, extra) =>
    targets.length === 0
      ? []
      : [{ name, comment, severity: 'error', from: { path: inside([room]) }, to: { path: inside(targets), ...extra } }];
  return [
    ...forbid(`${room}-keeps-to-its-rooms`, `${room}/ may import ${open.join(', ')}.`, closed, { pathNot }),
    ...forbid(`${room}-takes-only-types`, `${room}/ may import types of ${types.join(', ')}, no code.`, types, {
      pathNot,
      dependencyTypesNot: ['type-only'],
    }),
  ];
}

module.exports = {
  forbidden: [
    ...Object.entries(ROOMS).flatMap(rulesOf),
    {
      name: 'workflows-import-what-the-bundle-takes',
      comment:
        'Workflow code may import the workflow SDK and nothing else: the bundle refuses Node, and grows with every package.',
      severity: 'error',
      from: { path: '^workflows/' },
      to: {
        dependencyTypes: ['npm', 'npm-dev', 'npm-peer', 'core'],
        dependencyTypesNot: ['type-only'],
        pathNot: '@temporalio/(workflow|common)/',
      },
    },
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
      from: { path: inside(ALL) },
      to: { path: '^(test|bench)/' },
    },
    {
      name: 'no-cycles',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    { name: 'everything-resolves', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'packages-are-declared',
      comment: 'What runs at a user must be in dependencies or peerDependencies.',
      severity: 'error',
      from: { path: `^(${ALL.join('|')})/|^index\\.ts$` },
      to: {
        dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'],
        dependencyTypesNot: ['npm-peer', 'npm', 'type-only'],
      },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|\\.data|\\.tools)/' },
    tsConfig: { fileName: 'tsconfig.base.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'types', 'default'] },
  },
};
