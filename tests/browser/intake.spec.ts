// Taking in survives: the server is killed in the middle of a large file, the page is loaded anew, and the bytes are right.
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { createHash, randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { CDPSession, Page } from '@playwright/test';
import { expect, type Person, sample, test } from './fixtures';

const MIB = 1 << 20;
/** A disk image as they come, where there is time for it. */
const large = process.env.COMITY_LONG ? 3072 : 64;

/** A file of @mib MiB of noise in @folder: {path, sha256}. */
async function largeFile(folder: string, name: string, mib: number) {
  const path = join(folder, name);
  const file = await open(path, 'w');
  for (let at = 0; at < mib; at++) await file.write(randomBytes(MIB));
  await file.close();
  const hash = createHash('sha256');
  for await (const part of createReadStream(path)) hash.update(part);
  return { path, sha256: hash.digest('hex') };
}

const speedOf = (bytes: number) => ({ offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: bytes });

/** The line of this page sends so many bytes a second; -1 lets it go. */
async function slowDown(page: Page, bytes: number): Promise<CDPSession> {
  const line = await page.context().newCDPSession(page);
  await line.send('Network.enable');
  await line.send('Network.emulateNetworkConditions', speedOf(bytes));
  return line;
}

const choose = ({ page, say }: Person, path: string) => page.getByLabel(say('Choose files'), { exact: true }).and(page.locator('input')).setInputFiles(path);
const trayOf = ({ page, say }: Person) => page.getByRole('region', { name: say('The tray') });

async function intakeOf(person: Person): Promise<string> {
  const { id } = await person.api.openCase();
  await person.page.goto(`/cases/${id}/intake`);
  await expect(person.page.getByRole('heading', { name: person.say('Drop files or folders here') })).toBeVisible();
  return id;
}

/** What the tray holds is made one exhibit; its files. */
async function makeExhibit({ page, say, api }: Person, space: string, title: string) {
  const form = page.getByRole('form', { name: say('What these files are') });
  await form.getByLabel(say('What it is')).fill(title);
  await form.getByRole('combobox', { name: say('How it was obtained') }).click();
  await page.getByRole('option', { name: say('Seizure'), exact: true }).click();
  await form.locator('button[type=submit]').click();
  await page.waitForURL(/\/evidence\/[^/?]+/);
  const id = new URL(page.url()).pathname.split('/').at(-1);
  return (await api.get(`/spaces/${space}/evidence/${id}`)).file_list;
}

test('a server that is killed in the middle of a file gets the rest of it, and its hash is right', async ({ stage }) => {
  if (process.env.COMITY_LONG) test.setTimeout(1_200_000);
  const person = await stage.person('Tomas Reny', ['investigator']);
  const space = await intakeOf(person);
  const { path, sha256 } = await largeFile(stage.node.folder, 'disk.dd', large);
  const line = await slowDown(person.page, 16 * MIB);
  await choose(person, path);
  await expect(trayOf(person).getByText(/^[1-9]\d?%/)).toBeVisible();
  await stage.node.kill();
  await expect(trayOf(person).getByText(person.say('no line, tries again'))).toBeVisible();
  await line.send('Network.emulateNetworkConditions', speedOf(-1));
  await stage.node.start();
  await expect(trayOf(person).getByText(`${sha256.slice(0, 4)}…${sha256.slice(-4)}`)).toBeVisible({ timeout: large * 1000 });
  const [file] = await makeExhibit(person, space, 'Disk from the office');
  expect(file).toMatchObject({ name: 'disk.dd', size: large * MIB, sha256 });
});

test('a page that is loaded anew keeps the tray, and a file that is chosen again goes on where it stopped', async ({ stage }) => {
  const person = await stage.person('Tomas Reny', ['investigator']);
  const { page, say } = person;
  const space = await intakeOf(person);
  await choose(person, sample('transfers.csv'));
  await expect(trayOf(person).getByRole('heading', { name: say('Taken in'), exact: true })).toBeVisible();

  const { path, sha256 } = await largeFile(stage.node.folder, 'phone.bin', 64);
  const line = await slowDown(page, 16 * MIB);
  await choose(person, path);
  const arrived = async () => (await person.api.get(`/uploads?space=${space}`)).items.find(({ name }: { name: string }) => name === 'phone.bin')?.offset ?? 0;
  await expect(trayOf(person).getByText(/^[1-9]\d?%/)).toBeVisible();
  await trayOf(person).getByRole('button', { name: say('Pause {name}', { name: 'phone.bin' }) }).click();
  await page.reload();
  await line.detach();
  await expect(trayOf(person).getByText('transfers.csv')).toBeVisible();
  await expect(trayOf(person).getByRole('button', { name: say('Choose it') })).toBeVisible();
  const before = await arrived();
  expect(before).toBeGreaterThan(0);
  const begun = page.waitForRequest((request) => request.method() === 'PATCH');
  await choose(person, path);
  expect(Number((await begun).headers()['upload-offset'])).toBeGreaterThanOrEqual(before);
  await expect(trayOf(person).getByText(`${sha256.slice(0, 4)}…${sha256.slice(-4)}`)).toBeVisible();
  const files = await makeExhibit(person, space, 'Two files');
  expect(files.map(({ name }: { name: string }) => name).sort()).toEqual(['phone.bin', 'transfers.csv']);
  expect(files.find(({ name }: { name: string }) => name === 'phone.bin').sha256).toBe(sha256);
});

test('a browser whose storage never answers still takes in; the node remembers', async ({ stage }) => {
  const person = await stage.person('Tomas Reny', ['investigator']);
  await person.page.addInitScript(() => {
    Object.defineProperty(indexedDB, 'open', { value: () => new EventTarget() });
  });
  await intakeOf(person);
  await choose(person, sample('transfers.csv'));
  await expect(trayOf(person).getByRole('heading', { name: person.say('Taken in'), exact: true })).toBeVisible();
});
