export const sortKeys = ['name', 'connection', 'state', 'timeZone', 'userCount'] as const;
