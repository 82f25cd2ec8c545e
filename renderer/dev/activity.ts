import type { ActivityRow, ConnectionInfo } from '../../preload/contract.ts';

/** Requests and sessions as a day of work leaves them, newest first. */
export function activityRows(connections: readonly ConnectionInfo[], now: number): ActivityRow[] {
  const purposes = ['api', 'api', 'api', 'token', 'discovery', 'jwks'] as const;
  const asked = {
    token: { method: 'POST', host: 'identity.vendor.example', path: '/connect/token' },
    discovery: { method: 'GET', host: 'identity.vendor.example', path: '/.well-known/openid-configuration' },
    jwks: { method: 'GET', host: 'identity.vendor.example', path: '/.well-known/jwks' },
  };
  return Array.from({ length: 340 }, (_, index): ActivityRow => {
    const connection = connections[index % Math.max(1, connections.length)];
    const shared = {
      number: 340 - index,
      at: now - index * 47_000,
      connectionName: connection?.name ?? null,
    };
    if (index % 9 === 4 && connection !== undefined) {
      const refused = index % 18 === 4;
      return {
        kind: 'session',
        ...shared,
        connection: connection.id,
        change: refused ? 'refused' : 'renewed',
        failure: refused
          ? {
              code: 'provider_failed',
              message: 'Salto KS failed to answer (HTTP 502).',
              hint: 'Nothing has to be done: it is tried again.',
            }
          : null,
      };
    }
    const broken = index % 23 === 7;
    const purpose = purposes[index % purposes.length] ?? 'api';
    return {
      kind: 'request',
      ...shared,
      connection: connection?.id ?? null,
      purpose,
      attempt: broken ? 2 : 1,
      ...(purpose === 'api'
        ? {
            method: 'GET',
            host: 'api.vendor.example',
            path:
              index % 5 === 2
                ? `/v1.1/sites?$top=100&$skip=${index * 100}`
                : `/v1.1/sites/${(0x5b_0f_6c_1e + index * 0x13_57).toString(16)}-2a47-4f0e-9d52-0c6f3a7be102/users?$top=100&$skip=${(index % 7) * 100}&$filter=…`,
          }
        : asked[purpose]),
      status: broken ? null : index % 31 === 5 ? 429 : 200,
      milliseconds: 38 + ((index * 37) % 900),
      bytes: broken ? null : 1200 + index * 77,
      proxy: index % 2 === 0 ? 'proxy.example:3128' : null,
      failure: broken
        ? {
            code: 'tls_untrusted',
            message:
              'The certificate of api.vendor.example was issued by an authority that this computer does not know (UNABLE_TO_VERIFY_LEAF_SIGNATURE). It is the certificate of "api.vendor.example", issued by "Harbour Inspection CA", valid from 2026-01-04 to 2027-01-04. Nothing was sent.',
            hint: 'If that is an authority of your company, get the certificate of "Harbour Inspection CA" as a PEM file and name it: latchkey settings set caFile FILE',
          }
        : null,
    };
  });
}
