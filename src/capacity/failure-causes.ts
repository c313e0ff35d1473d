// Why a checkpoint failed, from what the cluster says of it. Flink's own sentences come first; those that only say that
// a task or the job failed are told apart by the job's exception. Source: Flink CheckpointFailureReason (1.9 to 2.3).
import type { FailureCause } from '../model/watched-checkpoints.js';

/** What went wrong in the job, as its exception history has it. */
export interface JobException {
  /** Its trace, with all causes. */
  readonly text: string;
  readonly task: string | null;
  readonly atMs: number;
}

const EXPIRED = /expired before/i;
const WRITING =
  /asynchronous task checkpoint failed|(?:failure to|could not) finalize|IO-problem detected|sharing the ChannelState file/i;
const TASK_OR_JOB =
  /^(?:task has failed|task local checkpoint failure|failoverregion is restarting|the job has failed)|suspending/i;
const NOT_ITS_FAULT =
  /not all required tasks|tasks? (?:is |not )(?:closing|ready)|shut ?down|subsumed|barrier from newer|received cancellation|input stream is finished|queued checkpoint requests|minimum time|blocking output|does not support checkpointing/i;
const DECLINED = /declined|could not complete snapshot|could not perform checkpoint/i;

const STORE =
  /\b(?:IOException|UncheckedIOException|FileNotFoundException|NoSuchFileException|AccessDeniedException|FileAlreadyExistsException|AmazonS3Exception|S3Exception|SdkClientException|RemoteException|QuotaExceeded\w*|No space left)\b/;
const CONNECTION =
  /RemoteTransportException|LocalTransportException|PartitionConnectionException|TaskManagerLost|heartbeat of TaskManager|TaskManager with id \S+ is no longer reachable|Connection (?:refused|reset|unexpectedly closed|timed out)|lost connection to task manager|AskTimeoutException|UnresolvedAddress|was released|disconnected/i;

/** `exception` is the one beside it in time; null where there is none. */
export function causeOf(message: string, exception: JobException | null): FailureCause {
  if (EXPIRED.test(message)) return 'expiry';
  if (WRITING.test(message)) return 'storage';
  if (NOT_ITS_FAULT.test(message)) return 'job';
  if (TASK_OR_JOB.test(message)) return exception === null ? 'job' : causeOfException(exception.text);
  if (!DECLINED.test(message)) return 'unknown';
  return causeOfException(`${message} ${exception?.text ?? ''}`);
}

/** What broke a task; its own code where nothing tells of a connection or a store. */
function causeOfException(text: string): FailureCause {
  if (CONNECTION.test(text)) return 'network';
  return STORE.test(text) ? 'storage' : 'operator';
}

/** An exception is about a failed checkpoint when it came about with it. */
const BESIDE_MS = 10_000;

/** The one nearest to `atMs`, unless all are far away. */
export function exceptionBeside(atMs: number, exceptions: readonly JobException[]): JobException | null {
  const away = (exception: JobException) => Math.abs(exception.atMs - atMs);
  const nearest = [...exceptions].sort((a, b) => away(a) - away(b))[0];
  return nearest === undefined || away(nearest) > BESIDE_MS ? null : nearest;
}
