export const sortKeys = ['name', 'connection', 'timeZone', 'userCount'] as const;

export interface Sort {
  readonly key: (typeof sortKeys)[number];
  readonly descending: boolean;
}
