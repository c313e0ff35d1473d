// The driver against a cluster secured by Kerberos, with a delegation token. Starts three JVMs: in the long run only.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { child, type Location, parseLocation } from '../../../src/model/location.js';
import { hdfsReader, hdfsRemover, openHdfsReader } from '../../../src/storage/hdfs/open.js';
import { PLAIN_STORES } from '../../../src/storage/store-options.js';
import { StorageError } from '../../../src/support/errors.js';
import { kindOf, listAll, text } from '../../contract/storage-contract.js';
import { runs } from '../../support/runs.js';
import { describeHdfs } from './available.js';
import { type SecuredHdfs, startSecuredHdfs } from './kerberos.js';

describe.runIf(runs({ sample: 0, full: 1 }) > 0)('long', () => {
  describeHdfs('a cluster secured by Kerberos', () => {
    let secured: SecuredHdfs;
    let home: Location;
    beforeAll(async () => {
      secured = await startSecuredHdfs();
      home = parseLocation(`webhdfs://${secured.httpAddress}/alice`, '/');
    }, 600_000);
    afterAll(() => secured?.stop());

    it('is used with a delegation token', async () => {
      const storage = hdfsRemover(home, { delegationToken: secured.token });
      await storage.put(child(home, 'f'), text('by token'));
      expect(Buffer.from(await storage.read(child(home, 'f'))).toString()).toBe('by token');
      expect((await listAll(storage, home)).entries).toHaveLength(1);
      expect(await storage.remove([child(home, 'f')])).toMatchObject([{ outcome: 'removed' }]);
    });

    it('is used with the token of a file, in either form', async () => {
      for (const file of secured.tokenFiles) {
        const settings = { hdfs: { tokenFile: parseLocation(file, '/') } };
        const storage = await openHdfsReader(home, { ...PLAIN_STORES, settings });
        expect(await storage.stat(home)).toMatchObject({ type: 'directory' });
      }
    });

    it('asks for a ticket where there is no token, and what to do is said', async () => {
      const error = await hdfsReader(home, { user: 'alice' })
        .stat(home)
        .catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ kind: 'denied', next: expect.stringContaining('delegation token') });
    });

    it('denies a cancelled token, and no message holds it', async () => {
      await secured.cancelToken();
      const storage = hdfsReader(home, { delegationToken: secured.token });
      const error = await storage.stat(home).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(StorageError);
      expect(error).toMatchObject({ kind: 'denied' });
      expect(JSON.stringify(error) + String(error)).not.toContain(secured.token);
      expect(await kindOf(listAll(storage, home))).toBe('denied');
    });
  });
});
