/** Phase E: the nodes' cards here, and which of them the given cards vouch for. */
import { follows, identityKeys, isSelfSigned, parseCard, type Card } from './card.ts';
import type { Damages } from './damage.ts';
import type { File } from './layout.ts';
import { checkNote } from './note.ts';
import { whole, type Source } from './source.ts';

const CARD_MOST = 128 * 1024;

export class NodeCards {
  /** In their order; each follows the one before it. */
  readonly cards: Card[] = [];
  readonly node: string;
  given: Card | null = null;
  trusted = false;

  constructor(node: string) {
    this.node = node;
  }

  /** Only the newest card known counts (12.4). */
  get newest(): Card {
    const here = this.cards.at(-1)!;
    return this.given && this.given.number > here.number ? this.given : here;
  }

  /** The web origin that held at a time: of the newest card issued no later, before all of them of the first (7.5). */
  webAt(time: string): string {
    let web: string | null = null;
    for (const card of [...this.cards, ...(this.newest === this.given ? [this.given] : [])]) {
      if (web !== null && card.issued > time) break;
      web = card.web;
    }
    return web!;
  }

  /** Does a card that its user trusts vouch for the cards here? */
  vouchedBy(given: Card): boolean {
    const first = this.cards[0]!;
    const newest = this.cards.at(-1)!;
    if (given.number < first.number) return follows(first, given);
    if (given.number > newest.number) return checkNote(newest.note, identityKeys(given)) !== null;
    return this.cards.some((card) => card.number === given.number && card.note.text === given.note.text);
  }
}

export type Nodes = Map<string, NodeCards>;

async function readCard(source: Source, file: File, found: Damages, counts: { signatures: number }): Promise<Card | null> {
  const bytes = await whole(source, file, CARD_MOST);
  const card = bytes && parseCard(bytes);
  const fault = !card ? 'card.malformed' : !isSelfSigned(card, counts) ? 'card.signature' : card.node !== file.node || card.number !== file.number ? 'card.name' : null;
  if (fault) found.add(fault, { file: file.name });
  return fault ? null : card;
}

export async function readCards(source: Source, files: readonly File[], found: Damages, counts: { signatures: number }): Promise<Nodes> {
  const byNode = new Map<string, { card: Card; file: File }[]>();
  for (const file of files) {
    if (file.kind !== 'card') continue;
    const card = await readCard(source, file, found, counts);
    if (card) byNode.set(card.node, [...(byNode.get(card.node) ?? []), { card, file }]);
  }
  const nodes: Nodes = new Map();
  for (const [node, list] of byNode) {
    const own = new NodeCards(node);
    list.sort((a, b) => (a.card.number < b.card.number ? -1 : 1));
    for (const { card, file } of list) {
      const before = own.cards.at(-1);
      if (before && !follows(card, before)) {
        found.add('card.chain', { file: file.name });
        break;
      }
      own.cards.push(card);
    }
    nodes.set(node, own);
  }
  return nodes;
}

export function trust(nodes: Nodes, given: readonly Card[]): void {
  for (const card of given) {
    const own = nodes.get(card.node);
    if (!own?.vouchedBy(card)) continue;
    own.trusted = true;
    if (!own.given || card.number > own.given.number) own.given = card;
  }
}
