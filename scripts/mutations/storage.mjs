// The rules of what is stored, and of a console that is locked.

const choice = (name) => ({ file: 'test/unit/bridge/vault-choice.test.ts', name });
const lock = (name) => ({ file: 'test/unit/bridge/console-lock.test.ts', name });
const replaceFile = (name) => ({ file: 'test/unit/replace-file.test.ts', name });

export const storage = [
  {
    rows: ['secrets in files, logs, output, command lines', 'RFC 8252 8.5', 'RFC 9700 4.10'],
    change: 'the client secret in the settings',
    file: 'main/console/manage-connections.ts',
    find: 'const added = await addConnection(home, connection);',
    replace: `const apiHeaders = { 'x-note': credentials.clientSecret ?? 'none' };
      const added = await addConnection(home, {
        ...connection,
        overrides: { ...connection.overrides, apiHeaders },
      });`,
    tests: {
      file: 'test/e2e/canary.test.ts',
      name: 'no file, output, page, address or command line has any of them',
      whole: true,
    },
  },
  {
    rows: ['secrets in files, logs, output, command lines'],
    change: 'a token as an argument, without a word',
    file: 'main/cli/inspect-run.ts',
    find: 'if (!onCommandLine || !terminal.interactive || read.every(isUseless)) return;',
    replace:
      'if (!onCommandLine || !terminal.interactive || read.some(isUseless) || read.length > 0) return;',
    tests: {
      file: 'test/unit/cli/program.test.ts',
      name: 'a token on the command line that may still be good',
    },
  },
  {
    rows: ['a passphrase that the browser inherits, and all that it starts'],
    change: 'the whole environment for the browser',
    file: 'main/cli/serve.ts',
    find: 'env: environmentForOthers(terminal),',
    replace: 'env: terminal.env,',
    tests: {
      file: 'test/integration/browser-door/serve.test.ts',
      name: 'a browser is opened with a key of its own',
    },
  },
  {
    rows: ['other users reading the profile'],
    change: 'files for all to read',
    file: 'main/replace-file.ts',
    find: `open(temporary, 'wx', 0o600)`,
    replace: `open(temporary, 'wx', 0o644)`,
    tests: replaceFile('are for their owner alone'),
  },
  {
    rows: ['other users reading the profile'],
    change: 'folders for all to look into',
    file: 'main/make-folder.ts',
    find: 'mkdirSync(each, { mode: 0o700 });',
    replace: 'mkdirSync(each, { mode: 0o755 });',
    tests: replaceFile('are for their owner alone'),
  },
  {
    rows: ['a locked keychain read as "signed out"'],
    change: 'nothing is believed to be nothing',
    file: 'main/vault/keychain-items.ts',
    find: 'return closed ? { ok: false, error: closedFailure(closed) } : ok(value);',
    replace: 'return closed?.reason === null ? { ok: false, error: closedFailure(closed) } : ok(value);',
    tests: {
      file: 'test/integration/vault/keychain.test.ts',
      name: 'a keyring that is locked behind the back of the question',
    },
  },
  {
    rows: ['silent downgrade of storage'],
    change: 'memory where the keychain is not open (command line)',
    file: 'main/cli/context.ts',
    find: 'return ok(openKeychain(limit > 0 ? { itemLimit: limit } : {}));',
    replace: `const keychain = openKeychain(limit > 0 ? { itemLimit: limit } : {});
    const { openMemoryVault } = await import('../vault/memory.ts');
    return ok((await keychain.state()).state === 'open' ? keychain : openMemoryVault());`,
    tests: {
      file: 'test/e2e/failures/vault.test.ts',
      name: 'the keychain is locked.*every command that needs a secret says so',
    },
  },
  {
    rows: ['silent downgrade of storage'],
    change: 'memory where the keychain is not open (consoles)',
    file: 'main/bridge/vault-choice.ts',
    find: 'const state = await looked.state();',
    replace: `const state = await looked.state();
    if (state.state !== 'open') chosen = openMemoryVault();`,
    tests: choice('it is the keychain until a person chooses'),
  },
  {
    rows: ['half-written session after a crash'],
    change: 'parts over the parts in use',
    file: 'main/vault/parts.ts',
    find: 'const generation = otherThan(inUse);',
    replace: `const generation = inUse ?? 'a';`,
    tests: { file: 'test/unit/vault/parts.test.ts', name: 'a crash at any change from large to wide' },
  },
  {
    rows: ['half-written session after a crash'],
    change: 'written into the file that is there',
    file: 'main/replace-file.ts',
    find: `    const handle = await open(temporary, 'wx', 0o600);
    try {
      await handle.writeFile(content);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await renamePatiently(temporary, file);`,
    replace: `    const handle = await open(file, 'w', 0o600);
    try {
      await handle.writeFile(content);
      await handle.sync();
    } finally {
      await handle.close();
    }`,
    tests: replaceFile('a file is replaced and never written into'),
  },
  {
    rows: ['a console left open'],
    change: 'a locked console goes on',
    file: 'main/bridge/console-lock.ts',
    find: 'refusal: (method) => (locked && !answered.test(method) ? consoleLocked : null),',
    replace:
      'refusal: (method) => (locked && answered.test(method) && method === null ? consoleLocked : null),',
    tests: lock('a locked console does nothing but what opens it again'),
  },
  {
    rows: ['a console left open'],
    change: 'what is under way goes on',
    file: 'main/bridge/console-lock.ts',
    find: `await parts.dispatcher().cancelAllBut('vault.lock');`,
    replace: '',
    tests: lock('a lock ends what is under way, then drops what is secret'),
  },
  {
    rows: ['a console left open'],
    change: 'never by itself',
    file: 'main/bridge/idle-lock.ts',
    find: 'if (minutes === null || now - since < minutes * 60_000) return;',
    replace: 'if (minutes === null || now - since < minutes * 60_000_000) return;',
    tests: lock('the idle lock counts from what a person did last'),
  },
  {
    rows: ['a console left open'],
    change: 'what was opened is kept',
    file: 'main/bridge/vault-choice.ts',
    find: `      keychain = null;
      memory = null;
`,
    replace: '',
    tests: choice('a lock forgets what was opened'),
  },
  {
    rows: ['what stays when a person is done with it'],
    change: 'secrets stay in the vault',
    file: 'main/console/clear-all-data.ts',
    find: 'for (const vault of vaults) await clearVault(vault, home, ids, note);',
    replace: 'void [vaults, clearVault, ids];',
    tests: {
      file: 'test/unit/console/clear-all-data.test.ts',
      name: 'everything is taken away, and signed out where the server can',
    },
  },
  {
    rows: ['a package that turned bad'],
    change: 'whatever version there is',
    file: 'package.json',
    find: '"jose": "',
    replace: '"jose": "^',
    tests: { file: 'test/unit/docs/dependencies.test.ts', name: 'every version is exact' },
  },
  {
    rows: ['a package that turned bad'],
    change: 'one more runs code when it is installed',
    file: 'package-lock.json',
    find: `    "node_modules/jose": {\n`,
    replace: `    "node_modules/jose": {\n      "hasInstallScript": true,\n`,
    tests: { file: 'test/unit/docs/dependencies.test.ts', name: 'code runs at installation only' },
  },
];
