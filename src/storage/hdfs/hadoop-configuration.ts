// Hadoop's configuration from the texts of its files: properties, `final`, `${…}` (Hadoop `org.apache.hadoop.conf.
// Configuration`). Reads no file; what a property means is the business of addresses.
import { UsageError } from '../../support/errors.js';
import { xmlPieces } from './hadoop-xml.js';

/** A file of the configuration directory: `name` is for messages. */
export interface ConfigurationFile {
  readonly name: string;
  readonly text: string;
}

/** Looks a property up, `${…}` replaced; undefined where it is not set or empty. */
export type HadoopConfiguration = (name: string) => string | undefined;

/** As Hadoop has it: more steps of `${…}` than these are taken for a circle. */
const MAX_SUBSTITUTIONS = 20;

interface Property {
  readonly value: string;
  readonly final: boolean;
  readonly file: string;
}

/** The properties of `files`; of one that several set the last counts, unless an earlier one is final. */
export function hadoopConfiguration(files: readonly ConfigurationFile[]): HadoopConfiguration {
  const properties = new Map<string, Property>();
  for (const file of files) {
    for (const { name, ...property } of propertiesOf(file)) {
      if (properties.get(name)?.final !== true) properties.set(name, property);
    }
  }
  return (name) => {
    const property = properties.get(name);
    return property === undefined ? undefined : substituted(name, property, properties) || undefined;
  };
}

function substituted(name: string, property: Property, properties: ReadonlyMap<string, Property>): string {
  let { value } = property;
  for (let step = 0; step < MAX_SUBSTITUTIONS; step++) {
    const variable = /\$\{([^{}$\s]+)\}/.exec(value);
    if (variable === null) return value;
    const replacement = properties.get(variable[1]!);
    if (replacement === undefined) throw unresolved(name, property, `${variable[0]} is not set there`);
    value = value.replace(variable[0], () => replacement.value);
  }
  throw unresolved(name, property, 'its variables lead in a circle');
}

function unresolved(name: string, { value, file }: Property, why: string): UsageError {
  return new UsageError(`${name} of ${file} is ${value}: ${why}`, {
    where: file,
    next: 'name the NameNodes with --webhdfs HOST:PORT',
  });
}

type NamedProperty = Property & { readonly name: string };

function* propertiesOf({ name: file, text }: ConfigurationFile): Generator<NamedProperty> {
  const path: string[] = [];
  let fields: Record<string, string> = {};
  let hasRoot = false;
  for (const piece of xmlPieces(text, file)) {
    if (piece.kind === 'open') {
      path.push(piece.name);
      hasRoot = true;
      checkElement(path, file);
      // a property may be written `<property name="…" value="…"/>` too
      if (path.length === 2) fields = { ...piece.attributes };
      else if (path.length === 3) fields[piece.name] = '';
    } else if (piece.kind === 'close') {
      if (path.length === 2 && path[1] === 'property') yield propertyOf(fields, file);
      path.pop();
    } else if (path.length === 3) fields[path[2]!] += piece.text;
    else if (path.length === 0 && piece.text.trim() !== '')
      throw malformed(file, 'there is text outside of it');
  }
  if (!hasRoot) throw malformed(file, 'it is empty');
}

function checkElement(path: readonly string[], file: string): void {
  if (path[0] !== 'configuration') throw malformed(file, `its root is <${path[0]}> and not <configuration>`);
  if (path.at(-1) === 'xi:include' || path.at(-1) === 'include') {
    throw malformed(file, 'it includes another file, which is not followed');
  }
  if (path.length === 2 && path[1] !== 'property') throw malformed(file, `<${path[1]}> is unknown there`);
}

function propertyOf({ name, value, final }: Readonly<Record<string, string>>, file: string): NamedProperty {
  if (name === undefined || name.trim() === '') throw malformed(file, 'a <property> has no <name>');
  return { name: name.trim(), value: (value ?? '').trim(), final: final?.trim() === 'true', file };
}

function malformed(file: string, what: string): UsageError {
  return new UsageError(`${file} is no configuration of Hadoop that can be read: ${what}`, {
    where: file,
    next: 'correct the file, or name the NameNodes with --webhdfs HOST:PORT',
  });
}
