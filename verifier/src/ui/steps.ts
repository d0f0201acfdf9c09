/** Every step: the records as a table, with a search, in pieces that a page can bear. */
import type { Speech } from '../words/index.ts';
import { el } from './dom.ts';
import { mark, type Mark } from './marks.ts';
import type { Row } from './rows.ts';
import { proof, whatHappened, when, who } from './say.ts';

const PIECE = 200;
const COLUMNS = ['thing', 'what', 'who', 'when', 'proof'] as const;

const MARKS: Readonly<Record<string, Mark>> = { withheld: 'withheld', erased: 'erased', void: 'void', frozen: 'void', unchecked: 'claimed', actless: 'claimed', unknown: 'claimed' };
const markOf = (row: Row): Mark => MARKS[row.state] ?? (row.confirmed || row.before !== null ? 'proven' : 'claimed');

function textsOf(speech: Speech, row: Row): string[] {
  return [row.thing || speech.say('whole'), whatHappened(speech, row), who(speech, row), when(speech, row), proof(speech, row)];
}

function lineOf(speech: Speech, row: Row): HTMLTableRowElement {
  const cells = textsOf(speech, row).map((text, n) => {
    const hole = n === 1 && (row.state === 'erased' || row.state === 'withheld');
    return el('td', { 'data-label': speech.say(COLUMNS[n]!) }, n === 4 && mark(markOf(row), 13), el(hole ? 'span' : 'bdi', hole ? { class: 'hole' } : {}, text));
  });
  return el('tr', { class: row.state === '' ? 'valid' : row.state }, ...cells);
}

export function stepsOf(speech: Speech, rows: readonly Row[]): HTMLElement {
  let query = '';
  let shown = PIECE;
  const body = el('tbody');
  const count = el('p', { class: 'meta', role: 'status' });
  const more = el('button', { type: 'button', class: 'quiet', click: () => show(shown + PIECE) }, speech.say('more'));
  const fold = (text: string): string => text.normalize('NFKD').replace(/\p{M}|[\u2068\u2069]/gu, '').replaceAll('\u2011', '-').toLocaleLowerCase(speech.language);
  // What a row says, made once: a search asks all of them at each key.
  let said: string[] | null = null;
  const fits = (n: number, wanted: readonly string[]): boolean => {
    said ??= rows.map((row) => fold([...textsOf(speech, row), row.time].join('\n')));
    return wanted.every((word) => said![n]!.includes(word));
  };
  function show(most: number): void {
    shown = most;
    const wanted = fold(query).split(/\s+/).filter(Boolean);
    const fitting = wanted.length === 0 ? rows : rows.filter((_, n) => fits(n, wanted));
    body.replaceChildren(...fitting.slice(0, shown).map((row) => lineOf(speech, row)));
    more.hidden = fitting.length <= shown;
    count.textContent = fitting.length === 0 ? speech.say('nothing') : speech.say('shown', { shown: Math.min(shown, fitting.length), all: rows.length });
  }
  const search = el('input', {
    type: 'search', placeholder: speech.say('search'), 'aria-label': speech.say('search'), autocomplete: 'off',
    input: (event: Event) => {
      query = (event.target as HTMLInputElement).value;
      show(PIECE);
    },
  });
  show(PIECE);
  return el('section', { class: 'steps', 'aria-labelledby': 'steps' },
    el('div', { class: 'head' }, el('h2', { id: 'steps' }, speech.say('steps')), el('span', { class: 'meta' }, speech.say('records', { n: rows.length })), search),
    el('div', { class: 'table', role: 'group', tabindex: '0', 'aria-labelledby': 'steps' },
      el('table', {}, el('thead', {}, el('tr', {}, ...COLUMNS.map((column) => el('th', { scope: 'col' }, speech.say(column))))), body)),
    el('div', { class: 'foot' }, count, more));
}
