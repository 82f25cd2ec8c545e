import type { UserRow } from '../../preload/contract.ts';

export const sortKeys = ['displayName', 'email', 'status', 'installation'] as const;

export const statuses = [
  'active',
  'pending',
  'suspended',
  'blocked',
  'expired',
] as const satisfies readonly UserRow['status'][];
