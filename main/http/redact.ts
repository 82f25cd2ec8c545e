/** Values of these are counts and positions of lists; everything else in a query may be a secret or a person. */
const harmless = new Set([
  'page',
  'limit',
  'offset',
  'page_size',
  'per_page',
  'count',
  '$top',
  '$skip',
  '$count',
]);

/**
 * An address's path and query as they may be shown. Path: identifiers stay; a segment that is long enough to be a secret, or
 * has an @ in it, becomes `…`. Query: names stay, values become `…` but for the numbers of paging. A query that is no
 * list of names and values, or a name too long to be one, becomes `…` whole. User info and fragment go.
 */
export function redactPath(url: URL): string {
  const path = url.pathname
    .split('/')
    .map((segment) => (segment.length > 64 || /@|%40/i.test(segment) ? '…' : segment))
    .join('/');
  const query = url.search
    .slice(1)
    .split('&')
    .filter((part) => part !== '')
    .map(redactParameter);
  return `${path}${query.length === 0 ? '' : `?${query.join('&')}`}`;
}

function redactParameter(part: string): string {
  const [, name, value = ''] = /^([^=]{1,40})=(.*)$/s.exec(part) ?? [];
  if (name === undefined || /@|%40/i.test(name)) return '…';
  const plain = name.replace(/^%24/, '$');
  return harmless.has(plain) && /^(?:\d{1,9}|true|false)$/.test(value) ? `${plain}=${value}` : `${plain}=…`;
}
