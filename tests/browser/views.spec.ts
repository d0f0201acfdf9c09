// Lists as one wants them: a view under a name follows the person to another browser, rows stand close, a notice is let go; and what
// people are called: the inviter on the invitation, the administrator who renamed somebody.
import { expect, plugInAuthenticator, type Person, test } from './fixtures';

async function keep({ page, say }: Person, name: string): Promise<void> {
  await page.getByLabel(say('Name of the view')).fill(name);
  await page.getByRole('button', { name: say('Keep it'), exact: true }).click();
  await expect(page.getByRole('dialog')).toBeHidden();
}

test('a view is kept, opened in another browser, dropped and taken back', async ({ stage }) => {
  const person = await stage.person('Ilse Varga', ['investigator'], { admin: true });
  const { page, say, api } = person;
  for (const title of ['Marrow Quay', 'Ferry Lane']) await api.openCase({ title });

  await test.step('on the list of cases it stands at the side', async () => {
    await page.goto('/cases?q=Ferry');
    await expect(page.getByRole('row').filter({ hasText: 'Marrow Quay' })).toHaveCount(0);
    await page.getByRole('button', { name: say('Keep this view') }).click();
    await keep(person, 'The ferries');
    await page.getByRole('button', { name: say('Open cases') }).click();
    await expect(page.getByRole('row').filter({ hasText: 'Marrow Quay' })).toBeVisible();
    await expect(page.getByRole('searchbox')).toHaveValue('');
  });

  await test.step('the same person elsewhere finds it, and what it shows', async () => {
    const other = await page.context().browser()!.newContext({ baseURL: stage.node.origin, storageState: await page.context().storageState() });
    const tab = await other.newPage();
    await tab.goto('/cases');
    await tab.getByRole('button', { name: 'The ferries', exact: true }).click();
    await expect(tab.getByRole('searchbox')).toHaveValue('Ferry');
    await expect(tab.getByRole('row').filter({ hasText: 'Ferry Lane' })).toBeVisible();
    await expect(tab.getByRole('row').filter({ hasText: 'Marrow Quay' })).toHaveCount(0);
    await other.close();
  });

  await test.step('what was dropped can be taken back', async () => {
    const views = page.getByRole('navigation', { name: say('Views') });
    await views.getByRole('button', { name: say('Drop the view {name}', { name: 'The ferries' }) }).click();
    await expect(views.getByText('The ferries')).toHaveCount(0);
    await page.getByRole('button', { name: say('Take it back') }).click();
    await expect(views.getByText('The ferries')).toBeVisible();
  });

  await test.step('where the node refuses, the page says so', async () => {
    const views = page.getByRole('navigation', { name: say('Views') });
    const drop = views.getByRole('button', { name: say('Drop the view {name}', { name: 'The ferries' }) });
    const refuse = (method: string) =>
      page.route('**/api/v1/me/views**', (route) => (route.request().method() === method ? route.fulfill({ status: 507, json: { status: 507 } }) : route.fallback()));
    const said = page.getByRole('status').getByText(say('The disk of this node is full'));
    await refuse('DELETE');
    await drop.click();
    await expect(said).toBeVisible();
    await expect(views.getByText('The ferries')).toBeVisible();
    await page.unrouteAll();
    await refuse('POST');
    await drop.click();
    await page.getByRole('button', { name: say('Take it back') }).click();
    await expect(said).toBeVisible();
  });
});

test('a view of the evidence holds its columns', async ({ stage }) => {
  const person = await stage.person('Ilse Varga', ['investigator']);
  const { page, say, api } = person;
  const { id } = await api.openCase();
  await api.addExhibit(id, { 'gate.txt': Buffer.from('The gate') });
  await page.goto(`/cases/${id}/evidence?sort=title`);
  await page.getByRole('button', { name: say('Columns') }).click();
  await page.getByRole('menuitemcheckbox', { name: say('Held by') }).click();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('columnheader', { name: say('Held by') })).toHaveCount(0);
  await page.getByRole('button', { name: say('Views') }).click();
  await page.getByRole('menuitem', { name: say('Keep this view') }).click();
  await keep(person, 'Short');
  await page.getByRole('button', { name: 'Short' }).click();
  await page.getByRole('menuitem', { name: say('All evidence') }).click();
  await expect(page.getByRole('columnheader', { name: say('Held by') })).toBeVisible();
  await page.reload();
  await expect(page.getByRole('row').filter({ hasText: 'gate.txt' })).toBeVisible();
  await expect(page.getByRole('columnheader', { name: say('Held by') }), 'so does the list as it comes').toHaveCount(0);
  await page.getByRole('button', { name: say('Views') }).click();
  await page.getByRole('menuitem', { name: 'Short' }).click();
  await expect(page.getByRole('columnheader', { name: say('Held by') })).toHaveCount(0);
  await expect(page).toHaveURL(/sort=title/);
  await page.getByRole('button', { name: say('Columns') }).click();
  await page.getByRole('menuitemcheckbox', { name: say('Held by') }).click();
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: say('Views') }).click();
  await page.getByRole('menuitem', { name: 'Short' }).click();
  await expect(page.getByRole('columnheader', { name: say('Held by') })).toHaveCount(0);
  await page.reload();
  await expect(page.getByRole('columnheader', { name: say('Held by') }), 'a view leaves the columns of this browser as they were').toBeVisible();
});

test('rows stand as close as one likes, and stay so', async ({ stage }) => {
  const { page, say, api } = await stage.person('Ilse Varga', ['investigator']);
  await api.openCase({ title: 'Marrow Quay' });
  await page.goto('/cases');
  const row = page.getByRole('row').filter({ hasText: 'Marrow Quay' });
  const height = async () => Math.round((await row.boundingBox())!.height);
  expect(await height()).toBeGreaterThanOrEqual(44);
  await page.getByText(say('Compact'), { exact: true }).click();
  await expect.poll(height).toBeLessThanOrEqual(33);
  await page.reload();
  await expect.poll(height).toBeLessThanOrEqual(33);
});

test('a notice is let go, and still stands on the node’s page', async ({ stage }) => {
  const { page, say } = await stage.person('Ilse Varga', [], { admin: true });
  await page.goto('/');
  const title = say('The identity key still lies on this machine');
  const card = page.getByRole('listitem').filter({ hasText: title });
  await card.getByRole('button', { name: say('Do not show it again') }).click();
  await expect(card).toHaveCount(0);
  await page.goto('/node');
  await expect(page.getByText(title)).toBeVisible();
});

test('an invitation says who invites; who renamed somebody is said', async ({ stage }) => {
  const { page, say, api } = await stage.person('Noor Salim', ['investigator'], { admin: true });
  const { person, link } = await api.post('/invitations', { name: 'Omar Hadad', roles: ['clerk'], admin: false });
  const other = await page.context().browser()!.newContext({ baseURL: stage.node.origin, locale: 'en' });
  const tab = await other.newPage();
  await plugInAuthenticator(tab);
  await tab.goto(link);
  await expect(tab.getByText('Noor Salim invites you')).toBeVisible();
  await other.close();

  await page.goto(`/people?person=${person}`);
  const panel = page.getByRole('dialog');
  await panel.getByRole('textbox', { name: say('Name') }).fill('Omar Haddad');
  await panel.getByRole('button', { name: say('Correct it') }).click();
  await expect(panel).toBeHidden();
  await page.goto(`/people?person=${person}`);
  await expect(panel.getByText(/by Noor Salim$/)).toBeVisible();
});
