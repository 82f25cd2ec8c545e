import type { UserRow } from '../../preload/contract.ts';

export const sortKeys = [
  'displayName',
  'email',
  'status',
  'installation',
  'connection',
  'provider',
  'roles',
  'expiresAt',
  'id',
] as const;

export const statuses = [
  'active',
  'pending',
  'suspended',
  'blocked',
  'expired',
] as const satisfies readonly UserRow['status'][];

/** Access ends within so many days, or later. */
export const expiries = ['7', '30', '90', 'later'] as const;

/** What a person's record may lack. */
export const lacks = ['name', 'email'] as const;
