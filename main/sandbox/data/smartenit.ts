import { hex24Of, indexOfHex24 } from './ids.ts';
import { peopleOf, personAt } from './people.ts';
import type { People } from './people.ts';
import { drawn, keyOf } from './random.ts';
import { recordsOf } from './records.ts';
import type { Records } from './records.ts';

/** `parents` of a record (vendor-apis 4.2): references by collection. */
export type SmartenitParents = Readonly<
  Record<string, readonly { readonly id: string; readonly name: string }[]>
>;

interface SmartenitBase {
  readonly _id: string;
  readonly createdAt: string;
  readonly updatedAt: string;
}

export interface SmartenitUser extends SmartenitBase {
  readonly username: string;
  readonly profile: { readonly name: string; readonly lastName: string };
  readonly parents: SmartenitParents;
}

export interface SmartenitLocation extends SmartenitBase {
  readonly name: string;
  readonly accountId: string;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly meta: { readonly hasEnergyManagement: boolean };
  readonly parents: SmartenitParents;
}

export interface SmartenitAccount extends SmartenitBase {
  readonly name: string;
  readonly settings: Readonly<Record<string, unknown>>;
}

export interface SmartenitWorld {
  readonly account: SmartenitAccount;
  readonly locations: readonly SmartenitLocation[];
  readonly users: Records<SmartenitUser>;
  nextUserId(): string;
}

/** The one account (tenant), independent of the seed: the identity answers name it too. */
export const smartenitAccount: SmartenitAccount = {
  _id: '57a1c0de0000000000004711',
  name: 'Ellery Home Services',
  settings: {},
  createdAt: '2016-08-03T09:00:00.000Z',
  updatedAt: '2018-01-15T16:30:00.000Z',
};

/** Locations and the part of the user list that belongs to each; parts overlap, and the last ten users have none. */
const locationRows = [
  { name: 'Lighthouse Cottage', from: 0, to: 260 },
  { name: 'Casa Azul – Piso 2º', from: 240, to: 322 },
  { name: 'Pump Shed', from: 314, to: 330 },
] as const;
const USERS = 340;

function isoTime(draw: number): string {
  // 2016 to 2018, whole seconds.
  return new Date(1_451_606_400_000 + (draw % 94_000_000) * 1000).toISOString();
}

function userRecord(
  people: People,
  idKey: number,
  locations: readonly SmartenitLocation[],
  index: number,
): SmartenitUser {
  const person = personAt(people, index);
  const created = drawn(idKey, index, 3);
  return {
    _id: hex24Of(idKey, index),
    // The user name is the e-mail; people without one have a plain name.
    username: person.email ?? `panel-${String(index)}`,
    profile: { name: person.given, lastName: person.family },
    parents: smartenitParents(
      locations.filter((_, at) => {
        const row = locationRows[at];
        return row !== undefined && index >= row.from && index < row.to;
      }),
    ),
    createdAt: isoTime(created),
    updatedAt: isoTime(created + 86_400),
  };
}

export function smartenitParents(locations: readonly SmartenitLocation[]): SmartenitParents {
  return {
    accounts: [{ id: smartenitAccount._id, name: smartenitAccount.name }],
    locations: locations.map(({ _id, name }) => ({ id: _id, name })),
  };
}

/** One account with three locations and 340 users. */
export function createSmartenitWorld(seed: number): SmartenitWorld {
  const people = peopleOf(seed, 'ellery-home.example', 'smartenit');
  const locationKey = keyOf(seed, 'smartenit', 'location');
  const idKey = keyOf(seed, 'smartenit', 'user');
  const locations = locationRows.map((row, at): SmartenitLocation => ({
    _id: hex24Of(locationKey, at),
    name: row.name,
    accountId: smartenitAccount._id,
    settings: { temperatureUnit: 'C' },
    meta: { hasEnergyManagement: at === 0 },
    parents: { accounts: [{ id: smartenitAccount._id, name: smartenitAccount.name }] },
    createdAt: isoTime(drawn(locationKey, at, 1)),
    updatedAt: '2018-02-01T00:00:00.000Z',
  }));
  let added = 0;
  return {
    account: smartenitAccount,
    locations,
    users: recordsOf({
      count: USERS,
      make: (index) => userRecord(people, idKey, locations, index),
      indexOf: (id) => indexOfHex24(idKey, id),
    }),
    nextUserId: () => hex24Of(idKey + 1, added++),
  };
}
