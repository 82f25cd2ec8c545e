/**
 * A list whose seeded part is made on demand and whose changes (added, changed, removed) are kept beside it. A new world
 * starts without changes, which is what a reset is.
 */
export interface Records<R> {
  /** Grows with every change: what was computed from an older version is stale. */
  version(): number;
  count(): number;
  /** The record at a position from 0 to `count() - 1`. Throws a RangeError outside of it. */
  at(position: number): R;
  find(id: string): R | null;
  add(id: string, record: R): void;
  /** True when there was such a record. */
  replace(id: string, record: R): boolean;
  remove(id: string): boolean;
  /** The records that were added, in order: few, so they may be walked. */
  added(): readonly R[];
}

export interface SeededRecords<R> {
  readonly count: number;
  readonly make: (index: number) => R;
  /** The index inside an id, or null when the id is none of this list's. */
  readonly indexOf: (id: string) => number | null;
}

export function recordsOf<R>(seeded: SeededRecords<R>): Records<R> {
  const changed = new Map<number, R>();
  const removed: number[] = [];
  const added = new Map<string, R>();
  let addedList: readonly R[] = [];
  let version = 0;

  const changedNow = (): void => {
    version += 1;
    addedList = [...added.values()];
  };
  const seededIndex = (id: string): number | null => {
    const index = seeded.indexOf(id);
    return index !== null && index >= 0 && index < seeded.count && !removed.includes(index) ? index : null;
  };
  const indexAt = (position: number): number => {
    let index = position;
    for (const gone of removed) {
      if (gone > index) break;
      index += 1;
    }
    return index;
  };
  const seededCount = (): number => seeded.count - removed.length;

  return {
    version: () => version,
    count: () => seededCount() + added.size,
    added: () => addedList,
    at(position) {
      if (position < seededCount() && position >= 0) {
        const index = indexAt(position);
        return changed.get(index) ?? seeded.make(index);
      }
      const record = addedList[position - seededCount()];
      if (record === undefined) throw new RangeError(`no record at position ${position}`);
      return record;
    },
    find(id) {
      const own = added.get(id);
      if (own !== undefined) return own;
      const index = seededIndex(id);
      return index === null ? null : (changed.get(index) ?? seeded.make(index));
    },
    add(id, record) {
      added.set(id, record);
      changedNow();
    },
    replace(id, record) {
      const index = seededIndex(id);
      if (!added.has(id) && index === null) return false;
      if (index === null) added.set(id, record);
      else changed.set(index, record);
      changedNow();
      return true;
    },
    remove(id) {
      const index = seededIndex(id);
      if (!added.has(id) && index === null) return false;
      if (index === null) added.delete(id);
      else {
        changed.delete(index);
        removed.push(index);
        removed.sort((a, b) => a - b);
      }
      changedNow();
      return true;
    },
  };
}

/** A list whose items are all at hand, for the same paging as the long ones. `find` works where `idOf` is given. */
export function listRecords<R>(items: readonly R[], idOf?: (item: R) => string): Records<R> {
  return recordsOf<R>({
    count: items.length,
    make(index) {
      const item = items[index];
      if (item === undefined) throw new RangeError(`no record at position ${index}`);
      return item;
    },
    indexOf: (id) => (idOf === undefined ? null : items.findIndex((item) => idOf(item) === id)),
  });
}
