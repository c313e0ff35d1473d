// A price table in words: a YAML file. Prices change, so that the day they are from is asked for. Loads zod.
import { z } from 'zod';
import type { PriceTable } from '../model/measured-capacity.js';
import { type PlaceOf, readWords } from '../support/words.js';

const price = () => z.number().min(0).max(1_000_000);
const count = () => z.number().min(0).max(1_000_000);

export const priceWords = z.strictObject({
  'as-of': z.iso.date('wants the day that the prices are from, such as "2026-01-31"'),
  currency: z.string().min(1).max(20).default('USD'),
  'storage-per-gib-month': price(),
  'put-per-1000': price(),
  'list-per-1000': price().optional(),
  'get-per-1000': price().default(0),
  'lists-per-checkpoint': count().default(0),
  'restores-per-month': count().default(0),
});

/** Throws a UsageError for an unknown word, and for what is no price. Listing costs as much as writing where not told. */
export function priceTable(words: unknown, placeOf: PlaceOf): PriceTable {
  const given = readWords(priceWords, words, placeOf);
  return {
    asOf: given['as-of'],
    currency: given.currency,
    storagePerGibMonth: given['storage-per-gib-month'],
    putPer1000: given['put-per-1000'],
    listPer1000: given['list-per-1000'] ?? given['put-per-1000'],
    getPer1000: given['get-per-1000'],
    listsPerCheckpoint: given['lists-per-checkpoint'],
    restoresPerMonth: given['restores-per-month'],
  };
}
