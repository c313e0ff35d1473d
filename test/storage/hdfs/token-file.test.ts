import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseLocation } from '../../../src/model/location.js';
import { delegationOf } from '../../../src/storage/hdfs/delegation.js';
import { hdfsReader } from '../../../src/storage/hdfs/open.js';
import { hdfsTokens, tokenFor } from '../../../src/storage/hdfs/token-file.js';
import { MemoryStorage } from '../../../src/storage/memory.js';
import { UsageError } from '../../../src/support/errors.js';
import { runs, testSeed } from '../../support/runs.js';
import { startFakeNameNode } from './fake-name-node.js';
import { ENCODED, PROTOBUF, WRITABLE } from './hadoop-tokens.js';

const bytesOf = (base64: string) => new Uint8Array(Buffer.from(base64, 'base64'));
const tokens = hdfsTokens(bytesOf(WRITABLE), 'f');

describe('a file of delegation tokens', () => {
  it.each([
    ['its older form', WRITABLE],
    ['protobuf', PROTOBUF],
  ])('is read in %s, tokens of other services left out', (_, base64) => {
    const read = hdfsTokens(bytesOf(base64), 'f').map(({ service, encoded }) => [service, encoded]);
    expect(new Map(read as [string, string][])).toEqual(
      new Map([
        ['ha-hdfs:prod', ENCODED.prod],
        ['10.0.0.7:9870', ENCODED.webhdfs],
      ]),
    );
  });

  it.each([
    ['nothing', '', 'it ends'],
    ['something else', Buffer.from('<configuration>').toString('base64'), 'it does not begin with HDTS'],
    ['a later version', Buffer.from('HDTS\x02\0').toString('base64'), 'its version is 2'],
    ['half a file', WRITABLE.slice(0, 40), 'it ends at byte 30'],
  ])('is refused where it holds %s', (_, base64, message) => {
    const read = () => hdfsTokens(bytesOf(base64), 'file:///tokens');
    expect(read).toThrow(UsageError);
    expect(read).toThrow(`file:///tokens is no file of Hadoop's tokens: ${message}`);
  });

  it('is read or refused, whatever bytes it holds', () => {
    const versions = fc.constantFrom([0], [1], []);
    fc.assert(
      fc.property(versions, fc.uint8Array({ maxLength: 60 }), (version, rest) => {
        const bytes = Uint8Array.of(...Buffer.from('HDTS'), ...version, ...rest);
        try {
          for (const { service } of hdfsTokens(bytes, 'f')) expect(typeof service).toBe('string');
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(UsageError);
        }
      }),
      { numRuns: runs({ sample: 300, full: 20_000 }), seed: testSeed },
    );
  });
});

describe('the token for a NameNode', () => {
  it('is that of its name service, of its address with its port, or else of its address', () => {
    const serviceFor = (...services: string[]) => tokenFor(tokens, services)?.service;
    expect(serviceFor('ha-hdfs:prod')).toBe('ha-hdfs:prod');
    expect(serviceFor('ha-hdfs:10.0.0.7', '10.0.0.7:9870')).toBe('10.0.0.7:9870');
    expect(serviceFor('10.0.0.7')).toBe('10.0.0.7:9870');
    expect(serviceFor('10.0.0.8', 'prod', '10.0.0.7:8032')).toBeUndefined();
  });

  const files = new MemoryStorage();
  const file = parseLocation('/tokens', '/');
  const origins = [new URL('http://127.0.0.1:9870')];

  it('is found by the name service of the location', async () => {
    await files.put(file, bytesOf(PROTOBUF));
    expect(await delegationOf(file, files, { authority: 'prod', origins })).toEqual({
      delegationToken: ENCODED.prod,
    });
  });

  it('is none of another service: what there is stands in the message that asks for one', async () => {
    await files.put(file, bytesOf(WRITABLE));
    const { delegationToken, noToken } = await delegationOf(file, files, { authority: 'test:8020', origins });
    expect(delegationToken).toBeUndefined();
    const server = await startFakeNameNode(() => ({
      status: 401,
      headers: { 'WWW-Authenticate': 'Negotiate' },
    }));
    const home = parseLocation(`webhdfs://${server.address}/home`, '/');
    await expect(hdfsReader(home, { noToken }).stat(home)).rejects.toMatchObject({
      kind: 'denied',
      message: expect.stringMatching(
        /file:\/\/\/tokens has no token for test:8020: it has tokens for .*ha-hdfs:prod/,
      ),
      next: expect.stringContaining('HADOOP_TOKEN_FILE_LOCATION'),
    });
    await server.stop();
  });

  it('is looked for in vain where there is no file, and that is said', async () => {
    const asked = delegationOf(parseLocation('/nowhere', '/'), files, { authority: 'prod', origins });
    await expect(asked).rejects.toThrow(UsageError);
  });
});
