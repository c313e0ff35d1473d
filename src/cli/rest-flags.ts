// Flags that say where a REST API is, or is to be.
import { custom } from '@oclif/core/flags';
import { UsageError } from '../support/errors.js';

const LOOPBACK = '127.0.0.1';

/** Where to listen. */
export const restAddress = custom<{ readonly host: string; readonly port: number }>({
  parse: async (text) => {
    const [, host = LOOPBACK, digits = ''] = /^(?:(.+):)?(\d{1,5})$/.exec(text) ?? [];
    const port = digits === '' ? Number.NaN : Number(digits);
    if (port <= 65_535) return { host: host.replace(/^\[(.*)\]$/, '$1'), port };
    throw new UsageError(`${text} is no port`, {
      where: '--rest',
      next: 'write it as --rest 8081, or --rest 0 for any that is free; for other machines too, as --rest 0.0.0.0:8081',
    });
  },
});
