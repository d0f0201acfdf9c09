// Parties of a case as the tiles show them.
import type { Schemas } from '../../api/client';
import type { StateParty } from './StateTiles';

export function tilesOf(parties: readonly Schemas['Party'][]): StateParty[] {
  return parties.map(({ node, title, country }) => ({ node, title, code: country }));
}
