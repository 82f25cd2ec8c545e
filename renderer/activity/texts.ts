import { catalogue } from '../messages/text.ts';

/** The texts of the activity view. */
export const ta = catalogue({
  facts: {
    one: '{count} entry since this console started',
    other: '{count} entries since this console started',
  },
  'facts.of': { one: '{count} of them shown', other: '{count} of them shown' },
  search: 'Search hosts, codes …',
  export: 'Export',
  'export.failed': 'The activity was not exported.',
  'export.under': 'Exporting …',
  'export.done': 'Saved as {name}. Nothing secret is in it.',

  'filter.show': 'Result',
  'filter.failed': 'failed',

  'column.at': 'Time',
  'column.what': 'What',
  'column.where': 'Where',
  'column.connection': 'Connection',
  'column.result': 'Result',
  'column.took': 'Took',
  'column.bytes': 'Size',
  'column.proxy': 'Proxy',

  'purpose.discovery': 'Discovery',
  'purpose.token': 'Token',
  'purpose.jwks': 'Public keys',
  'purpose.userinfo': 'Who signed in',
  'purpose.revocation': 'Revocation',
  'purpose.introspection': 'Introspection',
  'purpose.api': 'API',
  'purpose.check': 'Reachable?',
  'change.signed_in': 'Signed in',
  'change.renewed': 'Session renewed',
  'change.refused': 'Not renewed',
  'change.ended': 'Session ended',
  'change.signed_out': 'Signed out',

  'result.noAnswer': 'no answer',
  'result.done': 'done',
  'result.failed': 'failed',

  'empty.title': 'Nothing has happened yet',
  'empty.text':
    'What this console asks of servers, and what becomes of sessions, is listed here until the console ends.',
  'empty.action': 'Go to connections',
  missing: 'This link leads to an entry that is not here.',
  'missing.hint': 'The newest 2,000 entries are kept, and only until the console ends.',
  'none.title': 'Nothing fits',
  'none.text': 'No entry has what you look for.',
  'none.failedText': 'Nothing has failed since this console started.',
  'none.action': 'Show everything',

  'detail.attempt': 'Attempt',
  'detail.status': 'Status',
  'detail.direct': 'none, direct',
  'detail.removed': 'removed',
  'detail.code': 'Code',
  'detail.hidden': 'Values that may be secret or personal are shown as …',
  milliseconds: '{count} ms',
  bytes: '{count} B',
  kilobytes: '{count} kB',
} as const);
