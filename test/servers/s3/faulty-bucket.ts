// A filled bucket on a real server, reached through a proxy that spoils what a test wants spoiled.
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { child, type Location } from '../../../src/model/location.js';
import type { S3Configuration } from '../../../src/storage/s3/configuration.js';
import type { S3Options } from '../../../src/storage/s3/open.js';
import type { StorageReader } from '../../../src/storage/storage.js';
import { listAll } from '../../contract/storage-contract.js';
import {
  type Answer,
  type Exchange,
  type Fault,
  type FaultProxy,
  startFaultProxy,
} from '../../support/fault-proxy.js';
import { adminClient, configurationOf, newBucket, openAt } from './bucket.js';
import { type S3Server, startS3 } from './server.js';

/** Keys below `root` of the bucket; more than two pages of 1000. */
export const KEYS = Array.from(
  { length: 2100 },
  (_, i) => `${i % 3}a/shared/${((i * 2654435761) >>> 0).toString(16)}-${i}`,
);

type Spoil = (exchange: Exchange) => Fault | null;

/** Set up by the hooks of the `describe` that makes it. */
export class FaultyBucket {
  server!: S3Server;
  bucket!: Location;
  #proxy: FaultProxy | undefined;

  constructor() {
    beforeAll(async () => {
      this.server = await startS3();
      this.bucket = await newBucket(this.server);
      await this.fill(KEYS);
    });
    afterEach(() => this.#stopProxy());
    afterAll(() => this.server?.stop());
  }

  get root(): Location {
    return child(this.bucket, 'root');
  }

  /** The location of one of the keys. */
  at(key: string): Location {
    return child(this.root, key);
  }

  /** Each object holds its own name. */
  async fill(keys: readonly string[]): Promise<void> {
    const s3 = adminClient(this.server);
    const waiting = keys.values();
    const put = async (): Promise<void> => {
      for (const key of waiting)
        await s3.putObject({ Bucket: this.bucket.authority, Key: `root/${key}`, Body: Buffer.from(key) });
    };
    await Promise.all(Array.from({ length: 50 }, put));
  }

  /** A storage behind a proxy that spoils; the proxy before it is stopped. */
  async behind(spoil: Spoil, configuration: Partial<S3Configuration> = {}, more: Partial<S3Options> = {}) {
    await this.#stopProxy();
    this.#proxy = await startFaultProxy(this.server.endpoint, spoil);
    return openAt(configurationOf(this.server, { ...configuration, endpoint: this.#proxy.endpoint }), more);
  }

  async expectAll(storage: StorageReader): Promise<void> {
    const { entries, problems } = await listAll(storage, this.root);
    expect(problems).toEqual([]);
    expect(entries.map(({ path }) => path)).toEqual(KEYS.map((key) => this.at(key).path).sort());
  }

  async #stopProxy(): Promise<void> {
    await this.#proxy?.stop();
    this.#proxy = undefined;
  }
}

export function isListing({ target }: Exchange): boolean {
  return target.includes('list-type=2');
}

/** Spoils those of the wanted exchanges whose number, from 0, is chosen. */
export function nth(
  wanted: (exchange: Exchange) => boolean,
  fault: Fault,
  chosen: (n: number) => boolean,
): Spoil {
  let seen = 0;
  return (exchange) => (wanted(exchange) && chosen(seen++) ? fault : null);
}

export function answered(
  status: number,
  code: string,
  headers: Readonly<Record<string, string>> = {},
): Fault {
  const body = `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>made to fail</Message></Error>`;
  return {
    kind: 'answer',
    answer: { status, headers: { 'content-type': 'application/xml', ...headers }, body: Buffer.from(body) },
  };
}

/** Changes the body, and announces its new length. */
export function changed(change: (body: Buffer) => Buffer | string): Fault {
  return {
    kind: 'change',
    change: (answer: Answer) => {
      const body = Buffer.from(change(answer.body));
      return { ...answer, headers: { ...answer.headers, 'content-length': String(body.length) }, body };
    },
  };
}
