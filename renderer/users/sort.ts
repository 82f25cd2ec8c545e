import type { UserRow } from '../../preload/contract.ts';

export const sortKeys = ['displayName', 'email', 'status', 'installation'] as const;

export interface Sort {
  readonly key: (typeof sortKeys)[number];
  readonly descending: boolean;
}

export const statuses = [
  'active',
  'pending',
  'suspended',
  'blocked',
  'expired',
] as const satisfies readonly UserRow['status'][];
