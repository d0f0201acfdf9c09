// The pages of the web app, with something on each of them.
import { readFile } from 'node:fs/promises';
import { type Person, sample } from './fixtures';

export const all = ['investigator', 'prosecutor'];

/** A case with a picture, a document, a text, and a file that waits in the tray. */
export async function caseOf({ api }: Person) {
  const { id } = await api.openCase({ title: 'Marrow Quay' });
  const image = await api.addExhibit(id, { 'gate.jpg': await readFile(sample('harbour-gate.jpg')) });
  const pdf = await api.addExhibit(id, { 'wage-book.pdf': await readFile(sample('wage-book.pdf')) });
  const text = await api.addExhibit(id, { 'chat.txt': await readFile(sample('chat-export.txt')) });
  await api.upload(id, 'waits.csv', await readFile(sample('transfers.csv')));
  return { id, image, pdf, text };
}

type Made = Awaited<ReturnType<typeof caseOf>>;

/** name, address, and what is on screen once the page is there. */
export const pagesOf = ({ id, image, pdf, text }: Made): [string, string, string][] => [
  ['today', '/', 'h1'],
  ['cases', '/cases', '[aria-label="Cases"] :text("Marrow Quay")'],
  ['case', `/cases/${id}`, 'h1'],
  ['evidence', `/cases/${id}/evidence`, 'main :text("gate.jpg")'],
  ['intake', `/cases/${id}/intake`, 'main :text("waits.csv")'],
  ['image', `/cases/${id}/evidence/${image.id}`, 'main img'],
  ['pdf', `/cases/${id}/evidence/${pdf.id}`, 'main canvas'],
  ['text', `/cases/${id}/evidence/${text.id}`, 'main iframe'],
  ['exports', `/cases/${id}/exports`, 'h1'],
  ['record', `/cases/${id}/record`, 'main ol li'],
  ['members', `/cases/${id}/members`, 'main :text("Ilse Varga")'],
  ['people', '/people', 'main :text("Ilse Varga")'],
  ['invitations', '/people/invitations', 'h1'],
  ['me', '/me', 'h1'],
  ['node', '/node', 'h1'],
];
