import { describe, expect, it } from 'vitest';
import { keyErrorOf, storageErrorOf } from '../../../src/storage/s3/errors.js';
import { StorageError, type StorageErrorKind } from '../../../src/support/errors.js';

const attempt = { operation: 'read', where: 's3://bucket/key' };

function thrownBySdk(name: string, status?: number, more: object = {}): Error {
  return Object.assign(new Error('made up'), { name, $metadata: { httpStatusCode: status }, ...more });
}

function meaning(thrown: unknown): StorageError {
  const error = storageErrorOf(thrown, attempt);
  if (!(error instanceof StorageError)) throw new Error(`no StorageError: ${String(error)}`);
  return error;
}

describe('errors of S3', () => {
  it.each<[string, number | undefined, StorageErrorKind]>([
    ['NoSuchKey', 404, 'not-found'],
    ['NoSuchUpload', 404, 'not-found'],
    ['NoSuchBucket', 404, 'denied'],
    ['NotFound', 404, 'corrupt'],
    ['UnknownError', 404, 'corrupt'],
    ['AccessDenied', 403, 'denied'],
    ['InvalidAccessKeyId', 403, 'denied'],
    ['SignatureDoesNotMatch', 403, 'denied'],
    ['ExpiredToken', 400, 'denied'],
    ['RequestTimeTooSkewed', 403, 'denied'],
    ['CredentialsProviderError', undefined, 'denied'],
    ['403', 403, 'denied'],
    ['PermanentRedirect', 301, 'denied'],
    ['InvalidObjectState', 403, 'denied'],
    ['InvalidArgument', 400, 'denied'],
    ['NotImplemented', 501, 'denied'],
    ['PreconditionFailed', 412, 'conflict'],
    ['SlowDown', 503, 'throttled'],
    ['UnknownError', 503, 'throttled'],
    ['UnknownError', 429, 'throttled'],
    ['ServiceUnavailable', 503, 'throttled'],
    ['InternalError', 500, 'unavailable'],
    ['UnknownError', 502, 'unavailable'],
    ['UnknownError', 504, 'unavailable'],
    ['RequestTimeout', 400, 'unavailable'],
    ['ConditionalRequestConflict', 409, 'unavailable'],
    ['TimeoutError', undefined, 'unavailable'],
    ['XMinioStorageFull', 507, 'no-space'],
    ['UnknownError', 507, 'no-space'],
    ['SyntaxError', undefined, 'corrupt'],
    ['Error', 200, 'corrupt'],
  ])('reads %s with status %s as %s', (name, status, kind) => {
    expect(meaning(thrownBySdk(name, status))).toMatchObject({ kind, where: attempt.where });
  });

  it.each<[string, StorageErrorKind]>([
    ['ECONNREFUSED', 'unavailable'],
    ['ECONNRESET', 'unavailable'],
    ['ENOTFOUND', 'unavailable'],
    ['EPIPE', 'unavailable'],
    ['HPE_INVALID_CONSTANT', 'corrupt'],
    ['SELF_SIGNED_CERT_IN_CHAIN', 'denied'],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'denied'],
  ])('reads the network error %s as %s', (code, kind) => {
    expect(meaning(Object.assign(new Error('made up'), { code }))).toMatchObject({ kind });
  });

  it.each([
    [{ name: 'SlowDown', message: 'slow', $metadata: { httpStatusCode: 503 } }, 'SlowDown, 503, slow'],
    [
      { name: 'Unknown', message: 'UnknownError', $metadata: { httpStatusCode: 403 } },
      'the answer is 403, and says no more',
    ],
    [
      { name: '501', message: 'UnknownError', $metadata: { httpStatusCode: 501 } },
      'the answer is 501, and says no more',
    ],
    [
      { name: 'Error', code: 'ECONNREFUSED', message: 'connect ECONNREFUSED 127.0.0.1:1' },
      'connect ECONNREFUSED 127.0.0.1:1',
    ],
    [
      {
        name: 'Error',
        code: 'EPROTO',
        message: 'write EPROTO 80:error:0A:SSL routines:ssl3_get_record:wrong version number:../x.c:350:\n',
      },
      'EPROTO, wrong version number',
    ],
  ])('say in one line what there is to say: %j', (thrown, said) => {
    expect(meaning(Object.assign(new Error(), thrown)).message).toBe(`cannot read s3://bucket/key: ${said}`);
  });

  it.each([{ code: 'REFUSED_BY_PROXY' }, { name: 'Unknown', $metadata: { httpStatusCode: 407 } }])(
    'tell the refusal of a proxy from that of the store: %j',
    (thrown) => {
      expect(meaning(Object.assign(new Error('made up'), thrown))).toMatchObject({
        kind: 'denied',
        next: expect.stringContaining('login of the proxy'),
      });
    },
  );

  it('names the environment variable that trusts a certificate', () => {
    const error = Object.assign(new Error('made up'), { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' });
    expect(meaning(error).next).toContain('NODE_EXTRA_CA_CERTS');
  });

  it.each([
    ['AccessDenied', 'Access Denied because object protected by object lock.'],
    ['InvalidRequest', 'Object is WORM protected and cannot be overwritten'],
    ['AccessDenied', 'object is under legal hold'],
  ])('tells a lock from a missing permission: %s, %s', (code, message) => {
    expect(keyErrorOf(code, message, attempt).next).toMatch(/retention|hold/);
    expect(keyErrorOf('AccessDenied', 'Access Denied', attempt).next).toMatch(/permission/);
  });

  it('keeps how long the store asks to wait, and not its answer', () => {
    const thrown = thrownBySdk('SlowDown', 503, { $response: { headers: { 'retry-after': '7' } } });
    const error = meaning(thrown);
    expect(error.retryAfterMs).toBe(7000);
    expect(error.cause).toBe(thrown);
    expect(thrown).not.toHaveProperty('$response');
  });

  it('passes on what an abort throws', () => {
    const abort = Object.assign(new Error('stop'), { name: 'AbortError' });
    expect(storageErrorOf(abort, attempt)).toBe(abort);
  });
});
