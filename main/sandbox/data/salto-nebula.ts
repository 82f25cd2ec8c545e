import { hex24Of, indexOfUlid, ulidOf } from './ids.ts';
import { peopleOf, personAt } from './people.ts';
import type { People } from './people.ts';
import { drawn, keyOf } from './random.ts';
import { recordsOf } from './records.ts';
import type { Records } from './records.ts';

/** An installation (vendor-apis 2.4). `name` is `installations/<id>`. */
export interface NebulaInstallation {
  readonly name: string;
  readonly display_name: string;
  readonly photo_uri: string;
  readonly address: string;
  readonly time_zone: string;
  readonly digital_key_art: { readonly background_image_uri: string; readonly text_color: string };
  readonly delete_time: string | null;
  readonly partner_info: { readonly partner_id: string; readonly currency_code: string };
  readonly block_time: string | null;
  readonly key_renewal_duration: string;
}

/**
 * A user (vendor-apis 2.4). `name` is `installations/<id>/users/<id>`. Null is absent: proto fields marked optional
 * (`string?`), messages and timestamps; the other texts are empty instead.
 */
export interface NebulaUser {
  readonly name: string;
  readonly parent: string | null;
  readonly given_name: string;
  readonly family_name: string | null;
  readonly display_name: string;
  readonly email: string | null;
  readonly activate_time: string | null;
  readonly expire_time: string | null;
  readonly photo_uri: string;
  readonly card_key: {
    readonly name: string;
    readonly uid: string;
    readonly state: 'NOT_ASSIGNED' | 'PENDING' | 'ACTIVE';
    readonly outdated: boolean;
    readonly expire_time: string | null;
  };
  readonly app_key: { readonly name: string; readonly state: string; readonly remote_operations: boolean };
  readonly blocked: boolean;
  readonly manager: string | null;
  readonly allow_do_not_disturb_override: boolean;
}

export interface NebulaPolicy {
  readonly name: string;
  readonly member: string;
  readonly roles: readonly string[];
}

export interface NebulaServiceAccount {
  readonly name: string;
  readonly display_name: string;
  readonly client_id: string;
  readonly create_time: string;
}

export interface NebulaUnit {
  readonly name: string;
  readonly display_name: string;
}

export interface NebulaPlace {
  readonly id: string;
  readonly installation: NebulaInstallation;
  readonly users: Records<NebulaUser>;
  readonly policies: readonly NebulaPolicy[];
  readonly serviceAccounts: readonly NebulaServiceAccount[];
  readonly units: readonly NebulaUnit[];
}

export interface NebulaRole {
  readonly name: string;
  readonly display_name: string;
  readonly permissions: readonly string[];
}

export interface NebulaWorld {
  readonly places: readonly NebulaPlace[];
  readonly roles: readonly NebulaRole[];
}

/** Custom ids and generated ones both occur (vendor-apis 2.2, resource names): null = a generated ULID. */
const placeRows = [
  {
    id: 'quayside-lofts',
    name: 'Quayside Lofts',
    address: 'Pier 4, Port Ellery',
    zone: 'Europe/Lisbon',
    users: 640,
  },
  {
    id: null,
    name: 'Björkvägen Resthouse',
    address: 'Björkvägen 12, Ostholm',
    zone: 'Europe/Stockholm',
    users: 220,
  },
  { id: null, name: 'North Annex 北別館', address: '', zone: 'Asia/Tokyo', users: 90 },
  { id: 'tiny-office', name: 'Tiny Office', address: 'Room 3', zone: 'America/Bogota', users: 12 },
  { id: null, name: 'Not Opened Yet', address: '', zone: 'UTC', users: 0 },
] as const;

/** Roles seen in vendor documents (vendor-apis 2.4). */
const roles: readonly NebulaRole[] = [
  {
    name: 'iam-roles/admin',
    display_name: 'System manager',
    permissions: [
      'nebula.installation.get',
      'nebula.user.create',
      'nebula.user.list',
      'nebula.access-right.list',
    ],
  },
  {
    name: 'iam-roles/access-right.admin',
    display_name: 'Access right manager',
    permissions: ['nebula.user.list', 'nebula.access-right.list'],
  },
  { name: 'iam-roles/unit.user', display_name: 'Unit user', permissions: [] },
  { name: 'iam-roles/unit.admin', display_name: 'Unit manager', permissions: ['nebula.user.list'] },
];

