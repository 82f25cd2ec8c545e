import type { PeerCertificate } from 'node:tls';

/** Codes of OpenSSL's verification as Node names them, in words that follow "The certificate of HOST". */
const problems: Readonly<Record<string, string>> = {
  SELF_SIGNED_CERT_IN_CHAIN: 'was issued by an authority that this computer does not know',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'is self-signed',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'was issued by an authority that this computer does not know',
  UNABLE_TO_GET_ISSUER_CERT: 'was issued by an authority that this computer does not know',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'was issued by an authority that this computer does not know',
  CERT_UNTRUSTED: 'was issued by an authority that is not trusted',
  CERT_REJECTED: 'was rejected',
  CERT_REVOKED: 'was revoked',
  CERT_HAS_EXPIRED: 'has expired',
  CERT_NOT_YET_VALID: 'is not valid yet',
  CERT_SIGNATURE_FAILURE: 'has a wrong signature',
  CERT_CHAIN_TOO_LONG: 'has too long a chain of authorities',
  INVALID_CA: 'was issued by a certificate that is no authority',
  INVALID_PURPOSE: 'is not meant for a server',
  PATH_LENGTH_EXCEEDED: 'has too long a chain of authorities',
  HOSTNAME_MISMATCH: 'is for another host',
  ERR_TLS_CERT_ALTNAME_INVALID: 'is for another host',
};

const hints: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: 'Check the date of this computer. If it is right, the server needs a new certificate.',
  CERT_NOT_YET_VALID: 'Check the date of this computer.',
  CERT_REVOKED: 'Do not go on; tell whoever runs the server.',
  HOSTNAME_MISMATCH: 'Check the address. If it is right, someone else may be answering for it.',
  ERR_TLS_CERT_ALTNAME_INVALID: 'Check the address. If it is right, someone else may be answering for it.',
};

/** What is wrong with a certificate, by the code of the error; null where the code says nothing of certificates. */
export function certificateProblem(code: string): string | null {
  return problems[code] ?? null;
}

/** What to do about it. An unknown authority is named, so that its certificate can be asked for. */
export function certificateHint(code: string, certificate: PeerCertificate | null): string {
  const known = hints[code];
  if (known !== undefined) return known;
  const issuer = certificate === null ? null : nameOf(certificate.issuer);
  const whose = issuer === null ? 'its certificate' : `the certificate of "${issuer}"`;
  return `If that is an authority of your company or of the server's owner, get ${whose} from them as a PEM file and name it: latchkey settings set caFile FILE (or LATCHKEY_CA_FILE)`;
}

/** Whose certificate it is, who issued it and for how long, e.g. ` It says: CN=a.example, issued by CN=X; ...`. */
export function certificateWords(certificate: PeerCertificate | null): string {
  if (certificate === null || Object.keys(certificate).length === 0) return '';
  const { subject, issuer, subjectaltname, valid_from: from, valid_to: to } = certificate;
  const names = (subjectaltname ?? '')
    .split(', ')
    .map((name) => plain(name.replace(/^(?:DNS|IP Address):/, '')))
    .filter((name) => name !== '');
  const hosts =
    names.length === 0 ? '' : ` for ${names.slice(0, 4).join(', ')}${names.length > 4 ? ', ...' : ''}`;
  return ` It is the certificate of ${subjectOf(subject)}${hosts}, issued by ${subjectOf(issuer)}, valid from ${day(from)} to ${day(to)}.`;
}

type Name = PeerCertificate['subject'];

function nameOf(name: Name | undefined): string | null {
  const words = name?.CN ?? name?.O ?? name?.OU;
  const first = Array.isArray(words) ? words[0] : words;
  return first === undefined || first === '' ? null : plain(first);
}

function subjectOf(name: Name | undefined): string {
  const own = nameOf(name);
  if (own === null) return 'nobody named';
  const { O: organization } = name ?? {};
  const owner = Array.isArray(organization) ? organization[0] : organization;
  return owner === undefined || plain(owner) === own ? `"${own}"` : `"${own}" (${plain(owner)})`;
}

/** What a stranger wrote into a certificate, on one line and short. */
function plain(text: string): string {
  return text.replaceAll(/[\p{C}"]+/gu, ' ').slice(0, 80);
}

/** `Nov 22 06:00:00 2026 GMT` as 2026-11-22. */
function day(text: string): string {
  const time = Date.parse(text);
  return Number.isNaN(time) ? 'an unknown day' : new Date(time).toISOString().slice(0, 10);
}
