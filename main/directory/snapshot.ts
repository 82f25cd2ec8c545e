import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { ReadableStream as WebStream } from 'node:stream/web';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Decrypter, Encrypter, identityToRecipient } from 'age-encryption';
import { fail, ok, type Result } from '../../preload/errors.ts';
import { makeFolder } from '../make-folder.ts';
import { replaceFile, sweepAbandoned } from '../replace-file.ts';
import type { PageCursor } from '../providers/provider.ts';
import type { Vault } from '../vault/vault.ts';
import type { Directory, ListHandle } from './directory.ts';
import { listName, type ListKey, type ListState } from './rows.ts';
import { snapshotIdentity } from './snapshot-key.ts';

/** Where snapshots are: beside the settings, unreadable without the vault. */
export interface SnapshotPlace {
  /** The profile folder; the files are in `directory/` there. */
  readonly home: string;
  readonly vault: Vault;
}

/** The first frame of a file. */
interface Head {
  readonly version: 1;
  /** So that a file put in another's place is noticed. */
  readonly list: string;
  readonly key: ListKey;
  /** Milliseconds since the epoch. */
  readonly fetchedAt: number;
  readonly complete: boolean;
  readonly total: number | null;
  readonly pages: number;
  /** Of a list that was cut. */
  readonly cut?: Cut;
}

/** Where a list was cut. */
export interface Cut {
  readonly cursor: PageCursor;
  /** What was asked of whom: a cursor goes on with nothing else. */
  readonly basis: string;
  /** When its first rows were asked for, milliseconds since the epoch. */
  readonly since: number;
}

export interface LoadedSnapshot {
  /** When the rows were fetched, milliseconds since the epoch. */
  readonly fetchedAt: number;
  readonly complete: boolean;
}

/**
 * Keeps one list for the next start: its compressed pages, encrypted by age for a key that only the vault has. The
 * file is replaced as a whole and readable by its owner alone; nothing of it is ever on disk in the clear.
 * Errors: `not_found` (no such list, or it changed meanwhile), `unexpected` (the disk), and those of the vault.
 */
export function saveSnapshot(
  place: SnapshotPlace,
  directory: Directory,
  key: ListKey,
): Promise<Result<void>> {
  return save(place, directory, key, fileOf(place, key));
}

/** Keeps what came of a list that was cut, beside the whole one of before, so that the next start reads on. Errors: as {@link saveSnapshot}. */
export function saveCut(
  place: SnapshotPlace,
  directory: Directory,
  key: ListKey,
  cut: Cut,
): Promise<Result<void>> {
  return save(place, directory, key, cutFileOf(place, key), cut);
}

async function save(
  place: SnapshotPlace,
  directory: Directory,
  key: ListKey,
  file: string,
  cut?: Cut,
): Promise<Result<void>> {
  const state = await stateOf(directory, key);
  if (!state.ok) return state;
  const pages = await directory.pages.numbers(key);
  if (!pages.ok) return pages;
  const identity = await snapshotIdentity(place.vault);
  if (!identity.ok) return identity;

  const { fetchedAt, complete, total } = state.value;
  const head: Head = {
    version: 1,
    list: listName(key),
    key,
    fetchedAt: fetchedAt ?? 0,
    complete,
    total,
    pages: pages.value.length,
    ...(cut && { cut }),
  };
  const encrypter = new Encrypter();
  encrypter.addRecipient(await identityToRecipient(identity.value));
  const stopped: Result<never>[] = [];
  const frames = async function* (): AsyncGenerator<Uint8Array> {
    yield frame(Buffer.from(JSON.stringify(head)));
    for (const no of pages.value) {
      const page = await directory.pages.read(no);
      if (!page.ok) {
        stopped.push(page);
        throw new Error('stopped');
      }
      yield frame(page.value);
      await nextTurn(); // encrypting is work: let others have their turn between pages
    }
  };
  try {
    const source = Readable.toWeb(Readable.from(frames(), { objectMode: false })) as WebStream<Uint8Array>;
    const encrypted = await encrypter.encrypt(source as unknown as ReadableStream<Uint8Array>);
    makeFolder(folderOf(place));
    await replaceFile(file, encrypted);
    await sweepAbandoned(folderOf(place));
    return ok(undefined);
  } catch (error) {
    return (
      stopped[0] ??
      fail(
        'unexpected',
        `The list could not be saved for the next start: ${reasonOf(error)}.`,
        'Check the free space and the permissions of the profile folder.',
      )
    );
  }
}

/**
 * Brings a saved list back into the directory, browsable while it comes. A file that is damaged, cut, or another
 * list's leaves no rows and disturbs no other list.
 * Errors: `not_found` (none was saved), `settings_corrupt` (damaged, or its key is gone), and those of the vault.
 */
export function loadSnapshot(
  place: SnapshotPlace,
  directory: Directory,
  key: ListKey,
): Promise<Result<LoadedSnapshot>> {
  return restore(place, directory, key, fileOf(place, key));
}

/**
 * Brings back what came of a list that was cut, so that its load can be taken up (see `beginList`).
 * Errors: as {@link loadSnapshot}; `not_found` also where `fits` says no.
 */
export async function loadCut(
  place: SnapshotPlace,
  directory: Directory,
  key: ListKey,
  fits: (cut: Cut) => boolean,
): Promise<Result<Cut>> {
  const found: { cut: Cut | undefined } = { cut: undefined };
  const loaded = await restore(place, directory, key, cutFileOf(place, key), ({ cut }) => {
    found.cut = cut;
    return cut !== undefined && fits(cut);
  });
  if (!loaded.ok) return loaded;
  return found.cut === undefined ? nothingSaved : ok(found.cut);
}

