// The built tool is killed just before a call that changes a real store, at one call after the other; the same command is run
// again, and what is left is what an unkilled one leaves. In between no checkpoint that is there has lost a file.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runIdOf } from '../../src/cleanup/journal.js';
import { formatLocation } from '../../src/model/location.js';
import { systemClock } from '../../src/support/clock.js';
import { planText } from '../cleanup/samples.js';
import { ckpt, cleanEnvironment, RUN } from '../cli/process.js';
import { runs, testSeed } from '../support/runs.js';
import { broken, type CleanupPlace, JOB, pathsIn, planOfLast, plant } from './cleanup.js';

const KILL = fileURLToPath(new URL('../support/kill-at-call.mjs', import.meta.url));
/** In the long run every call, else a few of them. */
const STRIDE = runs({ sample: 19, full: 1 });
const FIRST = 1 + (testSeed % runs({ sample: 3, full: 1 }));

export interface KillPlace extends CleanupPlace {
  /** How `ckpt` reaches the store. */
  readonly env: Readonly<Record<string, string>>;
  /** Makes all files in the place old. */
  readonly age: () => Promise<void>;
}

export interface KillOptions {
  /** What counts the calls: those to the file system, or requests. */
  readonly counter: 'KILL_AT_CALL' | 'KILL_AT_REQUEST';
  readonly quarantine: boolean;
}

export function sigkillOn(open: () => Promise<KillPlace>, { counter, quarantine }: KillOptions): void {
  let scratch: string;
  beforeAll(() => {
    scratch = mkdtempSync(join(tmpdir(), 'ckpt-kill-'));
  });
  afterAll(() => rmSync(scratch, { recursive: true, force: true }));

  /** A tree, and the plan for it as a file. */
  const planted = async (): Promise<Prepared> => {
    const place = await open();
    await plant(place);
    await place.age();
    const plan = await planOfLast(place.root, quarantine, { storage: place.storage, clock: systemClock });
    const file = join(scratch, `${plan.planId}.json`);
    writeFileSync(file, planText(plan));
    return { ...place, file, run: runIdOf(plan), uri: formatLocation(place.root) };
  };
  const cleaned = async (): Promise<Prepared> => {
    const place = await planted();
    const { status, stderr } = await ckpt(['apply', place.file], place);
    expect([status, stderr]).toEqual([0, '']);
    return place;
  };
  const acts: readonly Act[] = [
    { name: 'apply', prepare: planted, command: ({ file }) => ['apply', file] },
    {
      name: 'copy',
      prepare: planted,
      command: ({ uri }) => ['copy', `${uri}/${JOB}/chk-3`, `${uri}/copies/3`],
    },
    ...(quarantine
      ? ([
          { name: 'undo', prepare: cleaned, command: ({ uri, run }) => ['undo', run, '--in', uri] },
          {
            name: 'trash empty',
            prepare: cleaned,
            command: ({ uri }) => ['trash', 'empty', uri, '--yes', '--older-than', '0s'],
          },
        ] satisfies readonly Act[])
      : []),
  ];

  describe(`killed, with files ${quarantine ? 'put aside' : 'removed'}`, () => {
    it.each(acts)(
      '$name ends as it should',
      async ({ prepare, command }) => {
        const unkilled = await prepare();
        expect(await ckpt(command(unkilled), unkilled)).toMatchObject({ status: 0, stderr: '' });
        const wanted = await pathsIn(unkilled);
        let killed = 0;
        for (let at = FIRST; ; at += STRIDE) {
          const place = await prepare();
          const env = { ...place.env, [counter]: String(at) };
          const isKilled = await diesOf(command(place), env);
          expect(await broken(place), `killed at call ${at}`).toEqual([]);
          const again = await ckpt(command(place), place);
          expect([again.status, again.stderr], `killed at call ${at}`).toEqual([0, '']);
          expect(await pathsIn(place), `killed at call ${at}`).toEqual(wanted);
          if (!isKilled) break;
          killed++;
        }
        expect(killed).toBeGreaterThan(0);
        process.stderr.write(`${counter}: ${killed} kills\n`);
      },
      3_600_000,
    );
  });
}

interface Prepared extends KillPlace {
  readonly uri: string;
  readonly file: string;
  readonly run: string;
}

interface Act {
  readonly name: string;
  readonly prepare: () => Promise<Prepared>;
  readonly command: (place: Prepared) => readonly string[];
}

/** Whether the command was killed by what `env` says. */
async function diesOf(args: readonly string[], env: KillPlace['env']): Promise<boolean> {
  const child = spawn(process.execPath, ['--import', KILL, RUN, ...args], {
    env: { ...cleanEnvironment(), ...env },
    stdio: 'ignore',
  });
  const [, signal] = await once(child, 'exit');
  return signal === 'SIGKILL';
}
