// The rules of lists, exports, the terminal, and the setting up of system users.

const csv = (name) => ({ file: 'test/unit/exports/csv.test.ts', name });
const exports_ = (name) => ({ file: 'test/unit/exports/exports.test.ts', name });
const printing = (name) => ({ file: 'test/unit/cli/printing.test.ts', name });
const fleet = (name, whole = false) => ({
  file: 'test/integration/system-user/fleet.test.ts',
  name,
  whole,
});

export const data = [
  {
    rows: ['hostile names in a terminal'],
    change: 'control characters',
    file: 'main/cli/for-terminal.ts',
    find: '\\p{Cc}',
    replace: '',
    tests: printing('is "·\\[31mred'),
  },
  {
    rows: ['hostile names in a terminal'],
    change: 'direction characters',
    file: 'main/cli/for-terminal.ts',
    find: '\\u202a-\\u202e',
    replace: '',
    tests: printing('is "evil·gnp.exe"'),
  },
  {
    rows: ['formulas in exported CSV'],
    change: 'formulas as they are',
    file: 'main/exports/csv.ts',
    find: "startsFormula.test(cell) ? `'${cell}` : cell",
    replace: "startsFormula.test('') ? `'${cell}` : cell",
    tests: csv('=1\\+1'),
  },
  {
    rows: ['half an export taken for a whole one'],
    change: 'what came until it broke off is the file',
    file: 'main/exports/whole-file.ts',
    find: 'if (!chunk.ok) return chunk;',
    replace: 'if (!chunk.ok) break;',
    tests: exports_('rows that break off leave no csv file'),
  },
  {
    rows: ['half an export taken for a whole one'],
    change: 'a list that is not whole',
    file: 'main/console/export-lists.ts',
    find: 'if (cut.length > 0 && !partial) return',
    replace: 'if (cut.length < 0 && !partial) return',
    tests: exports_('a list that is not whole is not exported'),
  },
  {
    rows: ['half an export taken for a whole one'],
    change: 'a download ends as if it were whole',
    file: 'main/browser/downloads.ts',
    find: `      if (!chunk.ok || left.signal.aborted) {
        response.destroy();
        return;
      }`,
    replace: '      if (!chunk.ok || left.signal.aborted) break;',
    tests: {
      file: 'test/unit/browser-door/downloads.test.ts',
      name: 'a file that cannot be made whole is broken off',
    },
  },
  {
    rows: ["readable copies of people's data on disk"],
    change: 'lists as they are',
    file: 'main/directory/snapshot.ts',
    find: 'const encrypted = await encrypter.encrypt(source as unknown as ReadableStream<Uint8Array>);',
    replace: 'const encrypted = source as unknown as ReadableStream<Uint8Array>;',
    tests: {
      file: 'test/integration/directory/snapshot.test.ts',
      name: 'on disk there is one file, for its owner alone',
    },
  },
  {
    rows: ["readable copies of people's data on disk"],
    change: 'what was kept stays when nothing is to be kept',
    file: 'main/console/preference-service.ts',
    find: 'if (!changed.value.preferences.keepLists) {',
    replace: 'if (changed.value.preferences.keepLists === null) {',
    tests: {
      file: 'test/unit/console/preference-service.test.ts',
      name: 'keeping no lists takes away those that are kept',
    },
  },
  {
    rows: ["readable copies of people's data on disk"],
    change: 'what was kept stays after signing out',
    file: 'main/bridge/handlers/sessions.ts',
    find: `      // Who signs out leaves nobody's names behind, in memory or on disk.
      const forgotten = await (await console.lists()).forget(id);`,
    replace: '      const forgotten = ok(undefined) as Result<void>;',
    tests: {
      file: 'test/integration/browser-door/bridge.test.ts',
      name: 'signing out is told to every screen, and leaves none of its people',
      whole: true,
    },
  },
  {
    rows: ['a system user invited twice, or a change nobody listed'],
    change: 'what is there is done again',
    file: 'main/system-user/apply-site.ts',
    find: 'if (isAchieved(row, look, now)) {',
    replace: 'if (isAchieved(row, look, now) && run.plan === null) {',
    tests: fleet('somebody else did the same'),
  },
  {
    rows: ['a system user invited twice, or a change nobody listed'],
    change: 'whatever fits the site now',
    file: 'main/system-user/apply-site.ts',
    find: 'const action = isStillFit(row, now) ? now.action : null;',
    replace: `const action = isStillFit(row, now) || now.action !== 'none' ? now.action : row.action;`,
    tests: fleet('a site that needs something else by now'),
  },
  {
    rows: ['a system user invited twice, or a change nobody listed'],
    change: 'two runs at once',
    file: 'main/console/system-user.ts',
    find: `const lock = path.join(lockFolder(parts.home), 'system-user');`,
    replace: `const lock = path.join(lockFolder(parts.home), \`system-user-\${Math.random()}\`);`,
    tests: fleet('while another run is under way', true),
  },
  {
    rows: ['names or addresses in the record of changes'],
    change: 'the address in the record',
    file: 'main/system-user/apply.ts',
    find: 'as: parts.subject,',
    replace: 'as: plan.systemUser.email,',
    tests: fleet('the record is append-only lines of ids', true),
  },
  {
    rows: ['names or addresses in the record of changes'],
    change: 'the open plan as it is',
    file: 'main/system-user/kept.ts',
    find: 'const content = await encrypter.encrypt(JSON.stringify(kept));',
    replace: 'const content = JSON.stringify(kept);',
    tests: {
      file: 'test/unit/system-user/kept.test.ts',
      name: 'an open plan is kept encrypted',
    },
  },
];