const nothingSaved = fail('not_found', 'This list was not saved yet.', 'Fetch it once while online.');

async function restore(
  place: SnapshotPlace,
  directory: Directory,
  key: ListKey,
  file: string,
  wanted: (head: Head) => boolean = () => true,
): Promise<Result<LoadedSnapshot>> {
  const exists = await open(file, 'r').then(
    (handle) => handle.close().then(() => true),
    () => false,
  );
  if (!exists) return nothingSaved;
  const identity = await snapshotIdentity(place.vault);
  if (!identity.ok) return identity;

  let handle: ListHandle | null = null;
  try {
    const decrypter = new Decrypter();
    decrypter.addIdentity(identity.value);
    const bytes = Readable.toWeb(createReadStream(file)) as unknown as ReadableStream<Uint8Array>;
    const frames = readFrames(await decrypter.decrypt(bytes));
    const head = readHead(await frames.next(), key);
    if (!wanted(head)) return nothingSaved;
    const begun = await directory.beginList(key);
    if (!begun.ok) return begun;
    handle = begun.value;
    let pages = 0;
    for await (const page of frames) {
      const restored = await directory.pages.restore(handle, page);
      if (!restored.ok) throw new Error(restored.error.message);
      pages += 1;
    }
    if (pages !== head.pages) throw new Error('pages are missing');
    const { complete, fetchedAt, total } = head;
    const finished = await directory.finish(handle, { complete, fetchedAt, total });
    return finished.ok ? ok({ fetchedAt, complete }) : finished;
  } catch (error) {
    if (handle !== null) await directory.abandon(handle);
    return fail(
      'settings_corrupt',
      `The saved list cannot be read: ${reasonOf(error)}.`,
      'Fetch the list again; it is saved anew then.',
    );
  }
}

/** Removes what was saved of a connection. Needs no vault. */
export function removeSnapshots(home: string, connection: string): Promise<Result<void>> {
  return removeFiles(home, connectionPrefix(connection));
}

/** Removes what was saved of all connections. Needs no vault. */
export function removeAllSnapshots(home: string): Promise<Result<void>> {
  return removeFiles(home, '');
}

/** Removes what was saved of one list. Needs no vault. */
export function removeSnapshot(home: string, key: ListKey): Promise<Result<void>> {
  return removeFiles(home, fileName(key));
}

/** Removes what was kept of a list that was cut; what was kept of the whole one stays. */
export async function removeCut(home: string, key: ListKey): Promise<void> {
  await rm(join(home, 'directory', cutName(key)), { force: true });
}

/** Half-written files and those of cut lists too: their names begin alike. */
async function removeFiles(home: string, prefix: string): Promise<Result<void>> {
  const folder = join(home, 'directory');
  try {
    const files = await readdir(folder).catch(() => []);
    const own = files.filter((file) => file.startsWith(prefix));
    await Promise.all(own.map((file) => rm(join(folder, file), { force: true })));
    return ok(undefined);
  } catch (error) {
    return fail(
      'unexpected',
      `The saved lists could not be removed: ${reasonOf(error)}.`,
      `Remove the folder ${folder} by hand.`,
    );
  }
}

async function stateOf(directory: Directory, key: ListKey): Promise<Result<ListState>> {
  const lists = await directory.lists();
  if (!lists.ok) return lists;
  const state = lists.value.find((list) => listName(list.key) === listName(key));
  return state && state.fetchedAt !== null
    ? ok(state)
    : fail('not_found', 'There is nothing of this list to save yet.', 'Fetch it first.');
}

const folderOf = (place: SnapshotPlace): string => join(place.home, 'directory');

/** Names tell nothing; their beginning finds a connection's files without decrypting them. */
function fileOf(place: SnapshotPlace, key: ListKey): string {
  return join(folderOf(place), fileName(key));
}

const cutFileOf = (place: SnapshotPlace, key: ListKey): string => join(folderOf(place), cutName(key));

const cutName = (key: ListKey): string => `${fileName(key)}.cut`;

const fileName = (key: ListKey): string => `${connectionPrefix(key.connection)}${sha256(listName(key))}.age`;

const connectionPrefix = (connection: string): string => `${sha256(connection).slice(0, 16)}-`;

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** Four bytes of length, big-endian, then the bytes. */
function frame(bytes: Uint8Array): Uint8Array {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

const maxFrame = 64 * 1024 * 1024;

async function* readFrames(plain: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  let chunks: Uint8Array[] = [];
  let size = 0;
  let wanted: number | null = null;
  for await (const chunk of plain as unknown as AsyncIterable<Uint8Array>) {
    chunks.push(chunk);
    size += chunk.length;
    while (size >= (wanted ?? 4)) {
      const all: Buffer = Buffer.concat(chunks);
      const end: number = wanted ?? 4;
      const part = all.subarray(0, end);
      chunks = [all.subarray(end)];
      size = all.length - end;
      if (wanted === null) {
        wanted = part.readUInt32BE();
        if (wanted > maxFrame) throw new Error('a part of it is impossibly long');
      } else {
        wanted = null;
        yield new Uint8Array(part);
      }
    }
  }
  if (size > 0 || wanted !== null) throw new Error('it ends too early');
}

function readHead(first: IteratorResult<Uint8Array, void>, key: ListKey): Head {
  if (first.done) throw new Error('it is empty');
  const head = JSON.parse(Buffer.from(first.value).toString('utf8')) as Partial<Head>;
  if (head.version !== 1) throw new Error('it was saved by another version');
  if (head.list !== listName(key)) throw new Error('it is the file of another list');
  return head as Head;
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
