import { boolean } from '@oclif/core/flags';
import { applyFlags, applyWorld } from '../cli/apply-flags.js';
import { BaseCommand } from '../cli/base-command.js';
import { cleanupFlags, cleanupRequest } from '../cli/cleanup-flags.js';
import { confirm, requireYes } from '../cli/confirm.js';
import { evidenceFlags } from '../cli/evidence-flags.js';
import { describe } from '../cli/exit-codes.js';
import { fromEnvironment, storageFlags } from '../cli/flags.js';
import { locationArgument } from '../cli/location-argument.js';
import { statusAfter, warnOf } from '../cli/problems.js';
import { requireDeletionAllowed } from '../cli/removers.js';
import type { Session } from '../cli/session.js';
import { formatLocation } from '../model/location.js';
import type { Plan } from '../model/plan.js';
import type { ShownOutcome } from '../render/cleanup-outcome.js';
import { RefusalError } from '../support/errors.js';
import type { ApplyWorld } from '../usecases/apply-plan.js';
import type { PlannedCleanup, PlanRequest } from '../usecases/plan-cleanup.js';

const DESCRIPTION = `\
ckpt plan and ckpt show in one; with --apply the question whether to go on, and ckpt apply. Without --apply nothing is
deleted. On a terminal --apply asks; elsewhere it wants --yes.

A run of --apply that was killed is finished by the next one below the same location, before a new plan is made.`;

export default class Clean extends BaseCommand {
  static override summary = 'Show what may go; with --apply, delete it.';
  static override exitCodes = [4, 5, 6, 7] as const;
  static override description = describe(DESCRIPTION, Clean.exitCodes);
  static override examples = [
    {
      description: 'What would go',
      command: '<%= config.bin %> clean /var/flink/checkpoints --keep-last 3',
    },
    {
      description: 'Every night, by the rules in ckpt.yaml and with the cluster as a witness',
      command:
        '<%= config.bin %> clean s3://bucket/checkpoints --rest http://jobmanager:8081 --apply --yes --no-quarantine',
    },
  ];
  static override args = {
    location: locationArgument('Where to clean'),
  };
  static override flags = {
    ...storageFlags,
    ...evidenceFlags,
    ...cleanupFlags,
    ...applyFlags,
    ...fromEnvironment({
      apply: boolean({ description: 'Delete what is shown.' }),
      yes: boolean({ char: 'y', dependsOn: ['apply'], description: 'Do not ask.' }),
    }),
  };

  /** Without --apply the result is a plan, as ckpt plan prints it. */
  #isDryRun = true;

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Clean);
    const session = this.openSession(flags);
    const request: PlanRequest = {
      ...(await cleanupRequest(args.location, flags, session)),
      toolVersion: this.config.version,
    };
    const { planCleanup } = await import('../usecases/plan-cleanup.js');
    const { openReader, clock } = session;
    const planned = () => planCleanup(request, { openReader, clock, concurrency: flags.concurrency });
    if (!flags.apply) return this.#showPlan(await planned(), flags, session);
    this.#isDryRun = false;
    requireDeletionAllowed();
    requireYes(flags);
    const world = await applyWorld(flags, session);
    const { outcome } = (await this.#finishBegun(request.locations, world, session)) ?? {};
    if (outcome !== undefined)
      return this.#showOutcome(
        { outcome, wasDone: false, roots: request.locations.map(formatLocation) },
        flags,
      );
    await this.#carryOut(await planned(), world, { flags, session });
  }

  async #showPlan({ plan, problems, excess }: PlannedCleanup, flags: OutputFlags, session: Session) {
    const { renderPlan } = await import('../render/plan.js');
    await this.show(flags, { document: () => plan, text: (look) => renderPlan(plan, look) });
    warnOf(problems, session.warn);
    if (excess !== null) session.warn(`--apply would be refused: ${excess.message}`);
    else if (!plan.noop) session.note('nothing was changed: --apply carries it out');
    this.endWith(statusAfter(problems));
  }

  /** What failed again of runs that were begun below the locations; null where none is left. */
  async #finishBegun(locations: PlanRequest['locations'], world: ApplyWorld, session: Session) {
    const { applyPlan, unfinishedPlans } = await import('../usecases/apply-plan.js');
    for (const plan of await unfinishedPlans(locations, world)) {
      session.note(`finishing what was begun of plan ${plan.planId.slice(0, 8)}`);
      const done = await applyPlan(plan, world);
      if (done.outcome.failed.length > 0) return done;
    }
    return null;
  }

  async #carryOut(
    { plan, problems, excess }: PlannedCleanup,
    world: ApplyWorld,
    { flags, session }: { readonly flags: OutputFlags; readonly session: Session },
  ): Promise<void> {
    warnOf(problems, session.warn);
    if (excess !== null) throw excess;
    if (!flags.json || !flags.yes) await this.#print(plan, flags);
    if (!plan.noop && !flags.yes) await this.#ask(plan, session);
    const { applyPlan } = await import('../usecases/apply-plan.js');
    await this.#showOutcome({ ...(await applyPlan(plan, world)), roots: plan.roots }, flags);
  }

  /** The plan as text; beside a document on stdout it goes to stderr. */
  async #print(plan: Plan, { json }: OutputFlags): Promise<void> {
    const { renderPlan } = await import('../render/plan.js');
    const text = `${renderPlan(plan, await this.look())}\n`;
    if (json) process.stderr.write(text);
    else await this.stream([text]);
  }

  async #ask(plan: Plan, session: Session): Promise<void> {
    const { planSummary } = await import('../render/plan.js');
    const word = String(plan.totals.files);
    const question = `${planSummary(plan)}.\nType ${word}, the number of files, to go on: `;
    if (await confirm(question, word, session.interrupt())) return;
    throw new RefusalError('not-confirmed', 'it was not confirmed', { next: 'nothing was changed' });
  }

  async #showOutcome(done: ShownOutcome, flags: OutputFlags): Promise<void> {
    const { outcomeView } = await import('../render/cleanup-outcome.js');
    await this.show(flags, outcomeView(done));
    this.endWith(done.outcome.failed.length > 0 ? 5 : 0);
  }

  protected override get documentHead() {
    return this.#isDryRun ? { ...super.documentHead, schema: 'ckpt/plan' } : super.documentHead;
  }
}

interface OutputFlags {
  readonly json: boolean;
  readonly yes: boolean;
}
