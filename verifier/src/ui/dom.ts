/** Making elements: attributes by name, children as they come. */
type Child = Node | string | null | false | undefined;
type Attributes = Readonly<Record<string, string | boolean | ((event: never) => void) | undefined>>;

function fill<E extends Element>(element: E, attributes: Attributes, children: readonly Child[]): E {
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function') element.addEventListener(name, value as unknown as EventListener);
    else if (value === true) element.setAttribute(name, '');
    else if (typeof value === 'string') element.setAttribute(name, value);
  }
  for (const child of children) if (child) element.append(child);
  return element;
}

export const el = <K extends keyof HTMLElementTagNameMap>(name: K, attributes: Attributes = {}, ...children: readonly Child[]): HTMLElementTagNameMap[K] =>
  fill(document.createElement(name), attributes, children);

const SVG = 'http://www.w3.org/2000/svg';
export const svg = (name: string, attributes: Attributes, ...children: readonly Child[]): SVGElement =>
  fill(document.createElementNS(SVG, name), attributes, children);

/** Hashes, numbers and paths are read from left to right in every language. */
export const ltr = (text: string): HTMLElement => el('bdi', { dir: 'ltr', class: 'mono' }, text);
