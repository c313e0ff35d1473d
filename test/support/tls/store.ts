// A certificate for store.test and its key, signed by itself: for servers of tests only, and nobody trusts it unasked.
// openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 36500 -keyout key.pem
//   -out certificate.pem -subj /CN=store.test -addext subjectAltName=DNS:store.test,DNS:*.store.test
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** For `caFile`. */
export const certificateFile = fileURLToPath(new URL('certificate.pem', import.meta.url));
export const certificate = readFileSync(certificateFile, 'utf8');
export const key = readFileSync(new URL('key.pem', import.meta.url), 'utf8');
