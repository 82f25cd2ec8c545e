import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import tls from 'node:tls';
import { type Result, fail, ok } from '../../preload/errors.ts';
import type { Environment } from './proxy.ts';

export interface ExtraCertificates {
  /** A PEM file with one or more certificates of authorities to trust besides the known ones. */
  readonly caFile?: string | undefined;
  /** The same as text. */
  readonly caPem?: string | undefined;
}

/**
 * What TLS trusts: Mozilla's list (in Node), the operating system's, NODE_EXTRA_CA_CERTS and what the user gave, one
 * never in place of another. One context for all connections, since building it takes longer than a handshake.
 * Errors: input_invalid where the user's own file cannot be used.
 */
export async function trustedContext(
  extra: ExtraCertificates,
  env: Environment,
): Promise<Result<tls.SecureContext>> {
  const own: string[] = [];
  if (extra.caPem !== undefined) own.push(...certificatesIn(extra.caPem));
  if (extra.caFile !== undefined) {
    const text = await readFile(extra.caFile, 'utf8').catch((error: unknown) => error as Error);
    if (typeof text !== 'string') {
      return unusable(
        `The file ${extra.caFile} with the extra certificates cannot be read.`,
        'Check the path and that you may read it (LATCHKEY_CA_FILE).',
      );
    }
    const found = certificatesIn(text);
    if (found.length === 0) {
      return unusable(
        `The file ${extra.caFile} holds no certificate.`,
        'It has to be a PEM file: text with -----BEGIN CERTIFICATE----- in it.',
      );
    }
    own.push(...found);
  }
  if (!own.every(isCertificate)) {
    return unusable(
      'One of the extra certificates is damaged.',
      'Export it again as PEM (Base64) and give that file (LATCHKEY_CA_FILE).',
    );
  }
  const all = new Set([
    ...tls.getCACertificates('bundled'),
    ...tls.getCACertificates('system'),
    ...(await nodeExtra(env)),
    ...own,
  ]);
  return ok(tls.createSecureContext({ ca: [...all] }));
}

/** As Node does for itself: a file that cannot be read is no reason to stop. */
async function nodeExtra(env: Environment): Promise<readonly string[]> {
  const file = env.NODE_EXTRA_CA_CERTS;
  if (file === undefined || file === '') return [];
  return readFile(file, 'utf8').then(certificatesIn, () => []);
}

/** TLS itself would leave a damaged one out without a word. */
function isCertificate(pem: string): boolean {
  try {
    new X509Certificate(pem);
    return true;
  } catch {
    return false;
  }
}

function certificatesIn(pem: string): readonly string[] {
  return pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
}

function unusable(message: string, hint: string): ReturnType<typeof fail> {
  return fail('input_invalid', message, hint);
}
