// In, held, out, in three languages: enrol, sign in, open a case, take in real files, look at them, export, verify offline.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { comity } from '../support/node.mjs';
import { expect, type Person, sample, test } from './fixtures';

const files = ['harbour-gate.jpg', 'wage-book.pdf', 'chat-export.txt', 'helpline-call.ogg', 'hall-2-night.webm'];

async function signOutAndIn({ page, say }: Person, name: string): Promise<void> {
  await page.getByRole('button', { name: say('{name}: your own menu', { name }) }).click();
  await page.getByRole('menuitem', { name: say('Sign out'), exact: true }).click();
  await page.getByRole('button', { name: say('Continue with a passkey'), exact: true }).click();
  await expect(page.getByRole('navigation', { name: say('Main'), exact: true })).toBeVisible();
}

async function openCase({ page, say }: Person): Promise<void> {
  await page.getByRole('navigation', { name: say('Main'), exact: true }).getByRole('link', { name: say('Cases') }).click();
  await page.getByRole('button', { name: say('Open a case') }).first().click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel(say('Title')).fill('Lantern');
  await dialog.getByLabel(say('Offence')).fill('Trafficking in persons');
  await dialog.getByRole('button', { name: say('Open the case'), exact: true }).click();
  await page.waitForURL(/\/cases\/[^/?]+$/);
}

const tab = ({ page, say }: Person, name: string) => page.getByRole('navigation', { name: say('The case'), exact: true }).getByRole('link', { name: say(name) });

/** Each file becomes an exhibit of its own; the list of them follows. */
async function takeIn(person: Person): Promise<void> {
  const { page, say } = person;
  await tab(person, 'Evidence').click();
  await page.waitForURL(/\/evidence$/); // the page before has such a link too, and is on screen until this one has come
  await page.getByRole('link', { name: say('Add files') }).first().click();
  await page.getByLabel(say('Choose files'), { exact: true }).and(page.locator('input')).setInputFiles(files.map(sample));
  const form = page.getByRole('form', { name: say('What these files are') });
  await form.getByRole('radio', { name: say('Each its own') }).click();
  await form.getByRole('combobox', { name: say('How it was obtained') }).click();
  await page.getByRole('option', { name: say('Search'), exact: true }).click();
  await form.locator('button[type=submit]').click();
  await page.waitForURL(/\/evidence$/);
  await page.reload(); // what came last may stand behind “1 new, show”: a list does not move under somebody's eyes
  for (const name of files) await expect(page.getByRole('row').filter({ hasText: name })).toBeVisible();
}

/** Opens the exhibit of a file from the list and gives the viewer. */
async function look(person: Person, name: string) {
  const { page, say } = person;
  await tab(person, 'Evidence').click();
  await page.getByRole('row').filter({ hasText: name }).getByText(name).click();
  await expect(page.getByRole('heading', { level: 1, name })).toBeVisible();
  return page.getByRole('region', { name: say('What is in the exhibit') });
}

async function lookAtAll(person: Person): Promise<void> {
  const image = (await look(person, 'harbour-gate.jpg')).locator('img').first();
  await expect.poll(() => image.evaluate((element: HTMLImageElement) => element.naturalWidth)).toBeGreaterThan(0);

  const canvas = (await look(person, 'wage-book.pdf')).locator('canvas').last();
  const ink = (element: HTMLCanvasElement) => element.getContext('2d')!.getImageData(0, 0, element.width, element.height).data.some((value, at) => at % 4 === 0 && value < 80);
  await expect.poll(() => canvas.evaluate(ink)).toBe(true);

  const text = (await look(person, 'chat-export.txt')).frameLocator('iframe');
  await expect(text.locator('body')).toContainText('Anchor');

  for (const [name, kind] of [['helpline-call.ogg', 'audio'], ['hall-2-night.webm', 'video']] as const) {
    const media = (await look(person, name)).locator(kind);
    await expect.poll(() => media.evaluate((element: HTMLMediaElement) => element.readyState)).toBeGreaterThan(0);
    expect(await media.evaluate((element: HTMLMediaElement) => element.duration)).toBeGreaterThan(0);
  }
}

/** The whole case, confirmed with the passkey; the path of the fetched package. */
async function exportCase(person: Person, folder: string): Promise<string> {
  const { page, say } = person;
  await tab(person, 'Exports').click();
  await page.getByRole('button', { name: say('Export a package') }).click();
  await page.getByRole('dialog').getByLabel(say('For whom and what for')).fill('District Court of Alvaria');
  await page.getByRole('button', { name: say('Confirm with passkey') }).click();
  const coming = page.waitForEvent('download');
  await page.getByRole('link', { name: say('Fetch it'), exact: true }).click();
  const path = join(folder, 'case.zip');
  await (await coming).saveAs(path);
  return path;
}

for (const locale of ['en', 'ar', 'zh']) {
  test(`from the link to a package that verifies without the node: ${locale}`, async ({ stage }) => {
    const person = await stage.person('Ilse Varga', ['investigator', 'prosecutor'], { locale });
    await expect(person.page.locator('html')).toHaveAttribute('dir', locale === 'ar' ? 'rtl' : 'ltr');
    await expect(person.page.locator('html')).toHaveAttribute('lang', locale);
    await signOutAndIn(person, 'Ilse Varga');
    await openCase(person);
    await takeIn(person);
    await lookAtAll(person);
    const { node } = stage;
    const zip = await exportCase(person, node.folder);
    const card = join(node.folder, 'node.card');
    await writeFile(card, (await comity(['card', node.dir])).stdout);
    await node.stop();
    expect((await comity(['verify', zip])).code, 'without a card that is trusted').toBe(3);
    const trusted = await comity(['verify', zip, '--trust', card]);
    expect(trusted.code, trusted.stdout + trusted.stderr).toBe(0);
  });
}
