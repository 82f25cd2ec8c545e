import { setImmediate as nextTurn, setTimeout as pause } from 'node:timers/promises';
import type { Directory } from '../../main/directory/directory.ts';
import { openDirectory } from '../../main/directory/directory.ts';
import type { Filter, SortOf } from '../../main/directory/rows.ts';
import { fillList, streamOf, usersKey } from '../../main/console/fill-list.ts';
import { providerContext } from '../../main/console/provider-context.ts';
import { profileOf } from '../../main/providers/catalogue.ts';
import type { Bench, BenchRow } from './row.ts';
import { percentile, row } from './row.ts';
import { type World, openWorld, pageSize, residentMemory, value } from './support/world.ts';

const loadUsers = 100_000;
const rounds = 5;

/** Loading, searching and the memory of a large directory, over the sandbox's Salto KS. */
export const directoryBench: Bench = async ({ users, say }) => [
  ...(await loading(say)),
  ...(await large(users, say)),
];

/** The pages of the list one after the other, each as text and as JSON: no program that follows its links does less. */
async function bareLoop(world: World): Promise<{ milliseconds: number; rows: number; bytes: number }> {
  const headers = { authorization: `Bearer ${await world.token()}` };
  const begin = performance.now();
  let rows = 0;
  let bytes = 0;
  for (let url: string | null = world.usersUrl; url !== null;) {
    const response: Response = await fetch(url, { headers });
    const text = await response.text();
    const page = JSON.parse(text) as { items: unknown[]; next_page_link: string | null };
    rows += page.items.length;
    bytes += text.length;
    url = page.next_page_link;
  }
  return { milliseconds: performance.now() - begin, rows, bytes };
}

async function fill(world: World, directory: Directory): Promise<void> {
  const { connection, console } = world;
  const parts = { ...console, profileOf } as unknown as Parameters<typeof fillList>[0];
  const context = value(providerContext(parts, connection, {}));
  const key = usersKey(connection, { id: world.installation, name: 'Large' });
  value(await fillList(parts, directory, key, () => streamOf(connection, key, context), { keep: false }));
}

async function loading(say: (line: string) => void): Promise<BenchRow[]> {
  say(`a sandbox with ${loadUsers.toLocaleString('en')} users`);
  const world = await openWorld(loadUsers);
  const bare: number[] = [];
  const ours: number[] = [];
  const work: number[] = [];
  try {
    for (let round = 0; round <= rounds; round += 1) {
      const idle = process.cpuUsage();
      const floor = await bareLoop(world);
      const bareWork = process.cpuUsage(idle);
      if (floor.rows !== loadUsers) throw new Error(`The bare loop got ${floor.rows} rows.`);
      const directory = openDirectory();
      value(await directory.lists()); // its thread is up: in a console it is, long before a list comes
      const before = process.cpuUsage();
      const begin = performance.now();
      await fill(world, directory);
      const taken = performance.now() - begin;
      const oursWork = process.cpuUsage(before);
      const [list] = value(await directory.lists());
      if (list?.rows !== loadUsers || !list.complete) throw new Error('The directory is not whole.');
      await directory.close();
      // The first round warms both up.
      if (round > 0) {
        bare.push(floor.milliseconds);
        ours.push(taken);
        work.push((oursWork.user + oursWork.system) / (bareWork.user + bareWork.system));
      }
      say(`round ${round}: bare ${Math.round(floor.milliseconds)} ms, directory ${Math.round(taken)} ms`);
    }
  } finally {
    await world.close();
  }
  const ratios = ours.map((each, at) => each / (bare[at] ?? Number.NaN));
  return [
    row('100,000 users into the directory (median)', percentile(ours, 0.5), 'ms', {
      floor: percentile(bare, 0.5),
      budget: { of: 'ratio', atMost: 1.25 },
      note: `floor: fetch + JSON.parse of the same ${loadUsers / pageSize} pages, one after the other; ${rounds} rounds in turn, ratios ${ratios.map((each) => each.toFixed(2)).join(' ')}; processor time of this process ${percentile(work, 0.5).toFixed(2)} x the loop's. To the end of the load: rows are seen and found by then; the search index and the orders follow (see "while it settles")`,
    }),
  ];
}

