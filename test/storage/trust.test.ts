import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rootCertificates } from 'node:tls';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import { trustedCertificates } from '../../src/storage/trust.js';
import { UsageError } from '../../src/support/errors.js';

const directory = mkdtempSync(join(tmpdir(), 'ckpt-trust-'));
afterAll(() => rmSync(directory, { recursive: true }));
afterEach(() => vi.unstubAllEnvs());

const file = (name: string, text: string): string => {
  writeFileSync(join(directory, name), text);
  return join(directory, name);
};
const [first = '', second = ''] = rootCertificates;

describe('certificates of a file', () => {
  it('are trusted beside the well-known ones and those of NODE_EXTRA_CA_CERTS', () => {
    vi.stubEnv('NODE_EXTRA_CA_CERTS', file('extra.pem', second));
    const trusted = trustedCertificates(file('ca.pem', first));
    const count = (text: string) => trusted.split(text).length - 1;
    expect(trusted.split('-----BEGIN CERTIFICATE-----')).toHaveLength(rootCertificates.length + 3);
    expect([count(first), count(second)]).toEqual([2, 2]);
  });

  it('must be there', () => {
    expect(() => trustedCertificates(join(directory, 'nowhere.pem'))).toThrow(UsageError);
    expect(() => trustedCertificates(file('key.pem', 'no certificate'))).toThrow(
      'there is no certificate in',
    );
  });
});
