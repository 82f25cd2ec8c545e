import { afterEach, beforeEach } from 'vitest';
import { openDirectory, type Directory } from '../../../main/directory/directory.ts';
import { listName, type ListKey, type ListState } from '../../../main/directory/rows.ts';
import type { Result } from '../../../preload/errors.ts';
import type { Installation, User, UserStatus } from '../../../main/providers/provider.ts';

export const fetchedAt = Date.UTC(2026, 10, 22, 12);

/** The language that names are sorted in here, whatever the machine's. */
export const locale = 'sv';

export function open(quietMilliseconds = 0): Directory {
  return openDirectory({ quietMilliseconds, locale, clock: { now: () => fetchedAt } });
}

/** A directory for every test of a file, given before each and closed after it. */
export function openForEachTest(give: (directory: Directory) => void): void {
  let opened: Directory | null = null;
  beforeEach(() => {
    opened = open();
    give(opened);
  });
  afterEach(() => opened?.close());
}

export function value<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(`${result.error.code}: ${result.error.message}`);
  return result.value;
}

export function usersOf(installation: string, connection = 'acme', name = `Site ${installation}`): ListKey {
  return { kind: 'users', connection, installation: { id: installation, name } };
}

export function user(id: string, displayName: string, more: Partial<User> = {}): User {
  const email = `${id}@site.example`;
  return {
    id,
    displayName,
    email,
    roles: ['Site User'],
    status: 'active',
    expiresAt: null,
    raw: { id, note: displayName },
    ...more,
  };
}

export function installation(id: string, name: string, more: Partial<Installation> = {}): Installation {
  return { id, name, state: null, timeZone: 'Europe/Amsterdam', userCount: null, raw: { id }, ...more };
}

/** Loads a whole list in pages. */
export async function load(
  directory: Directory,
  key: ListKey,
  rows: readonly User[] | readonly Installation[],
  pageSize = 1000,
): Promise<void> {
  const handle = value(await directory.beginList(key));
  for (let at = 0; at < rows.length; at += pageSize) {
    value(await directory.append(handle, rows.slice(at, at + pageSize) as User[]));
  }
  value(await directory.finish(handle, { complete: true }));
}

export async function state(directory: Directory, key: ListKey): Promise<ListState | undefined> {
  return value(await directory.lists()).find((list) => listName(list.key) === listName(key));
}

export async function names(directory: Directory, search?: string): Promise<string[]> {
  const filter = search === undefined ? {} : { search };
  const window = value(await directory.window({ kind: 'users', filter, offset: 0, limit: 1000 }));
  return window.rows.map((row) => row.displayName);
}

/** The same numbers every time. */
export function randomNumbers(seed: number): (below: number) => number {
  let current = seed;
  return (below) => {
    current = (Math.imul(current, 1_103_515_245) + 12_345) & 0x7fffffff;
    return (current >>> 8) % below;
  };
}

export const statuses: readonly UserStatus[] = ['active', 'pending', 'suspended', 'blocked', 'expired'];

/** People with common and rare names, some alike, in several scripts. */
export function randomUser(next: (below: number) => number, id: string): User {
  const first = ['Anna', 'Änne', 'Jan', 'Zoë', 'Łukasz', 'Nadia', 'José', 'שרה', '李', 'Bo', 'O’Neil', ''];
  const last = ['Miller', 'Müller', 'de Vries', 'Smith-Jones', 'Åberg', 'Zwart', '_x%', '雷', '👷'];
  const displayName = `${first[next(first.length)]} ${last[next(last.length)]}${next(3) === 0 ? ` ${next(40)}` : ''}`;
  const roles = ['Site User', 'Site Admin', 'Guest'].slice(next(3), next(3) + 2);
  const email =
    next(10) === 0 ? null : `${'abcxyz'.charAt(next(6))}.${last[next(4)]}${next(100)}@x${next(9)}.example`;
  const status = statuses[next(5)]!;
  const expiresAt = next(4) === 0 ? fetchedAt + (next(120) - 20) * 86_400_000 + next(1000) : null;
  const nameless = next(20) === 0 ? (email ?? id) : displayName;
  return { id, displayName: nameless, email, roles, status, expiresAt, raw: { id } };
}

/** So many of them, with the ids u0, u1, ...; the same ones for the same seed. */
export function randomUsers(count: number, seed: number): User[] {
  const next = randomNumbers(seed);
  return Array.from({ length: count }, (_, at) => randomUser(next, `u${at}`));
}