/** Bytes of what the screen's columns hold, and of the records as the vendor sent them. */
interface Text {
  columns: number;
  records: number;
}

async function large(users: number, say: (line: string) => void): Promise<BenchRow[]> {
  say(`a sandbox with ${users.toLocaleString('en')} users`);
  const world = await openWorld(users);
  try {
    // What fetching and the program itself take is there before: a small list first.
    await bareLoopOnce(world);
    await settleMemory();
    const before = residentMemory(process.pid);
    const directory = openDirectory();
    const begin = performance.now();
    const seconds = (): number => Math.round((performance.now() - begin) / 1000);
    const whileLoading = await askedDuring(directory, fill(world, directory));
    const readAfter = seconds();
    say(`read after ${readAfter} s`);
    const whileSettling = await askedDuring(directory, directory.settled().then(value));
    const settledAfter = seconds();
    say(`settled after ${settledAfter} s`);
    await settleMemory();
    const after = residentMemory(process.pid);
    const text = await textOf(world, directory);
    const queries = await keystrokes(directory, users);
    const facets = await timed(20, async (at) =>
      value(
        await directory.tallies('users', at % 2 === 0 ? {} : { search: letters[at % letters.length] ?? '' }),
      ),
    );
    await directory.close();
    const megabytes = (bytes: number): number => bytes / 1_000_000;
    const rest = `(${users.toLocaleString('en')} users)`;
    return [
      row(`memory of a directory ${rest}`, megabytes(after - before), 'MB', {
        floor: megabytes(text.columns),
        budget: { of: 'ratio', atMost: 6 },
        note: `resident memory of the process with it less without it; floor: UTF-8 bytes of id, name, e-mail, roles, status and end of access of every row. The vendor's own records, which are kept too, are ${Math.round(megabytes(text.records))} MB of JSON (${((after - before) / text.records).toFixed(2)} x)`,
      }),
      row(`keystroke to the first window, default sort ${rest}`, percentile(queries.first, 0.95), 'ms p95', {
        budget: { of: 'value', atMost: 30 },
        note: `200 queries; p50 ${percentile(queries.first, 0.5).toFixed(1)} ms`,
      }),
      row(`keystroke to the first window, other sorts ${rest}`, percentile(queries.sorted, 0.95), 'ms p95', {
        budget: { of: 'value', atMost: 120 },
        note: `200 queries over every other sort; p50 ${percentile(queries.sorted, 0.5).toFixed(1)} ms, longest ${Math.round(Math.max(...queries.sorted))} ms; first use of a sort once settled: longest ${Math.round(Math.max(...queries.firstUse))} ms`,
      }),
      ...(
        [
          ['loads', whileLoading, `read after ${readAfter} s, with these questions`],
          [
            'settles',
            whileSettling,
            `indexes and orders are built: settled ${settledAfter - readAfter} s after it was read, with these questions`,
          ],
        ] as const
      ).map(([what, taken, note]) =>
        row(`a window, any sort, while the list ${what} ${rest}`, percentile(taken, 0.95), 'ms p95', {
          note: `${taken.length} queries, four a second; p50 ${percentile(taken, 0.5).toFixed(1)} ms, longest ${Math.round(Math.max(...taken))} ms; ${note}`,
        }),
      ),
      row(`facets with counts ${rest}`, percentile(facets, 0.95), 'ms p95', {
        note: `p50 ${percentile(facets, 0.5).toFixed(1)} ms; windows come first meanwhile`,
      }),
      row('memory of the process that reads, in all', megabytes(after), 'MB', { note: 'resident' }),
      row('memory of the sandbox', megabytes(world.sandboxMemory()), 'MB', { note: 'resident; not ours' }),
    ];
  } finally {
    await world.close();
  }
}

