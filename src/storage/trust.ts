// The certificates that a TLS connection trusts where a file of further ones is given, and what to do where one is not
// trusted.
import { readFileSync } from 'node:fs';
import { rootCertificates } from 'node:tls';
import { UsageError } from '../support/errors.js';

/**
 * The well-known certificates with those of `file` and of NODE_EXTRA_CA_CERTS, as PEM: naming any to Node makes it
 * forget all others. Throws a UsageError where a file cannot be read or holds no certificate.
 */
export function trustedCertificates(file: string): string {
  const files = [file, process.env.NODE_EXTRA_CA_CERTS ?? ''].filter((name) => name !== '');
  return [...rootCertificates, ...files.map(readCertificates)].join('\n');
}

function readCertificates(file: string): string {
  const next = 'give a file of PEM certificates';
  try {
    const text = readFileSync(file, 'utf8');
    if (text.includes('-----BEGIN CERTIFICATE-----')) return text;
  } catch (cause) {
    throw new UsageError(`cannot read the certificates of ${file}`, { where: file, next, cause });
  }
  throw new UsageError(`there is no certificate in ${file}`, { where: file, next });
}

/** What to do about a certificate that is not trusted. */
export const TRUST_IT =
  'trust the certificate of the server: name a file of PEM certificates in AWS_CA_BUNDLE (ca-file) or NODE_EXTRA_CA_CERTS';

/** Whether the code of an error says that the certificate of a server is not to be trusted. */
export function isCertificateError(code: string): boolean {
  return /^(CERT_|ERR_TLS_CERT_|UNABLE_TO_|DEPTH_ZERO_SELF_SIGNED_CERT$|SELF_SIGNED_CERT_IN_CHAIN$)/.test(
    code,
  );
}
