import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { EXIT_STATUSES, STATUS_OF_CODE } from '../../src/cli/exit-codes.js';
import { environmentName } from '../../src/cli/flags.js';
import { ckpt } from './process.js';

interface Flag {
  readonly char?: string;
  readonly env?: string;
  readonly type: string;
  readonly multiple?: boolean;
  readonly required?: boolean;
  readonly options?: readonly string[];
  readonly aliases?: readonly string[];
  readonly default?: unknown;
  readonly hidden?: boolean;
}

interface Command {
  readonly aliases: readonly string[];
  readonly args: Readonly<Record<string, { readonly required?: boolean; readonly multiple?: boolean }>>;
  readonly flags: Readonly<Record<string, Flag>>;
  readonly exitCodes?: readonly number[];
  readonly examples?: readonly unknown[];
}

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const commands = Object.entries(
  (JSON.parse(read('oclif.manifest.json')) as { commands: Record<string, Command> }).commands,
);

/** What users and scripts depend on; descriptions may change. */
function surfaceOf({ aliases, args, flags, exitCodes = [] }: Command) {
  return {
    aliases,
    args: Object.entries(args).map(([name, { required = false, multiple = false }]) => ({
      name,
      required,
      multiple,
    })),
    flags: Object.fromEntries(
      Object.entries(flags)
        .sort()
        .map(([name, flag]) => [name, flagSurface(flag)]),
    ),
    exitCodes: [0, 1, 2, ...exitCodes, 130],
  };
}

function flagSurface({ char, type, multiple, required, options, aliases, default: preset }: Flag) {
  return { char, type, multiple: multiple || undefined, required, options, aliases, default: preset };
}

describe('the public surface', () => {
  test('is what the golden file says: change it only by additions', async () => {
    const surface = {
      exitCodes: EXIT_STATUSES,
      errorCodes: STATUS_OF_CODE,
      commands: Object.fromEntries(commands.map(([id, command]) => [id, surfaceOf(command)])),
    };
    await expect(`${JSON.stringify(surface, null, 2)}\n`).toMatchFileSnapshot('surface.golden.json');
  });

  // CKPT_REST names a cluster to be asked, and must not make a job listen.
  const NOT_FROM_ENVIRONMENT = ['run --rest'];

  test.each(commands)('%s takes every flag from the environment too', (id, { flags }) => {
    for (const [name, flag] of Object.entries(flags)) {
      if (NOT_FROM_ENVIRONMENT.includes(`${id} --${name}`)) continue;
      // A repeatable flag reads its variable as a list, which the manifest does not show.
      expect(flag.multiple ? environmentName(name) : flag.env).toBe(environmentName(name));
    }
  });

  test.each(commands)('%s has examples and says how it can end', async (id, command) => {
    expect(command.examples?.length).toBeGreaterThan(0);
    const { status, stdout } = await ckpt([...id.split(':'), '--help']);
    expect(status).toBe(0);
    for (const code of surfaceOf(command).exitCodes) {
      const meaning = EXIT_STATUSES[code as keyof typeof EXIT_STATUSES];
      expect(stdout.replaceAll(/\s+/g, ' ')).toContain(`${code} ${meaning}`);
    }
  });
});

describe('docs/exit-codes.md', () => {
  const documentation = read('docs/exit-codes.md').replaceAll(/ +/g, ' '); // tables are padded

  test('has every exit code with the words of the help', () => {
    for (const [code, meaning] of Object.entries(EXIT_STATUSES))
      expect(documentation).toContain(`| ${code} | ${meaning}`);
  });

  test('has exactly the error codes of the table, each with its exit code', () => {
    const rows = [...documentation.matchAll(/^\| `([a-z-]+)` \| (\d+) \|/gm)].map(([, code, status]) => [
      code,
      Number(status),
    ]);
    expect(Object.fromEntries(rows)).toEqual(STATUS_OF_CODE);
  });
});
