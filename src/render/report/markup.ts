// Elements as text. Every attribute and text goes through here, so that no name in a store can become markup.
import { visible } from '../text.js';

/** Markup that is done: what is not is escaped. */
export interface Markup {
  readonly markup: string;
}

export type Content = string | number | Markup | readonly Content[];

type Attributes = Readonly<Record<string, string | number>>;

/** `<name attributes>content</name>`. */
export function element(name: string, attributes: Attributes, ...content: readonly Content[]): Markup {
  return { markup: `${opening(name, attributes)}>${content.map(markupOf).join('')}</${name}>` };
}

/** An element that has no content. */
export function empty(name: string, attributes: Attributes): Markup {
  return { markup: `${opening(name, attributes)}/>` };
}

/** A coordinate: a tenth of a unit is finer than any screen. */
export function rounded(value: number): number {
  return Math.round(value * 10) / 10;
}

export function markupOf(content: Content): string {
  if (typeof content === 'number') return String(content);
  if (typeof content === 'string') return escaped(content);
  return 'markup' in content ? content.markup : content.map(markupOf).join('');
}

function opening(name: string, attributes: Attributes): string {
  const written = Object.entries(attributes).map(([key, value]) => ` ${key}="${escaped(String(value))}"`);
  return `<${name}${written.join('')}`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Characters that cannot be seen are shown as what they are. */
function escaped(text: string): string {
  return visible(text).replaceAll(/[&<>"']/g, (character) => ENTITIES[character]!);
}
