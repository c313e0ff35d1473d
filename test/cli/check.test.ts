import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { type GrowingTree, plantGrowingTree } from './growing-tree.js';
import { ckpt, cleanEnvironment, complaintsOf, RUN } from './process.js';

const POLICY = `
s3-region: eu-west-1
budgets:
  max-bytes: 1MB
  max-orphan-percent: 50
  max-restorable-age: 1h
`;
const DOCUMENTATION = fileURLToPath(new URL('../../docs/capacity.md', import.meta.url));

let tree: GrowingTree;
beforeAll(() => {
  tree = plantGrowingTree(4);
});
afterAll(() => tree.remove());

/** Writes into the tree, where it is a file that is not Flink's. */
function write(name: string, text: string): string {
  const path = join(tree.directory, name);
  writeFileSync(path, text);
  return path;
}
const contentOf = (path: string) => readFileSync(path, 'utf8');
const sample = (name: string) =>
  new RegExp(`\`\`\`yaml\n(# ${name.replaceAll('.', '\\.')}\n.*?)\`\`\``, 's').exec(
    contentOf(DOCUMENTATION),
  )?.[1] ?? '';

describe('ckpt check', () => {
  test('ends with 3 and says which budget is exceeded, to people, JUnit, Prometheus and GitHub', async () => {
    const policy = write('policy.yaml', POLICY);
    const files = [
      write('junit.xml', 'old'),
      write('ckpt.prom', 'old'),
      write('summary.md', 'before\n'),
    ] as const;
    const { status, stdout, stderr } = await ckpt(
      ['check', tree.directory, '--policy', policy, '--junit', files[0], '--metrics-file', files[1]],
      { env: { GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: files[2] } },
    );
    expect(status).toBe(3);
    expect(stdout).toMatch(/max-bytes +✗ exceeded .* over/);
    expect(stdout).toContain('1 of 3 budgets exceeded');
    expect(stderr).toMatch(/^::error title=ckpt max-bytes::stored: .* over\n$/);
    expect(contentOf(files[0])).toMatch(/tests="3" failures="1".*name="max-bytes"><failure/s);
    expect(contentOf(files[1])).toContain('ckpt_budget_exceeded{budget="max-bytes"} 1\n');
    expect(contentOf(files[2])).toMatch(/^before\n### ckpt check\n.*✗ exceeded \| `max-bytes`/s);
  });

  test('with its own document as baseline fails only where it becomes worse', async () => {
    const policy = write('policy.yaml', POLICY);
    const first = await ckpt(['check', tree.directory, '--policy', policy, '--json']);
    expect(first.status).toBe(3);
    expect(JSON.parse(first.stdout)).toMatchObject({
      schema: 'ckpt/check',
      passed: false,
      budgets: [
        { budget: 'max-bytes', verdict: 'exceeded' },
        { budget: 'max-orphan-percent', verdict: 'kept' },
        { budget: 'max-restorable-age', verdict: 'kept' },
      ],
    });
    const document = JSON.parse(first.stdout);
    document.budgets[0].actual += 1_000_000;
    const lax = write('lax.json', JSON.stringify(document));
    const tolerated = await ckpt(['check', tree.directory, '--policy', policy, '--baseline', lax]);
    expect([tolerated.status, tolerated.stderr]).toEqual([0, '']);
    expect(tolerated.stdout).toContain('~ tolerated');
  });

  test('goes by ckpt.yaml in the working directory, that of the documentation as pasted', async () => {
    write('ckpt.yaml', sample('ckpt.yaml'));
    const { status, stdout } = await ckpt(['check', '.', '--json'], { cwd: tree.directory });
    expect(status).toBe(0);
    expect(JSON.parse(stdout).budgets).toHaveLength(10);
  });

  test('fails a workflow as the documentation has it, and leaves what its next step uploads', () => {
    const project = mkdtempSync(join(tmpdir(), 'ckpt-workflow-'));
    writeFileSync(join(project, 'ckpt.yaml'), POLICY);
    writeFileSync(join(project, 'package.json'), '{}');
    mkdirSync(join(project, 'node_modules/.bin'), { recursive: true });
    symlinkSync(RUN, join(project, 'node_modules/.bin/ckpt'));
    const { env, steps } = parse(sample('.github/workflows/checkpoints.yaml')).jobs.budgets;
    const summary = join(project, 'summary.md');
    const runner = { GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: summary, CHECKPOINTS: tree.directory };
    const commands: string[] = steps.flatMap(({ run = 'npm ci' }) => (run === 'npm ci' ? [] : run));
    // As a runner does it: one shell for each step, which ends at the first command that fails.
    const outcomes = commands.map((command) =>
      spawnSync('bash', ['-e', '-c', command], {
        cwd: project,
        env: { ...cleanEnvironment(), ...env, ...runner },
        encoding: 'utf8',
      }),
    );
    expect(outcomes.map(({ status }) => status)).toEqual([3]);
    expect(outcomes[0]?.stderr).toContain('::error title=ckpt max-bytes::');
    const uploaded = steps.at(-1).with.path;
    expect(contentOf(join(project, uploaded))).toContain('failures="1"');
    expect(contentOf(summary)).toContain('### ckpt check');
    rmSync(project, { recursive: true });
  });

  test('refuses what is no policy and no baseline', async () => {
    const policy = write('policy.yaml', POLICY);
    const at = ['check', tree.directory, '--policy'];
    const complaints = await complaintsOf([
      [...at, join(tree.directory, 'absent.yaml')],
      [...at, write('none.yaml', 's3-region: eu-west-1\n')],
      [...at, write('odd.yaml', 'budgets:\n  max-byte: 1GB\n')],
      [...at, write('key.yaml', 'budget:\n  max-bytes: 1GB\n')],
      [...at, write('zero.yaml', 'budgets:\n  max-bytes: 0B\n')],
      [...at, policy, '--baseline', policy],
    ]);
    expect(complaints.map(({ status }) => status)).toEqual(complaints.map(() => 2));
    const words = [
      /absent\.yaml/,
      /there is no budget/,
      /max-byte in/,
      /did you mean budgets/,
      /more than nothing/,
      /no result of ckpt check/,
    ];
    for (const [index, { text }] of complaints.entries()) expect(text).toMatch(words[index]!);
  });
});
