import importX from 'eslint-plugin-import-x';
import svelte from 'eslint-plugin-svelte';
import tseslint from 'typescript-eslint';

/** Rooms below `main/` and what each may import from the others: dependencies point one way (docs/architecture.md). */
const rooms = {
  http: [],
  activity: ['http'],
  vault: [],
  providers: [],
  tokens: [],
  exports: [],
  sandbox: [],
  connections: ['providers'],
  directory: ['providers', 'vault'],
  'system-user': ['providers', 'directory', 'vault'],
  sessions: ['activity', 'connections', 'providers', 'vault', 'http', 'tokens'],
};
const allRooms = Object.keys(rooms);
const doors = ['desktop', 'browser', 'cli'];

/**
 * Offline means offline: what reads tokens cannot open a socket. No module that can, no global that can, no module named at
 * run time, and of jose not the one function that fetches.
 */
export const offlineRules = {
  'no-restricted-imports': [
    'error',
    {
      paths: [
        ...[
          'net',
          'http',
          'https',
          'http2',
          'tls',
          'dgram',
          'dns',
          'dns/promises',
          'quic',
          'inspector',
        ].flatMap((name) => [name, `node:${name}`]),
        ...['child_process', 'cluster', 'worker_threads', 'module', 'vm'].flatMap((name) => [
          name,
          `node:${name}`,
        ]),
        ...['undici', 'ws', 'openid-client', 'oauth4webapi', 'oidc-provider', 'electron', 'electron-store'],
        { name: 'jose', importNames: ['createRemoteJWKSet', 'customFetch', 'jwksCache'] },
      ].map((path) => ({
        ...(typeof path === 'string' ? { name: path } : path),
        message: 'Tokens are read without a network (docs/inspector.md).',
      })),
    },
  ],
  'no-restricted-globals': [
    'error',
    ...[
      'fetch',
      'WebSocket',
      'EventSource',
      'XMLHttpRequest',
      'navigator',
      'require',
      'process',
      'globalThis',
    ].map((name) => ({ name, message: 'Tokens are read without a network (docs/inspector.md).' })),
  ],
  'no-restricted-syntax': [
    'error',
    {
      selector: 'ImportExpression',
      message: 'What main/tokens loads stands at the top of its files, where the rule sees it.',
    },
  ],
};

const zones = [
  ...allRooms.flatMap((room) => [
    {
      target: `./main/${room}`,
      from: [...allRooms, ...doors]
        .filter((other) => other !== room && !rooms[room].includes(other))
        .map((other) => `./main/${other}`),
      message: `main/${room} may import from: ${rooms[room].join(', ') || 'no other room'}.`,
    },
    {
      target: `./main/${room}`,
      from: ['./main/console.ts', './main/cli.ts', './main/serve.ts', './main/desktop.ts', './renderer'],
      message: 'Services know nothing of the composition root, the doors or the screen.',
    },
  ]),
  {
    target: './renderer',
    from: ['./main', './preload/desktop.ts'],
    message: 'The renderer knows only preload/contract.ts and preload/errors.ts.',
  },
  { target: './preload', from: ['./main', './renderer'], message: 'The contract depends on nothing.' },
  { target: './main', from: './test', message: 'Shipped code never imports test code.' },
];

export default tseslint.config(
  { ignores: ['node_modules', 'out', 'dist', 'docs'] },
  ...tseslint.configs.strictTypeChecked,
  ...svelte.configs['flat/recommended'],
  {
    languageOptions: {
      parserOptions: {
        projectService: { allowDefaultProject: ['eslint.config.js'] },
        extraFileExtensions: ['.svelte'],
      },
    },
  },
  { files: ['**/*.svelte'], languageOptions: { parserOptions: { parser: tseslint.parser } } },
  {
    files: ['**/*.svelte.ts'],
    languageOptions: {
      parser: tseslint.parser,
      parserOptions: { projectService: true, extraFileExtensions: ['.svelte'] },
    },
  },
  {
    // svelte-check types these; typescript-eslint sees every component as `any`.
    files: ['**/*.svelte'],
    rules: {
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
    },
  },
  {
    plugins: { 'import-x': importX },
    // Components are read by svelte-check; the plugin cannot parse them and would say so at length.
    settings: {
      'import-x/ignore': ['node_modules', String.raw`\.svelte(\.ts)?$`],
      'import-x/resolver-next': [importX.createNodeResolver({ extensions: ['.ts', '.js', '.svelte'] })],
    },
    rules: {
      'import-x/no-restricted-paths': ['error', { zones }],
      'import-x/no-cycle': 'error',
      'no-console': 'error',
      eqeqeq: 'error',
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/consistent-type-imports': 'error',
    },
  },
  {
    // Electron is for the desktop door alone; nothing in the core imports it.
    files: ['main/**/*.ts', 'renderer/**', 'preload/contract.ts', 'preload/errors.ts'],
    ignores: ['main/desktop.ts', 'main/desktop/**'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          paths: ['electron', 'electron-store'].map((name) => ({
            name,
            message: 'Only the desktop door imports it.',
          })),
        },
      ],
    },
  },
  { files: ['main/tokens/**/*.ts'], rules: offlineRules },
  {
    files: ['test/**', 'scripts/**'],
    rules: { 'no-console': 'off', '@typescript-eslint/no-non-null-assertion': 'off' },
  },
  { files: ['**/*.js', '**/*.mjs'], ...tseslint.configs.disableTypeChecked },
);
