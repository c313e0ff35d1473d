import { describe, expect, it } from 'vitest';
import { causeOf, exceptionBeside } from '../../src/capacity/failure-causes.js';

const beside = (text: string) => ({ text, task: 'Map (1/2)', atMs: 0 });

describe('a failed checkpoint', () => {
  it.each([
    ['Checkpoint expired before completing.', 'expiry'],
    ['Asynchronous task checkpoint failed.', 'storage'],
    ['Failure to finalize checkpoint.', 'storage'],
    ['An Exception occurred while triggering the checkpoint. IO-problem detected.', 'storage'],
    [
      'Could not complete snapshot 3 for operator Map (1/2)#0. Failure reason: Checkpoint was declined.',
      'operator',
    ],
    ['Not all required tasks are currently running.', 'job'],
    ['Checkpoint was declined (task is closing)', 'job'],
    ['Checkpoint was declined because one input stream is finished', 'job'],
    ['CheckpointCoordinator shutdown.', 'job'],
    ['Task has failed.', 'job'],
    ['something new', 'unknown'],
    ['', 'unknown'],
  ])('with %j is put down to %s where no exception is beside it', (message, cause) => {
    expect(causeOf(message, null)).toBe(cause);
  });

  it.each([
    ['java.lang.IllegalStateException: bad input\n\tat job.Map.map(Map.java:7)', 'operator'],
    [
      'org.apache.flink.runtime.io.network.netty.exception.RemoteTransportException: Connection unexpectedly closed by remote task manager',
      'network',
    ],
    ['java.util.concurrent.TimeoutException: The heartbeat of TaskManager with id x timed out.', 'network'],
    ['java.lang.Exception: a\nCaused by: java.io.IOException: No space left on device', 'storage'],
  ])('of a job whose task failed with %j is put down to %s', (text, cause) => {
    expect(causeOf('Task has failed.', beside(text))).toBe(cause);
    expect(causeOf('Checkpoint Coordinator is suspending.', beside(text))).toBe(cause);
  });

  it('that expired stays so whatever failed at that time', () => {
    expect(causeOf('Checkpoint expired before completing.', beside('java.io.IOException'))).toBe('expiry');
  });

  it('has the exception that is nearest in time, unless all came about at another time', () => {
    const at = (atMs: number) => ({ text: `${atMs}`, task: null, atMs });
    expect(exceptionBeside(60_000, [at(0), at(59_000), at(62_000)])).toMatchObject({ atMs: 59_000 });
    expect(exceptionBeside(60_000, [at(0)])).toBeNull();
    expect(exceptionBeside(60_000, [])).toBeNull();
  });
});