function userRecord(people: People, idKey: number, parent: string, index: number): NebulaUser {
  const person = personAt(people, index);
  const draw = drawn(idKey, index, 3);
  const name = `${parent}/users/${ulidOf(idKey, index)}`;
  return {
    name,
    parent: null,
    given_name: person.given,
    family_name: person.family === '' ? null : person.family,
    // The vendor joins the two names; an absent one leaves no space behind.
    display_name: [person.given, person.family].filter((part) => part !== '').join(' '),
    email: person.email,
    activate_time: person.standing === 'pending' ? '2039-05-01T08:00:00Z' : '2023-02-01T08:00:00Z',
    expire_time: person.standing === 'expired' ? '2024-06-30T22:00:00Z' : null,
    photo_uri: '',
    card_key: {
      name: `${name}/card-key`,
      uid: draw % 3 === 0 ? hex24Of(idKey, index).slice(10).toUpperCase() : '',
      state: draw % 3 === 0 ? 'ACTIVE' : draw % 3 === 1 ? 'PENDING' : 'NOT_ASSIGNED',
      outdated: draw % 13 === 0,
      expire_time: null,
    },
    app_key: {
      name: `${name}/app-key`,
      state: draw % 2 === 0 ? 'ACTIVE' : 'NOT_ASSIGNED',
      remote_operations: (draw & 8) !== 0,
    },
    blocked: person.standing === 'blocked',
    manager: draw % 50 === 0 ? `${parent}/bookings/${ulidOf(idKey + 1, index)}` : null,
    allow_do_not_disturb_override: (draw & 0x30) === 0,
  };
}

/** Five installations; the last one is empty. */
export function createNebulaWorld(seed: number): NebulaWorld {
  const placeKey = keyOf(seed, 'salto-nebula', 'installation');
  const places = placeRows.map((row, at): NebulaPlace => {
    const id = row.id ?? ulidOf(placeKey, at);
    const parent = `installations/${id}`;
    const people = peopleOf(seed, `nebula${at + 1}.example`, 'salto-nebula', String(at));
    const idKey = keyOf(seed, 'salto-nebula', 'user', String(at));
    const serviceKey = keyOf(seed, 'salto-nebula', 'service-account', String(at));
    const userName = (index: number): string => `${parent}/users/${ulidOf(idKey, index)}`;
    return {
      id,
      installation: {
        name: parent,
        display_name: row.name,
        photo_uri: '',
        address: row.address,
        time_zone: row.zone,
        digital_key_art: { background_image_uri: '', text_color: '#ffffff' },
        delete_time: null,
        partner_info: {
          partner_id: `partner-${1000 + (drawn(placeKey, at, 1) % 9000)}`,
          currency_code: 'EUR',
        },
        block_time: at === 3 ? '2026-01-10T09:00:00Z' : null,
        key_renewal_duration: '2592000s',
      },
      users: recordsOf({
        count: row.users,
        make: (index) => userRecord(people, idKey, parent, index),
        indexOf: (userId) => indexOfUlid(idKey, userId),
      }),
      policies: [0, 1, 2]
        .filter((index) => index < row.users)
        .map((index) => ({
          name: `${parent}/iam-policies/${ulidOf(idKey + 2, index)}`,
          member: userName(index),
          roles: [index === 0 ? 'iam-roles/admin' : 'iam-roles/access-right.admin'],
        }))
        // The form of a member is not published; a resource name is the likeliest.
        .concat([
          {
            name: `${parent}/iam-policies/${ulidOf(idKey + 2, 3)}`,
            member: `${parent}/service-accounts/${ulidOf(serviceKey, 1)}`,
            roles: [at === 0 ? 'iam-roles/admin' : 'iam-roles/access-right.admin'],
          },
        ]),
      serviceAccounts: [
        {
          name: `${parent}/service-accounts/${ulidOf(serviceKey, 0)}`,
          display_name: 'Booking bridge',
          client_id: `nebula-service-${String(at + 1)}`,
          create_time: '2024-03-05T10:00:00Z',
        },
        {
          name: `${parent}/service-accounts/${ulidOf(serviceKey, 1)}`,
          display_name: 'Harbour integration',
          client_id: 'harbour-nebula-service',
          create_time: '2024-05-14T10:00:00Z',
        },
      ],
      units: Array.from({ length: row.users > 100 ? 4 : 1 }, (_, unit) => ({
        name: `${parent}/units/${ulidOf(serviceKey + 1, unit)}`,
        display_name: `Unit ${String(unit + 101)}`,
      })),
    };
  });
  return { places, roles };
}
