import { test } from 'vitest';
import { renderList } from '../../src/render/list.js';
import { renderInspect } from '../../src/render/inspect.js';
import { PLAIN } from '../../src/render/palette.js';
import { NOW, sampleList, sampleReport } from './samples.js';
test('x', () => {
  for (const width of [80, 140]) {
    process.stdout.write(renderList(sampleList, NOW, { palette: PLAIN, width }) + '\n');
    process.stdout.write(renderInspect(sampleReport, { nowMs: NOW, withFiles: true, top: undefined, operator: undefined }, { palette: PLAIN, width })+ '\n');
  }
});
