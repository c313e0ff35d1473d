// A real cluster is asked over HTTP: jobs that run, have ended and were restored, and what it keeps for a JobManager.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { gatherEvidence } from '../../src/liveness/gather.js';
import { judgeEvidence } from '../../src/liveness/judge.js';
import { type EvidenceSources, livenessOf, pinOf } from '../../src/model/evidence.js';
import { parseLocation } from '../../src/model/location.js';
import { openReader } from '../../src/storage/open.js';
import { systemClock } from '../../src/support/clock.js';
import { withCluster } from './support/cluster.js';
import { describeWithFlink } from './support/flink.js';

const SEEN_NOTHING = { ofJob: () => null, at: () => null };
const at = (text: string) => parseLocation(text.replace(/\/$/, ''), '/');

async function ask(sources: Partial<EvidenceSources>) {
  const named = { rest: [], haDirectories: [], word: { jobs: [], locations: [] }, ...sources };
  const gathered = await gatherEvidence(named, [], { openReader, clock: systemClock });
  return judgeEvidence(gathered, SEEN_NOTHING, systemClock.now());
}

describeWithFlink('evidence about jobs', () => {
  it('is what a real cluster says', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'ckpt-cluster-'));
    const haDirectory = mkdtempSync(join(tmpdir(), 'ckpt-ha-'));
    try {
      await withCluster(directory, async (cluster) => {
        const rest = [cluster.rest];
        const job = await cluster.start();
        const running = await ask({ rest, word: { jobs: [job], locations: [] } });
        expect(running.blocks).toEqual([]);
        expect(livenessOf(running, job)).toMatchObject({ kind: 'running', status: 'RUNNING' });
        expect(running.contradictions).toHaveLength(1);

        const snapshot = await cluster.cancel(job);
        const ended = await ask({ rest });
        expect(livenessOf(ended, job)).toMatchObject({ kind: 'ended', checkpointTimeoutMs: 600_000 });

        await cluster.keep(snapshot, haDirectory);
        const kept = await ask({
          rest,
          haDirectories: [at(haDirectory)],
          word: { jobs: [job], locations: [] },
        });
        expect(kept.blocks).toEqual([]);
        expect(pinOf(kept, at(snapshot))).toBeDefined();
        expect(livenessOf(kept, job).kind).toBe('unknown');

        const second = await cluster.start(snapshot);
        const restored = await ask({ rest });
        expect(pinOf(restored, at(snapshot))?.reason).toBe(`job ${second} was restored from it`);
        expect(livenessOf(restored, second)).toMatchObject({ checkpoints: { hasCompletedOwn: true } });
        await cluster.cancel(second);
      });
      const gone = await ask({ rest: [new URL('http://127.0.0.1:9')] });
      expect(gone.blocks[0]?.code).toBe('evidence-unreachable');
    } finally {
      for (const path of [directory, haDirectory]) rmSync(path, { recursive: true, force: true });
    }
  });
});