async function bareLoopOnce(world: World): Promise<void> {
  const headers = { authorization: `Bearer ${await world.token()}` };
  await (await fetch(world.usersUrl, { headers })).json();
}

async function settleMemory(): Promise<void> {
  for (let turn = 0; turn < 3; turn += 1) {
    globalThis.gc?.();
    await nextTurn();
  }
}

async function textOf(world: World, directory: Directory): Promise<Text> {
  const text: Text = { columns: 0, records: 0 };
  const length = (each: string | null): number => (each === null ? 0 : Buffer.byteLength(each));
  for await (const rows of directory.rows({ kind: 'users' })) {
    for (const { id, displayName, email, roles, status, expiresAt } of value(rows)) {
      const end = expiresAt === null ? null : new Date(expiresAt).toISOString();
      text.columns +=
        [id, displayName, email, status, end].reduce((sum, each) => sum + length(each), 0) +
        roles.reduce((sum, role) => sum + length(role), 0);
    }
  }
  const page = (await (
    await fetch(world.usersUrl, { headers: { authorization: `Bearer ${await world.token()}` } })
  ).json()) as { items: unknown[]; count: number };
  text.records = (Buffer.byteLength(JSON.stringify(page.items)) / page.items.length) * page.count;
  return text;
}

/** One, two, three and more letters; common, rare, absent. */
const letters = [
  'a',
  'm',
  'z',
  'an',
  'ma',
  'xq',
  'ann',
  'mar',
  'example',
  'smith',
  'anna be',
  'zzzz',
  'son',
  'ü',
  'o',
];
const facets: readonly Filter[] = [{}, { status: 'active' }, { status: 'blocked' }, { without: 'email' }];
const otherSorts = [
  'email',
  'status',
  'installation',
  'connection',
  'provider',
  'roles',
  'expiresAt',
  'id',
] as const;

async function timed(times: number, work: (at: number) => Promise<unknown>): Promise<number[]> {
  const taken: number[] = [];
  for (let at = 0; at < times; at += 1) {
    const begin = performance.now();
    await work(at);
    taken.push(performance.now() - begin);
  }
  return taken;
}

/** How long windows take that are asked for while something goes on. */
async function askedDuring(directory: Directory, work: Promise<void>): Promise<number[]> {
  const doing = { done: false };
  const finished = work.finally(() => (doing.done = true));
  const taken: number[] = [];
  for (let at = 0; !doing.done; at += 1) {
    const by = at % 4 === 0 ? 'displayName' : (otherSorts[at % otherSorts.length] ?? 'email');
    const search = at % 3 === 0 ? '' : (letters[at % letters.length] ?? '');
    const query = { kind: 'users', filter: { search }, sort: { by }, offset: 0, limit: 60 } as const;
    taken.push(...(await timed(1, () => directory.window(query).then((window) => value(window)))));
    await pause(250);
  }
  await finished;
  return taken;
}

async function keystrokes(
  directory: Directory,
  users: number,
): Promise<{ first: number[]; sorted: number[]; firstUse: number[] }> {
  const ask = (at: number, by: SortOf['users'], descending: boolean): Promise<unknown> => {
    const search = letters[at % letters.length] ?? '';
    const filter: Filter = { ...facets[at % facets.length], ...(at % 17 === 0 ? {} : { search }) };
    const offset = at % 10 === 0 ? Math.floor((at / 200) * users * 0.01) : 0;
    return directory
      .window({ kind: 'users', filter, sort: { by, descending }, offset, limit: 60 })
      .then((window) => value(window));
  };
  const first = await timed(200, (at) => ask(at, 'displayName', at % 5 === 0));
  const firstUse = await timed(otherSorts.length, (at) => ask(0, otherSorts[at] ?? 'email', false));
  const sorted = await timed(200, (at) =>
    ask(at, otherSorts[at % otherSorts.length] ?? 'email', at % 3 === 0),
  );
  return { first, sorted, firstUse };
}
