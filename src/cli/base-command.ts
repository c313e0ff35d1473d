// What every command stands on. A command parses its flags, opens a session, calls its use case, and hands the result
// to `show`; it prints nothing itself.
import type { Interfaces } from '@oclif/core';
import { Command } from '@oclif/core/command';
import type { Input, ParserOutput } from '@oclif/core/interfaces';
import type { Look } from '../render/palette.js';
import { BugError } from '../support/errors.js';
import type { ExitStatus } from './exit-codes.js';
import { globalFlags } from './flags.js';
import { openSession, type Session, type SessionFlags } from './session.js';
import type { Settings } from './settings/settle.js';

/** Values of flags or arguments by name. */
type Values = Record<string, unknown>;

export type GlobalFlags = Interfaces.InferredFlags<typeof globalFlags>;

type Text = string | Iterable<string>;

/** A result in the two forms in which it can be asked for; only the one that is wanted is made. */
export interface View {
  /** The document of `--json`; `schema` and `schemaVersion` are put before its fields. */
  readonly document: () => object | Promise<object>;
  /** The text for people, with its line end; in pieces where it may be long. */
  readonly text: (look: Look) => Text | Promise<Text>;
}

/**
 * Base of all commands. Whatever a command throws is shown by cli/main.ts, with the exit status of cli/exit-codes.ts.
 */
export abstract class BaseCommand extends Command {
  static override baseFlags = globalFlags;

  /** Exit statuses beside 0, 1, 2 and 130 that the command can end with: for `describe` and the golden surface. */
  static exitCodes: readonly ExitStatus[] = [];

  #session: Session | undefined;
  #settings: Settings | null = null;

  /**
   * The parsed command line; flags that are settings have the value that counts, wherever it is from. Throws a
   * UsageError where a setting cannot be used.
   */
  protected override async parse<F extends Values, B extends Values, A extends Values>(
    options?: Input<F, B, A>,
    argv?: string[],
  ): Promise<ParserOutput<F, B, A>> {
    const parsed = await super.parse(options, argv);
    if (!('concurrency' in parsed.flags)) return parsed;
    const { settleFlags } = await import('./settings/settle-flags.js');
    const { settings, flags } = await settleFlags(parsed);
    this.#settings = settings;
    return { ...parsed, flags: { ...parsed.flags, ...flags } };
  }

  /** The settings of a command that has the flags of storage. */
  protected get settings(): Settings {
    if (this.#settings !== null) return this.#settings;
    throw new BugError(`${this.id} asks for settings and has no flags of storage`);
  }

  /** Everything of the outside that a use case needs; one for a command. */
  protected openSession(flags: SessionFlags): Session {
    this.#session ??= openSession(flags, this.#settings);
    return this.#session;
  }

  /** Prints the result: one document with `--json`, else text. Nothing else of a command goes to stdout. */
  protected async show(flags: Pick<GlobalFlags, 'json'>, view: View): Promise<void> {
    this.#session?.endProgress();
    if (flags.json) {
      const { jsonPieces } = await import('../render/json.js');
      return this.stream(jsonPieces({ ...this.documentHead, ...(await view.document()) }));
    }
    const text = await view.text(await this.look());
    return this.stream(typeof text === 'string' ? [text] : text);
  }

  /** What `show` puts before the fields of a document. */
  protected get documentHead(): { readonly schema: string; readonly schemaVersion: number } {
    return { schema: `ckpt/${this.id?.replaceAll(':', '-')}`, schemaVersion: 1 };
  }

  /** How text for people is to look on stdout. */
  protected async look(): Promise<Look> {
    const { outputWidth, paletteFor } = await import('./terminal.js');
    return { palette: await paletteFor('stdout'), width: outputWidth() };
  }

  /** Prints a result that is too long to be held, piece by piece, no faster than it is read. */
  protected async stream(pieces: Iterable<string>): Promise<void> {
    this.#session?.endProgress();
    const { writeAll } = await import('./streams.js');
    await writeAll(process.stdout, pieces);
  }

  /** Ends the command with this status after it has shown its result. */
  protected endWith(status: ExitStatus): void {
    if (status !== 0) this.exit(status);
  }

  protected override async finally(): Promise<void> {
    this.#session?.endProgress();
  }

  /** An error is shown by cli/main.ts, so that there is one form for all; oclif's own printing is bypassed. */
  protected override async catch(error: Error): Promise<never> {
    throw error;
  }
}
