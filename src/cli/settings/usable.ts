// Whether a value is what its setting takes, whatever source it is from: texts of the environment and of Flink's
// configuration, values of YAML and of flags.
import { z } from 'zod';
import type { SettingValue } from '../../model/setting.js';
import { UsageError } from '../../support/errors.js';
import type { Setting, SettingKind } from './table.js';

const text = z.string().trim().min(1);
const digits = z.string().trim().regex(/^\d+$/).transform(Number);

const KINDS: Readonly<
  Record<SettingKind, { readonly schema: z.ZodType<SettingValue>; readonly what: string }>
> = {
  text: { schema: text, what: 'a text' },
  proxy: { schema: text, what: 'the URL of a proxy' },
  // Hadoop, too, takes an endpoint without a scheme for https.
  url: {
    schema: text
      .transform((url) => (/^[a-z][a-z0-9+.-]*:\/\//i.test(url) ? url : `https://${url}`))
      .pipe(z.url({ protocol: /^https?$/ })),
    what: 'the URL of a server, such as https://minio.example:9000',
  },
  texts: {
    schema: z.union([z.array(text).min(1), text.transform((list) => list.split(',')).pipe(z.array(text))]),
    what: 'a list of texts',
  },
  switch: {
    schema: z.union([
      z.boolean(),
      z.stringbool({ truthy: ['true', 'yes', '1'], falsy: ['false', 'no', '0'] }),
    ]),
    what: 'true or false',
  },
  count: {
    schema: z.union([z.int(), digits]).pipe(z.int().min(1).max(1024)),
    what: 'a number from 1 to 1024',
  },
};

/** The value in its type. Throws a UsageError, with the source, where it cannot be used; a secret is not shown. */
export function usable({ name, kind, secret }: Setting, value: unknown, source: string): SettingValue {
  const { schema, what } = KINDS[kind];
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const found = secret ? '' : `, found ${JSON.stringify(value)}`;
  throw new UsageError(`${name} is to be ${what}${found}`, {
    where: source,
    next: 'correct it where it is set',
  });
}
