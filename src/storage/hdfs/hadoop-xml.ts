// The XML of Hadoop's configuration files: as much of XML as they have, and an error for the rest. Knows tags, texts
// and references; what the elements mean is hadoop-configuration's to say.
import { UsageError } from '../../support/errors.js';

/** A piece of an XML document. `<a/>` is an opening and a closing one. */
export type XmlPiece =
  | { readonly kind: 'open'; readonly name: string; readonly attributes: Readonly<Record<string, string>> }
  | { readonly kind: 'close'; readonly name: string }
  | { readonly kind: 'text'; readonly text: string };

const NAME = String.raw`[A-Za-z_:][\w:.-]*`;
const ATTRIBUTE = String.raw`\s+${NAME}\s*=\s*(?:"[^"<]*"|'[^'<]*')`;
const PIECE = new RegExp(
  [
    String.raw`<!--(?:(?!--)[\s\S])*-->`,
    String.raw`<\?[\s\S]*?\?>`,
    '<!DOCTYPE[^>[]*>',
    String.raw`<!\[CDATA\[(?<cdata>[\s\S]*?)\]\]>`,
    String.raw`<(?<open>${NAME})(?<attributes>(?:${ATTRIBUTE})*)\s*(?<empty>/?)>`,
    String.raw`</(?<close>${NAME})\s*>`,
    '(?<text>[^<]+)',
  ].join('|'),
  'y',
);

const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

/**
 * The pieces of a document, in order, tags matched. `file` is for messages. Throws a UsageError for what is no XML.
 */
export function* xmlPieces(document: string, file: string): Generator<XmlPiece> {
  const open: string[] = [];
  const fail = (what: string, at: number): never => {
    const line = document.slice(0, at).split('\n').length;
    throw new UsageError(`${file} is no XML that can be read: ${what} in line ${line}`, {
      where: file,
      next: 'correct the file, or name the NameNodes with --webhdfs HOST:PORT',
    });
  };
  let at = document.startsWith('\uFEFF') ? 1 : 0;
  while (at < document.length) {
    PIECE.lastIndex = at;
    const groups = PIECE.exec(document)?.groups ?? fail('something out of place', at);
    for (const piece of piecesOf(groups, (what) => fail(what, at))) {
      if (piece.kind === 'open') open.push(piece.name);
      else if (piece.kind === 'close' && open.pop() !== piece.name)
        fail(`</${piece.name}> closes nothing`, at);
      yield piece;
    }
    at = PIECE.lastIndex;
  }
  if (open.length > 0) fail(`<${open.at(-1)}> is not closed`, at);
}

type Groups = Readonly<Record<string, string | undefined>>;

function piecesOf(groups: Groups, fail: (what: string) => never): readonly XmlPiece[] {
  const { cdata, open, attributes = '', empty, close, text } = groups;
  if (cdata !== undefined) return [{ kind: 'text', text: cdata }];
  if (text !== undefined) return [{ kind: 'text', text: resolveReferences(text, fail) }];
  if (close !== undefined) return [{ kind: 'close', name: close }];
  if (open === undefined) return [];
  const opening: XmlPiece = { kind: 'open', name: open, attributes: attributesOf(attributes, fail) };
  return empty === '/' ? [opening, { kind: 'close', name: open }] : [opening];
}

function attributesOf(text: string, fail: (what: string) => never): Readonly<Record<string, string>> {
  const found = text.matchAll(new RegExp(String.raw`(${NAME})\s*=\s*(?:"([^"]*)"|'([^']*)')`, 'g'));
  return Object.fromEntries(
    [...found].map(([, name, double, single]) => [name!, resolveReferences(double ?? single ?? '', fail)]),
  );
}

/** `&lt;`, `&#60;` and `&#x3c;` as what they stand for. */
function resolveReferences(text: string, fail: (what: string) => never): string {
  return text.replace(/&([^;&]*);?/g, (whole, name: string) => {
    const known = Object.hasOwn(ENTITIES, name) ? ENTITIES[name] : undefined;
    if (known !== undefined && whole.endsWith(';')) return known;
    const code = /^#(?:x([0-9a-f]{1,6})|(\d{1,7}))$/i.exec(name);
    const point =
      code === null ? Number.NaN : Number.parseInt(code[1] ?? code[2]!, code[1] === undefined ? 10 : 16);
    return point <= 0x10ffff && whole.endsWith(';')
      ? String.fromCodePoint(point)
      : fail(`${whole} stands for nothing`);
  });
}
