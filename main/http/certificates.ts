import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import tls from 'node:tls';
import { type Result, fail, ok } from '../../preload/errors.ts';
import type { Environment } from './proxy.ts';

/** Certificates of authorities to trust besides Mozilla's list. */
export interface ExtraCertificates {
  /** PEM files, each with the name of the place where it is set, for messages. */
  readonly files: readonly { readonly path: string; readonly from: string }[];
  /** Whether the operating system's authorities are trusted. */
  readonly system: boolean;
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
  for (const { path, from } of extra.files) {
    const read = await readCertificateFile(path, from);
    if (!read.ok) return read;
    own.push(...read.value);
  }
  const all = new Set([
    ...tls.getCACertificates('bundled'),
    ...(extra.system ? tls.getCACertificates('system') : []),
    ...(await nodeExtra(env)),
    ...own,
  ]);
  return ok(tls.createSecureContext({ ca: [...all] }));
}

/** The certificates in a PEM file, at least one. `from` says where the file is named. Errors: input_invalid. */
export async function readCertificateFile(file: string, from: string): Promise<Result<readonly string[]>> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => error as Error);
  if (typeof text !== 'string') {
    return unusable(
      `The file ${file} with the extra certificates cannot be read.`,
      `Check the path and that you may read it (${from}).`,
    );
  }
  const found = certificatesIn(text);
  if (found.length === 0) {
    return unusable(
      `The file ${file} holds no certificate.`,
      `It has to be a PEM file: text with -----BEGIN CERTIFICATE----- in it (${from}).`,
    );
  }
  if (!found.every(isCertificate)) {
    return unusable(
      `One of the certificates in ${file} is damaged.`,
      `Export it again as PEM (Base64) and give that file (${from}).`,
    );
  }
  return ok(found);
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
