import type { Database } from './database.ts';
import type { CompareQuery } from './rows.ts';
import { searchTerms } from './fold.ts';
import { foundColumns, type Found } from './window.ts';

/** People found by a comparison, from one table in the order of their names. */
export interface Compared {
  readonly total: number;
  /** For each person of a window the users that stand for this person. */
  window(offset: number, limit: number): readonly (readonly Found[])[];
  drop(): void;
}

/**
 * Users of several lists put together by their e-mail address, as it is searched (folded: capitals do not count).
 * `lists` has the number of each place's list, in the order of the query's places.
 */
export function compareLists(
  db: Database,
  table: string,
  lists: readonly number[],
  { find, search }: Pick<CompareQuery, 'find' | 'search'>,
): Compared {
  const terms = searchTerms(search ?? '');
  const wanted = terms.map(() => 'max(instr(e.name, ?) > 0 OR instr(e.rest, ?) > 0)');
  db.exec(`DROP TABLE IF EXISTS ${table};
    CREATE TABLE ${table} (pos INTEGER PRIMARY KEY, entries TEXT NOT NULL);`);
  db.run(
    `INSERT INTO ${table} (entries)
       SELECT json_group_array(e.entry) FROM users_entry e NOT INDEXED
         WHERE e.list IN (SELECT value FROM json_each(?)) AND e.rest <> ''
         GROUP BY e.rest HAVING ${[having[find], ...wanted].join(' AND ')} ORDER BY min(e.sort), e.rest`,
    JSON.stringify(lists),
    ...(find === 'only_first' ? [lists[0] ?? 0] : find === 'duplicates' ? [] : [lists.length]),
    ...terms.flatMap(({ needle }) => [needle, needle]),
  );
  return {
    total: Number(db.get(`SELECT count(*) AS n FROM ${table}`)?.['n']),
    window: (offset, limit) =>
      db.all(`SELECT entries FROM ${table} WHERE pos > ? ORDER BY pos LIMIT ?`, offset, limit).map(
        ({ entries }) =>
          db.all(
            `SELECT ${foundColumns} FROM json_each(?) j CROSS JOIN users_entry e ON e.entry = j.value
                 ORDER BY e.list, e.name, e.id`,
            String(entries),
          ) as unknown as Found[],
      ),
    drop: () => db.exec(`DROP TABLE IF EXISTS ${table}`),
  };
}

const having = {
  only_first: 'min(e.list = ?) = 1',
  everywhere: 'count(DISTINCT e.list) = ?',
  some: 'count(DISTINCT e.list) < ?',
  duplicates: 'count(*) > count(DISTINCT e.list)',
} as const satisfies Record<CompareQuery['find'], string>;
