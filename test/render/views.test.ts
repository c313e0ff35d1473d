import { describe, expect, test } from 'vitest';
import type { DirectoryRow, FileRow, WrongSizeRow } from '../../src/model/snapshot-report.js';
import { colors } from '../../src/render/colors.js';
import { type InspectOptions, renderInspect } from '../../src/render/inspect.js';
import { inspectDocument } from '../../src/render/inspect-document.js';
import { toJson } from '../../src/render/json.js';
import { renderList } from '../../src/render/list.js';
import { listDocument } from '../../src/render/list-document.js';
import { PLAIN } from '../../src/render/palette.js';
import { DIRECTORY, FILE, inColumns, rowsIn } from '../support/rows.js';
import { NOW, operator, row, sampleList, sampleReport } from './samples.js';

const WIDE = { palette: PLAIN, width: 140 };
const inspected = (...args: Parameters<typeof renderInspect>) => [...renderInspect(...args)].join('');
const NARROW = { palette: PLAIN, width: 80 };
const ALL: InspectOptions = {
  nowMs: NOW,
  withFiles: true,
  top: undefined,
  operator: undefined,
  states: null,
};

describe('the list view', () => {
  test('shows a row per snapshot, grouped by job, with totals and hints', async () => {
    await expect(renderList(sampleList, { nowMs: NOW }, WIDE)).toMatchFileSnapshot('golden/list-140.txt');
  });

  test('drops columns and shortens names on a narrow terminal', async () => {
    const text = renderList(sampleList, { nowMs: NOW }, NARROW);
    const table = text
      .split('\n\n')[0]!
      .split('\n')
      .filter((line) => line.startsWith('  '));
    expect(Math.max(...table.map((line) => line.length))).toBeLessThanOrEqual(80);
    await expect(text).toMatchFileSnapshot('golden/list-80.txt');
  });

  test('says where it looked when there is nothing', () => {
    const text = renderList({ ...sampleList, snapshots: [] }, { nowMs: NOW }, WIDE);
    expect(text).toBe('no snapshots in file:///flink (a directory above checkpoint directories)\n');
  });

  test('gives no hints where all is well', () => {
    const text = renderList({ ...sampleList, snapshots: [row({})] }, { nowMs: NOW }, WIDE);
    expect(text).not.toContain('!');
    expect(text).toContain(
      '1 snapshot of 1 job in file:///flink (a directory above checkpoint directories): 1 complete',
    );
  });

  test('lets no control character of a name through, coloured or not', () => {
    const paintless = renderList(sampleList, { nowMs: NOW }, WIDE);
    expect(paintless).not.toContain('\u001b');
    const coloured = renderList(sampleList, { nowMs: NOW }, { palette: colors(), width: 140 });
    expect(coloured).toContain('\\x1b[31mred');
    expect(coloured).toContain('\u001b[32mcomplete');
  });

  test('aligns the same with and without colours', () => {
    const coloured = renderList(sampleList, { nowMs: NOW }, { palette: colors(), width: 140 });
    // biome-ignore lint/suspicious/noControlCharactersInRegex: colour codes are control characters
    expect(coloured.replaceAll(/\u001b\[\d+m/g, '')).toBe(renderList(sampleList, { nowMs: NOW }, WIDE));
  });
});

describe('the inspect view', () => {
  test('shows the snapshot from its head down to its files', async () => {
    await expect(inspected(sampleReport, ALL, WIDE)).toMatchFileSnapshot('golden/inspect-140.txt');
  });

  test('fits a narrow terminal but for paths', async () => {
    const text = inspected(sampleReport, { ...ALL, withFiles: false }, NARROW);
    await expect(text).toMatchFileSnapshot('golden/inspect-80.txt');
  });

  test('--top keeps the largest operators and says of how many', () => {
    const text = inspected(sampleReport, { ...ALL, top: 1 }, WIDE);
    expect(text).toContain('Operators by size: 1 of 3');
    expect(text).toContain('count by user');
    expect(text).not.toContain('Source: clicks');
  });

  test.each(['count by user', 'count', '6D2677A0ECC3FD8DF0B72EC675EDF8F4'])(
    '--operator finds by name, uid and id: %s',
    (wanted) => {
      const text = inspected(sampleReport, { ...ALL, operator: wanted }, { ...WIDE, width: 200 });
      expect(text).toContain('Operators by size: 1 of 3');
      expect(text).toContain('6d2677a0ecc3fd8df0b72ec675edf8f4');
    },
  );

  test('an operator that is not there is a mistake of the command line, and the names are said', () => {
    expect(() => inspected(sampleReport, { ...ALL, operator: 'nobody' }, WIDE)).toThrow(
      expect.objectContaining({
        code: 'usage',
        next: 'there are Source: clicks, count by user, a-sink-with-a-uid-that-is-much-longer-than-any-table-can-show-in-eighty-columns',
      }),
    );
  });

  test('says that a complete snapshot was not verified where references could not be looked up', () => {
    const report = { ...sampleReport, condition: 'complete' as const, restorable: false };
    expect(inspected(report, ALL, WIDE).split('\n')[0]).toBe('chk-7  checkpoint 7, not verified');
  });

  test('says which snapshot it chose where it was given a directory of several', () => {
    const text = inspected({ ...sampleReport, takenFor: 'job' }, ALL, WIDE);
    expect(text).toMatch(/chosen +the newest snapshot; the location was taken for the directory of a job/);
  });

  test('shows a stateless snapshot without empty sections', () => {
    const stateless = {
      ...sampleReport,
      condition: 'complete' as const,
      restorable: true,
      operators: [],
      masterStates: [],
      properties: null,
      fullBytes: 0n,
      addedBytes: 0n,
      inlineBytes: 0n,
      fileCount: 0,
      fileBytes: 0n,
      files: inColumns<FileRow>([], FILE),
      directories: inColumns<DirectoryRow>([], DIRECTORY),
      filesByScope: [],
      missing: inColumns<FileRow>([], FILE),
      wrongSize: inColumns<WrongSizeRow>([], { ...FILE, actualBytes: 'integer' }),
      unverified: rowsIn([]),
    };
    const text = inspected(stateless, ALL, WIDE);
    expect(text).not.toContain('Operators');
    expect(text).not.toContain('wrong');
    expect(text).toMatch(/full +0 B/);
  });
});

describe('the documents', () => {
  test('a list has exactly the public fields', async () => {
    await expect(toJson(listDocument(sampleList))).toMatchFileSnapshot('golden/list.json.txt');
  });

  test('inspect has exactly the public fields, files by name only with --files', async () => {
    const document = inspectDocument(sampleReport, { ...ALL, withFiles: false });
    expect(document.fileCount).toBe(3);
    expect(document).not.toHaveProperty('files');
    expect(document).not.toHaveProperty('directories');
    await expect(toJson(inspectDocument(sampleReport, ALL))).toMatchFileSnapshot('golden/inspect.json.txt');
  });

  test('--top chooses operators and leaves them in the order of the file', () => {
    const operators = [
      operator({ id: 'a', fullBytes: 2n }),
      operator({ id: 'b', fullBytes: 1n }),
      operator({ id: 'c', fullBytes: 3n }),
    ];
    const document = inspectDocument({ ...sampleReport, operators }, { ...ALL, top: 2 });
    expect(document.operators.map(({ id }) => id)).toEqual(['a', 'c']);
  });

  test('writes integers as integers up to 2^53 and as decimal strings beyond', () => {
    expect(JSON.parse(toJson({ a: 2n ** 53n - 1n, b: 2n ** 53n, c: -1n }))).toEqual({
      a: 2 ** 53 - 1,
      b: '9007199254740992',
      c: -1,
    });
  });
});
