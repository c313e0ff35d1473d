// The file with the section `budgets:`: ckpt.yaml in the working directory, or the one that --policy names.
import { child, formatLocation, parseLocation } from '../model/location.js';
import { UsageError } from '../support/errors.js';
import type { Session } from './session.js';
import { type OwnSections, readOwnFile, readOwnSections } from './settings/own-file.js';

/** Throws a UsageError for keys that no such file has, and what the store says where a file that was named is absent. */
export async function budgetSections(path: string | undefined, session: Session): Promise<OwnSections> {
  const here = parseLocation(session.workingDirectory, '/');
  const file = path === undefined ? child(here, 'ckpt.yaml') : session.locate(path);
  const reader = await session.openReader(file);
  if (path !== undefined) await reader.read(file);
  else if ((await reader.stat(file)) === null) throw noFile(formatLocation(file));
  await readOwnFile(file, reader);
  return readOwnSections(file, reader);
}

function noFile(where: string): UsageError {
  const next =
    'name a file with --policy FILE, or write budgets: into ckpt.yaml (docs/capacity.md has an example)';
  return new UsageError('there is no ckpt.yaml with budgets in this directory', { where, next });
}
