// `audit` over everything that real Flink left behind: classes of files against the lists of the case.
import { relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { NO_EVIDENCE } from '../../src/model/evidence.js';
import { parseLocation } from '../../src/model/location.js';
import { parseRewrite } from '../../src/model/rewrite.js';
import { DEFAULT_POLICY } from '../../src/model/safety-policy.js';
import { openReader } from '../../src/storage/open.js';
import { auditFiles } from '../../src/usecases/audit-files.js';
import { type FixtureCase, fixtureCases, fixtureRows } from '../support/fixtures.js';

async function audit(fixture: FixtureCase) {
  const found = await auditFiles([parseLocation('.', fixture.treeDirectory)], {
    openReader,
    rewrites: [parseRewrite(`${fixture.baseUri}=${fixture.treeDirectory}`, '/')],
    gatherEvidence: async () => NO_EVIDENCE,
    policy: DEFAULT_POLICY,
  });
  const within = (path: string) => relative(`file://${fixture.treeDirectory}`, path);
  const files = [...found.files()].map((file) => ({ ...file, path: within(file.path) }));
  const missing = [...found.missingFiles()].map((file) => ({ ...file, path: within(file.path) }));
  found.close();
  return { report: found.report, files, missing };
}

const paths = (rows: readonly { readonly path: string }[]) => rows.map(({ path }) => path).sort();

describe.each(fixtureCases().map((fixture) => [fixture.name, fixture] as const))('%s', (_, fixture) => {
  it('has referenced, orphaned and missing files exactly as the case says', async () => {
    const { report, files, missing } = await audit(fixture);
    expect(report.problems).toEqual([]);
    const listed = fixtureRows(fixture, 'files.txt').filter(([path]) => !path!.endsWith('/'));
    expect(files.map(({ path, bytes }) => [path, String(bytes)])).toEqual(
      listed.sort(([a], [b]) => (a! < b! ? -1 : 1)),
    );
    const gone = fixtureRows(fixture, 'missing.txt').map(([path = '']) => path);
    expect(paths(missing)).toEqual(gone.sort());
    expect(report.missing.files).toBe(gone.length);

    const referenced = fixtureRows(fixture, 'referenced.txt')
      .filter(([path = '', , kind]) => kind !== 'directory' && !gone.includes(path))
      .map(([path = '', , , , snapshots = '']) => `${path} ${snapshots.split(',').length}`);
    const classed = files.filter((file) => file.class === 'referenced');
    expect(classed.map(({ path, snapshots }) => `${path} ${snapshots}`)).toEqual(referenced.sort());

    const orphans = fixtureRows(fixture, 'orphans.txt').map(([path = '']) => path);
    const unneeded = files.filter((file) => file.class === 'orphan' || file.class === 'incomplete');
    expect(paths(unneeded)).toEqual(orphans.sort());
    expect(report.totals.orphan.files + report.totals.incomplete.files).toBe(orphans.length);
    expect(report.deletable).toMatchObject({ files: 0 });
    for (const { deletable, reason } of unneeded)
      expect([deletable, reason]).toEqual([
        false,
        expect.stringMatching(/^(job-may-run|name-of-an-unresolved-reference|no-snapshot-read)$/),
      ]);
  });
});
