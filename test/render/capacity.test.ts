import { describe, expect, it } from 'vitest';
import { renderCapacity } from '../../src/render/capacity.js';
import { capacityDocument } from '../../src/render/capacity-document.js';
import { toJson } from '../../src/render/json.js';
import { PLAIN } from '../../src/render/palette.js';
import { formatSpan } from '../../src/render/units.js';
import { forecastCapacity } from '../../src/usecases/forecast-capacity.js';

const WIDE = { palette: PLAIN, width: 140 };
const FLAGS = {
  operators: 10,
  state: '1GB',
  change: '500KB/s',
  incremental: true,
  interval: '1m',
  retained: 3,
};
const ofFlags = (flags: object) => forecastCapacity({ file: null, flags: { ...FLAGS, ...flags } });

describe('capacity', () => {
  it('for people', async () => {
    const { model, forecast } = ofFlags({});
    await expect(renderCapacity(model, forecast, WIDE)).toMatchFileSnapshot('golden/capacity-140.txt');
  });

  it('as JSON', async () => {
    const { model, forecast } = ofFlags({});
    await expect(toJson(capacityDocument(model, forecast))).toMatchFileSnapshot('golden/capacity.json.txt');
  });

  it('says what cannot be kept up, and what never completes', () => {
    const { model, forecast } = ofFlags({ bandwidth: '100KB/s', lifetime: '7d' });
    const text = renderCapacity(model, forecast, WIDE);
    expect(text).toContain('60 s cannot be kept up');
    expect(text).toContain('longer than its timeout of 10 min');
    expect(text).toContain('kept for 7 d');
    expect(text).toContain('longest that completes');
  });
});

it.each([
  [0, '0 ms'],
  [90, '90 ms'],
  [1999, '1999 ms'],
  [2000, '2 s'],
  [10_110, '10.1 s'],
  [119_999, '120 s'],
  [120_000, '2 min'],
  [2_906_149, '48.4 min'],
  [7_200_000, '2 h'],
  [604_800_000, '7 d'],
])('%d ms are %s', (ms, text) => {
  expect(formatSpan(ms)).toBe(text);
});
