// The floors of the house as rules: what each module of `src` may import. A module that is missing here
// may import nothing and is reported, so that a new one is given its floor.
const FOUNDATION = ['kernel'];
const PLATFORM = [
  ...FOUNDATION,
  'crypto',
  'config',
  'net',
  'processes',
  'store',
  'permissions',
  'tracing',
  'bus',
];
const REACHING_OUT = [...PLATFORM, 'providers', 'usage', 'sandbox', 'mcp', 'browser', 'tts'];
const KNOWING = [...REACHING_OUT, 'sessions', 'bootstrap', 'skills', 'memory', 'pairing'];
const ACTING = [...KNOWING, 'agent', 'scheduler', 'tools'];

/** Module → the modules it may import: the floors below, and on its own floor along the arrows only. */
const MAY_IMPORT = {
  kernel: [],
  crypto: FOUNDATION,
  config: FOUNDATION,
  net: [...FOUNDATION, 'config'],
  processes: [...FOUNDATION, 'config'],
  store: [...FOUNDATION, 'crypto', 'config', 'processes'],
  permissions: [...FOUNDATION, 'crypto', 'config', 'store', 'bus'],
  tracing: [...FOUNDATION, 'crypto', 'config', 'store'],
  bus: [...FOUNDATION, 'crypto', 'config', 'store'],
  'live-config': PLATFORM,

  providers: [...PLATFORM, 'usage'],
  usage: PLATFORM,
  sandbox: PLATFORM,
  mcp: PLATFORM,
  browser: PLATFORM,
  tts: PLATFORM,

  sessions: REACHING_OUT,
  bootstrap: REACHING_OUT,
  skills: [...REACHING_OUT, 'memory'],
  memory: REACHING_OUT,
  pairing: REACHING_OUT,

  agent: [...KNOWING, 'scheduler', 'tools'],
  scheduler: KNOWING,
  tools: KNOWING,

  gateway: [...ACTING, 'channels', 'live-config'],
  http: [...ACTING, 'channels', 'live-config'],
  channels: ACTING,
  cli: [...ACTING, 'live-config'],
};

const SPEC = '\\.(spec|fixture)\\.ts$';
const SQL = 'typeorm|pg|pg-[a-z-]+|pgvector|@electric-sql/[^/]+|@nestjs/typeorm';
const SQL_PACKAGES = `(^|/)node_modules/(${SQL})/`;

const floors = Object.entries(MAY_IMPORT).map(([module, allowed]) => ({
  name: `floor-of-${module}`,
  comment: `${module} may import of src: ${allowed.join(', ') || 'nothing'}`,
  severity: 'error',
  from: { path: `^src/${module}/` },
  to: { path: '^src/', pathNot: `^src/(${[module, ...allowed].join('|')})/` },
}));

export default {
  forbidden: [
    ...floors,
    {
      name: 'module-without-floor',
      comment: 'every folder of src has its floor in .dependency-cruiser.mjs',
      severity: 'error',
      from: { path: '^src/[^/]+/', pathNot: `^src/(${Object.keys(MAY_IMPORT).join('|')})/` },
      to: {},
    },
    {
      name: 'only-by-its-face',
      comment: 'another module is imported by its index.ts',
      severity: 'error',
      from: { path: '^(src/[^/]+|libs/[^/]+|src|migrations|bench|chaos)/' },
      to: { path: '^(src|libs)/[^/]+/', pathNot: ['^$1/', '^(src|libs)/[^/]+/index\\.ts$'] },
    },
    {
      name: 'not-by-its-own-face',
      comment: 'inside a module, import the file itself: a face imported from inside makes cycles',
      severity: 'error',
      from: { path: '^((src|libs)/[^/]+)/' },
      to: { path: '^$1/index\\.ts$' },
    },
    {
      name: 'no-cycles',
      comment: 'type-only imports count: what knows each other cannot be understood or moved apart',
      severity: 'error',
      from: { path: '^(src|libs|migrations)/' },
      to: { circular: true },
    },
    {
      name: 'sql-only-in-store',
      comment: 'other modules see stores; migrations speak to the database through the types of typeorm',
      severity: 'error',
      from: { path: '^(src|libs)/', pathNot: `^src/store/|${SPEC}` },
      to: { path: SQL_PACKAGES },
    },
    {
      name: 'migrations-know-only-typeorm',
      comment: 'a landed migration must not change when the program does',
      severity: 'error',
      from: { path: '^migrations/' },
      to: { pathNot: '(^|/)node_modules/typeorm/|^migrations/' },
    },
    {
      name: 'libs-stand-alone',
      comment: 'libs: no module of src, no Nest, no database',
      severity: 'error',
      from: { path: '^libs/', pathNot: SPEC },
      to: { path: `^(src|migrations|test|bench|chaos)/|(^|/)node_modules/@nestjs/|${SQL_PACKAGES}` },
    },
    {
      name: 'protocol-knows-nobody',
      severity: 'error',
      from: { path: '^libs/protocol/', pathNot: SPEC },
      to: { pathNot: '^libs/protocol/' },
    },
    {
      name: 'contracts-and-client-are-apart',
      severity: 'error',
      from: { path: '^libs/(contracts|client)/' },
      to: { path: '^libs/(contracts|client)/', pathNot: '^libs/$1/' },
    },
    {
      name: 'program-without-its-tests',
      comment: 'what is shipped does not import tests, benchmarks, chaos or development packages',
      severity: 'error',
      from: { path: '^(src|libs|migrations)/', pathNot: SPEC },
      to: { path: `^(test|bench|chaos|scripts)/|${SPEC}` },
    },
    {
      name: 'no-development-packages',
      severity: 'error',
      from: { path: '^(src|libs|migrations)/', pathNot: SPEC },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'resolvable',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^dist/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['goclaw-src', 'types', 'node', 'import', 'require', 'default'],
    },
  },
};
