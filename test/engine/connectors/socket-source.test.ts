import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { socketTextSource } from '../../../src/engine/connectors/socket-source.js';

let server: Server | null = null;
afterEach(() => {
  server?.close();
  server = null;
});

/** Somebody who does this with whoever connects; the port. */
async function sender(send: (socket: Socket) => void): Promise<number> {
  const listening = createServer(send).listen(0, '127.0.0.1');
  server = listening;
  await new Promise((resolve) => listening.once('listening', resolve));
  return (listening.address() as AddressInfo).port;
}

async function read(port: number, limit = 100): Promise<string[]> {
  const source = socketTextSource('127.0.0.1', port);
  const reader = source.createReader({ subtaskIndex: 0, parallelism: 1 });
  const lines: string[] = [];
  try {
    await reader.start(await source.discoverSplits(1));
    for (;;) {
      const result = reader.poll({ collect: (line) => lines.push(line), emitWatermark: () => {} }, limit);
      if (result === 'end') return lines;
      if (result === 'nothing') await reader.available();
    }
  } finally {
    await reader.close();
  }
}

describe('lines from a socket', () => {
  it('are read until the connection ends, however they are cut into packets', async () => {
    const port = await sender((socket) => {
      const bytes = Buffer.from('über\r\nall\n\nlast');
      socket.write(bytes.subarray(0, 1), () => socket.end(bytes.subarray(1)));
    });
    expect(await read(port)).toEqual(['über', 'all', '', 'last']);
  });

  it('all come, also where more are sent than may wait', async () => {
    const sent = Array.from({ length: 20_000 }, (_, index) => `line ${index}`);
    const port = await sender((socket) => socket.end(`${sent.join('\n')}\n`));
    expect(await read(port, 7)).toEqual(sent);
  });

  it('fail the job where nobody listens, or the connection breaks', async () => {
    const port = await sender((socket) => {
      socket.write('a\n');
      socket.resetAndDestroy();
    });
    await expect(read(port)).rejects.toMatchObject({ code: 'job-failed', where: `127.0.0.1:${port}` });
    server?.close();
    await expect(read(port)).rejects.toMatchObject({ message: expect.stringContaining('ECONNREFUSED') });
  });

  it('are read by one subtask; the others have nothing to do', async () => {
    const source = socketTextSource('127.0.0.1', 9);
    expect(await source.discoverSplits(4)).toHaveLength(1);
    const idle = source.createReader({ subtaskIndex: 1, parallelism: 4 });
    await idle.start([]);
    expect(idle.poll({ collect: () => {}, emitWatermark: () => {} }, 10)).toBe('end');
    expect(idle.snapshotState()).toEqual([]);
    expect(source.deserializeSplit(source.serializeSplit('socket'))).toBe('socket');
    expect(() => source.deserializeSplit(Buffer.from('{}'))).toThrow(/not the state of a socket/);
    expect(() => socketTextSource('h', 0)).toThrow(/no port/);
  });
});
