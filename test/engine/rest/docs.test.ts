import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { PATHS } from '../../../src/engine/rest/routes.js';

it('docs/jobs.md lists exactly the paths that are answered', () => {
  const documentation = readFileSync(new URL('../../../docs/jobs.md', import.meta.url), 'utf8');
  const listed = [...documentation.matchAll(/^\| (GET|POST|PATCH) +\| `([^`]+)`/gm)];
  expect(listed.map(([, method, path]) => `${method} ${path}`)).toEqual(PATHS);
});
