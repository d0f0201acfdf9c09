// Two people in one case: one lets the other in with the passkey, what one does the other sees at once, a seal is there for both.
import { readFile } from 'node:fs/promises';
import { expect, type Person, sample, test } from './fixtures';

async function letIn({ page, say }: Person, space: string, name: string): Promise<void> {
  await page.goto(`/cases/${space}/members`);
  await page.getByRole('button', { name: say('Add a member') }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('combobox', { name: say('Who'), exact: true }).fill(name);
  await page.getByRole('option', { name }).click();
  await expect(dialog.getByText(say('Nobody is let in before your passkey has answered.'))).toBeVisible();
  await dialog.getByRole('button', { name: say('Confirm with passkey') }).click();
  await expect(dialog).toBeHidden();
}

test('a clerk is let in, sees what comes without loading the page anew, and the seal that the prosecutor puts', async ({ stage }) => {
  const prosecutor = await stage.person('Ilse Varga', ['prosecutor']);
  const clerk = await stage.person('Jon Aber', ['clerk']);
  const { id: space } = await prosecutor.api.openCase({ title: 'Marrow Quay' });
  const gate = await prosecutor.api.addExhibit(space, { 'gate.jpg': await readFile(sample('harbour-gate.jpg')) });

  await test.step('who is no member does not see that the case exists', async () => {
    await clerk.page.goto('/cases');
    await expect(clerk.page.getByText(clerk.say('No case yet'), { exact: true })).toBeVisible();
  });

  await test.step('the prosecutor lets the clerk in; the list of the clerk shows the case by itself', async () => {
    await letIn(prosecutor, space, 'Jon Aber');
    await expect(prosecutor.page.getByRole('main').getByText('Jon Aber').first()).toBeVisible();
    const row = clerk.page.getByRole('row').filter({ hasText: 'Marrow Quay' });
    await expect(row).toBeVisible();
    await row.getByText('Marrow Quay').click();
    await clerk.page.getByRole('navigation', { name: clerk.say('The case'), exact: true }).getByRole('link', { name: clerk.say('Evidence') }).click();
    await expect(clerk.page.getByRole('row').filter({ hasText: gate.title })).toBeVisible();
  });

  await test.step('an exhibit that is added elsewhere appears', async () => {
    await clerk.page.evaluate(() => Object.assign(window, { stays: true }));
    await prosecutor.api.addExhibit(space, { 'wage-book.pdf': await readFile(sample('wage-book.pdf')) });
    await expect(clerk.page.getByRole('row').filter({ hasText: 'wage-book.pdf' })).toBeVisible();
    expect(await clerk.page.evaluate(() => 'stays' in window), 'the page was not loaded anew').toBe(true);
  });

  await test.step('the seal needs a reason and the passkey, and both see it', async () => {
    const { page, say } = prosecutor;
    await page.goto(`/cases/${space}/evidence/${gate.id}`);
    await page.getByRole('button', { name: say('Put under seal') }).click();
    const dialog = page.getByRole('dialog');
    const confirm = dialog.getByRole('button', { name: say('Confirm with passkey') });
    await expect(confirm).toBeDisabled();
    await dialog.getByLabel(say('Why'), { exact: true }).fill('Complete');
    await confirm.click();
    await expect(dialog).toBeHidden();
    await expect(page.locator('header').getByText(say('Sealed'), { exact: true })).toBeVisible();
    await expect(page.getByRole('button', { name: say('Put under seal') })).toHaveCount(0);
    await expect(clerk.page.getByRole('row').filter({ hasText: gate.title }).getByText(clerk.say('Sealed'), { exact: true })).toBeVisible();
    const { state } = await clerk.api.get(`/spaces/${space}/evidence/${gate.id}`);
    expect(state).toBe('sealed');
  });
});
