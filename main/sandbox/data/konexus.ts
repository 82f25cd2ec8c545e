import { peopleOf, personAt } from './people.ts';
import type { Person } from './people.ts';
import { drawn, keyOf } from './random.ts';
import { recordsOf } from './records.ts';
import type { Records } from './records.ts';

/** The one tenant; its id is the token's `tenantId` claim. Independent of the seed, for the client id carries it. */
export const konexusTenant = { id: '4711', name: 'Tenant 4711' } as const;

/** The only directory (the published sample's id). */
export const konexusDirectory = 'public';

/** One person of the tenant, before it is shaped as a v2 contact or a Directory profile. */
export interface KonexusMember {
  readonly id: number;
  readonly credentialId: number;
  readonly externalId: string | null;
  readonly person: Person;
  readonly title: string;
  readonly phone: string | null;
  readonly type: 'Internal' | 'Public';
  readonly mobileAppUser: boolean;
  /** Id of the group the member is in, null for nobody's. */
  readonly groupId: number | null;
}

/** A node of the group tree (vendor-apis 3.2). */
export interface KonexusGroup {
  readonly id: number;
  readonly parentId: number | null;
  readonly name: string;
  readonly classification: 'Internal' | 'Public';
}

export interface KonexusWorld {
  readonly members: Records<KonexusMember>;
  readonly groups: readonly KonexusGroup[];
}

const MEMBERS = 480;
const FIRST_ID = 4_200_001;
const titles = ['', 'Duty officer', 'Nurse', 'Caretaker', 'Dispatcher', 'Volunteer'] as const;

const groupRows: readonly [name: string, parent: number | null, classification: 'Internal' | 'Public'][] = [
  ['County staff', null, 'Internal'],
  ['Harbour watch', 0, 'Internal'],
  ['Night shift', 1, 'Internal'],
  ['Weekend shift', 1, 'Internal'],
  ['Schools', 0, 'Internal'],
  ['Residents', null, 'Public'],
  ['Flood plain', 5, 'Public'],
  ['Åsgård & Øvre', 5, 'Public'],
];

/** One tenant with 480 members in a tree of eight groups. */
export function createKonexusWorld(seed: number): KonexusWorld {
  const people = peopleOf(seed, 'ellery-alerts.example', 'konexus');
  const key = keyOf(seed, 'konexus', 'member');
  const groups = groupRows.map(([name, parent, classification], at) => ({
    id: 9001 + at,
    parentId: parent === null ? null : 9001 + parent,
    name,
    classification,
  }));
  const at = (index: number): KonexusMember => {
    const draw = drawn(key, index, 3);
    const group = index % 9;
    return {
      id: FIRST_ID + index,
      credentialId: 77_000 + index * 3,
      externalId: draw % 4 === 0 ? null : `EXT-${String(10_000 + index)}`,
      person: personAt(people, index),
      title: titles[draw % titles.length] ?? '',
      phone: draw % 5 === 0 ? null : `+1555${String(1_000_000 + (draw % 9_000_000))}`,
      type: group >= 5 ? 'Public' : 'Internal',
      mobileAppUser: (draw & 64) !== 0,
      groupId: groups[group]?.id ?? null,
    };
  };
  return {
    groups,
    members: recordsOf({
      count: MEMBERS,
      make: at,
      indexOf: (id) => (/^\d{1,9}$/u.test(id) ? Number(id) - FIRST_ID : null),
    }),
  };
}
