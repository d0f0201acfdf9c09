// What people do all day takes few actions: a click, a drop, a choice and a text that is typed are one each. And what they do rarely
// works at all: closing a case, exporting chosen exhibits, printing.
import { execFileSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Locator } from '@playwright/test';
import { expect, sample, test } from './fixtures';
import { comity } from '../support/node.mjs';

class Hand {
  actions = 0;
  async click(target: Locator): Promise<void> {
    this.actions++;
    await target.click();
  }
}

test('a new exhibit from a dropped file: three actions', async ({ stage }) => {
  const { page, say, api } = await stage.person('Ilse Varga', ['investigator']);
  const { id } = await api.openCase();
  await page.goto(`/cases/${id}/evidence`);
  await expect(page.getByText(say('No evidence yet'))).toBeVisible();
  const hand = new Hand();
  hand.actions++;
  const bytes = (await readFile(sample('harbour-gate.jpg'))).toString('base64');
  await page.evaluate(async (content) => {
    const data = new DataTransfer();
    data.items.add(new File([Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0))], 'gate.jpg', { type: 'image/jpeg' }));
    for (const kind of ['dragenter', 'dragover', 'drop']) document.body.dispatchEvent(new DragEvent(kind, { bubbles: true, cancelable: true, dataTransfer: data }));
  }, bytes);
  const form = page.getByRole('form', { name: say('What these files are') });
  await expect(form.getByText('“gate.jpg”')).toBeVisible();
  const how = form.getByRole('combobox', { name: say('How it was obtained') });
  if ((await how.inputValue()) === '') {
    await how.press('Enter'); // one choice: the list is opened and its first entry taken
    await how.press('ArrowDown');
    await how.press('Enter');
    hand.actions++;
  }
  await hand.click(form.locator('button[type=submit]'));
  await page.waitForURL(/\/evidence/);
  await expect.poll(async () => (await api.get(`/spaces/${id}/evidence`)).items.map(({ title }: { title: string }) => title)).toEqual(['gate.jpg']);
  expect(hand.actions).toBeLessThanOrEqual(3);
});

test('a package of chosen exhibits, fetched: four actions from the list; it verifies, and holds what was chosen', async ({ stage }) => {
  const { page, say, api } = await stage.person('Ilse Varga', ['investigator', 'prosecutor']);
  const { id } = await api.openCase();
  for (const name of ['gate.txt', 'book.txt', 'chat.txt']) await api.addExhibit(id, { [name]: Buffer.from(name) });
  await page.goto(`/cases/${id}/evidence`);
  const hand = new Hand();
  await hand.click(page.getByRole('row').filter({ hasText: 'book.txt' }).getByRole('checkbox'));
  await hand.click(page.getByRole('toolbar').getByRole('button', { name: /Export 1 exhibit/ }));
  await expect(page.getByRole('dialog').getByText('A‑0002')).not.toHaveCount(0);
  await hand.click(page.getByRole('dialog').getByRole('button', { name: say('Confirm with passkey') }));
  const coming = page.waitForEvent('download');
  await hand.click(page.getByRole('link', { name: say('Fetch it'), exact: true }));
  const zip = join(stage.node.folder, 'chosen.zip');
  await (await coming).saveAs(zip);
  expect(hand.actions).toBeLessThanOrEqual(4);

  const card = join(stage.node.folder, 'node.card');
  await writeFile(card, (await comity(['card', stage.node.dir])).stdout);
  const judged = await comity(['verify', zip, '--trust', card]);
  expect(judged.code, judged.stdout + judged.stderr).toBe(0);
  const files = execFileSync('python3', ['-m', 'zipfile', '-l', zip]).toString();
  expect(files.match(/\/data\/blobs\//g)?.length ?? 0, files).toBe(1);
});

test('a case is closed with a reason, and opened again', async ({ stage }) => {
  const { page, say, api } = await stage.person('Ilse Varga', ['prosecutor']);
  const { id } = await api.openCase();
  const act = async (name: string) => {
    await page.goto(`/cases/${id}`);
    await page.getByRole('button', { name: say('More that can be done') }).click();
    await page.getByRole('menuitem', { name: say(name) }).click();
    const dialog = page.getByRole('dialog');
    await expect(dialog.getByLabel(say('Why'))).toBeFocused();
    await dialog.getByLabel(say('Why')).fill('Handed to the court');
    await dialog.getByRole('button', { name: say(name) }).click();
    await expect(dialog).toBeHidden();
  };
  await act('Close the case');
  await expect.poll(async () => (await api.get(`/cases/${id}`)).status).toBe('closed');
  await page.goto(`/cases/${id}/evidence`);
  await expect(page.getByRole('link', { name: say('Add files') })).toHaveCount(0);
  await act('Open the case again');
  await expect.poll(async () => (await api.get(`/cases/${id}`)).status).toBe('open');
});

test('an act that a passkey confirms shows its check words, and its record the same', async ({ stage }) => {
  const { page, say, api } = await stage.person('Ilse Varga', ['prosecutor']);
  const { id } = await api.openCase();
  const gate = await api.addExhibit(id, { 'gate.txt': Buffer.from('The gate') });
  await page.goto(`/cases/${id}/evidence/${gate.id}`);
  await page.getByRole('button', { name: say('Put under seal') }).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByText(say('They come once the sentence is complete.'))).toBeVisible();
  await dialog.getByLabel(say('Why'), { exact: true }).fill('Complete');
  const words = dialog.getByText(/^[a-z]+( · [a-z]+){3}$/);
  await expect(words).toBeVisible();
  const said = await words.textContent();
  await dialog.getByRole('button', { name: say('Confirm with passkey') }).click();
  await expect(dialog).toBeHidden();
  await page.goto(`/cases/${id}/record`);
  await page.getByRole('listitem').filter({ hasText: 'sealed' }).getByRole('button').click();
  await expect(page.getByRole('dialog').getByText(said!, { exact: true })).toBeVisible();
});

test('what is signed is what is shown: refused or run out, it is prepared anew, shown, and waits for another press', async ({ stage }) => {
  const { page, say, api } = await stage.person('Ilse Varga', ['prosecutor']);
  const { id } = await api.openCase();
  const gate = await api.addExhibit(id, { 'gate.txt': Buffer.from('The gate') });
  await page.goto(`/cases/${id}/evidence/${gate.id}`);
  await page.getByRole('button', { name: say('Put under seal') }).click();
  const dialog = page.getByRole('dialog');
  const words = dialog.getByText(/^[a-z]+( · [a-z]+){3}$/);
  const press = dialog.getByRole('button', { name: say('Confirm with passkey') });
  let signed = 0;
  let refusing = false;
  await page.route('**/api/v1/confirmations/*', (route) => {
    if (route.request().method() !== 'PUT') return route.fallback();
    signed++;
    return refusing ? route.fulfill({ status: 409, json: { status: 409 } }) : route.fallback();
  });
  let letIn = () => {};
  const gateway = new Promise<void>((open) => (letIn = open));
  await page.route('**/seal', async (route) => (await gateway, route.fallback()));
  const asked = page.waitForRequest('**/seal');
  await dialog.getByLabel(say('Why'), { exact: true }).fill('Complete');
  await asked;
  await expect(press, 'nothing is shown yet').toBeDisabled();
  await page.keyboard.press('Control+Enter');
  letIn();
  await expect(press).toBeEnabled();
  const first = await words.textContent();
  expect(signed).toBe(0);

  refusing = true;
  await press.click();
  await expect(dialog.getByText(say('Somebody else was faster'))).toBeVisible();
  await expect(words).toBeVisible();
  await expect(words).not.toHaveText(first!);
  const second = await words.textContent();
  refusing = false;

  await page.clock.setFixedTime(Date.now() + 3_600_000);
  await page.keyboard.press('Control+Enter');
  await expect(dialog.getByText(say('That has run out'))).toBeVisible();
  await expect(words).toBeVisible();
  await expect(words).not.toHaveText(second!);
  const third = await words.textContent();
  expect(signed, 'what has run out is not signed').toBe(1);
  await press.click();
  await expect(dialog).toBeHidden();
  await page.goto(`/cases/${id}/record`);
  await page.getByRole('listitem').filter({ hasText: 'sealed' }).getByRole('button').click();
  await expect(page.getByRole('dialog').getByText(third!, { exact: true })).toBeVisible();
});

test('on paper: the number of the case on each page, who shares it by name, no buttons', async ({ stage }) => {
  const { page, say, api } = await stage.person('Ilse Varga', ['prosecutor']);
  const { id, reference } = await api.openCase({ title: 'Marrow Quay' });
  const gate = await api.addExhibit(id, { 'gate.txt': Buffer.from('The gate') });
  for (let at = 0; at < 12; at++) await api.addExhibit(id, { [`page-${at}.txt`]: Buffer.from(`${at}`) });
  const printed = async (path: string, sign: Locator) => {
    await page.goto(path);
    await expect(sign).toBeVisible();
    const file = join(stage.node.folder, 'print.pdf');
    await page.pdf({ path: file, format: 'A5' });
    return execFileSync('pdftotext', [file, '-']).toString().replace(/[^\S\f]+/g, ' ').split('\f').slice(0, -1);
  };
  const cover = await printed(`/cases/${id}`, page.getByRole('heading', { level: 1, name: 'Marrow Quay' }));
  expect(cover.length).toBeGreaterThan(1);
  cover.forEach((sheet, at) => {
    expect(sheet, `page ${at + 1}`).toContain(reference);
    expect(sheet).toMatch(new RegExp(`\\b${at + 1}\\s*/\\s*${cover.length}\\b`));
  });
  expect(cover[0]).toContain('shared by Prosecution Service of Alvaria');
  expect(cover.join()).not.toContain(say('Add files'));
  const sheet = (await printed(`/cases/${id}/evidence/${gate.id}`, page.getByRole('heading', { level: 1, name: 'gate.txt' }))).join();
  expect(sheet).toContain('Order S-88/2026');
  expect(sheet).toContain(say('Custody'));
  expect(sheet).not.toContain(say('Put under seal'));
});
