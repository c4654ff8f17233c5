// jira.js as a client of the imitation of Atlassian. It checks every answer against schemas made from Atlassian's own description.
//
//   node jira_js.mjs SITE EMAIL TOKEN [--planted]
//
// Ends well when everything was as at Atlassian; with --planted, when something was not: the imitation has been given a fault.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';

import { createCloudClient, createServiceDeskClient, isApiError } from 'jira.js';
import { createClient } from 'jira.js/core';

import * as judged from '../judged.mjs';

const { version } = JSON.parse(readFileSync(new URL('../node_modules/jira.js/package.json', import.meta.url)));
const NAME = `jira.js ${version}`;
const ADA = { email: 'ada@customer.example', displayName: 'Ada Lovelace' };

const [host, email, apiToken, planted] = process.argv.slice(2);
const client = createClient({
  host,
  auth: { type: 'basic', email, apiToken },
  headers: { 'X-ExperimentalApi': 'opt-in' },
  onSchemaMismatch: 'throw',
});
const { servicedesk, customer, organization } = createServiceDeskClient(client);
const jira = createCloudClient(client);

/** All entries of a list, page by page. */
async function all(list, parameters = {}) {
  const found = [];
  for (;;) {
    const page = await list({ ...parameters, start: found.length, limit: 50 });
    assert.equal(page.start, found.length);
    found.push(...page.values);
    if (page.isLastPage) return found;
    assert.ok(page.size > 0, 'a page with nothing on it is the last');
  }
}

async function refused(status, call) {
  await assert.rejects(call, (error) => isApiError(error) && error.status === status);
}

async function account() {
  const me = await jira.myself.getCurrentUser();
  assert.deepEqual([me.emailAddress, me.accountType], [email, 'atlassian']);
  const { permissions } = await jira.permissions.getMyPermissions({ permissions: 'ADMINISTER,USER_PICKER' });
  assert.ok(permissions.ADMINISTER.havePermission && permissions.USER_PICKER.havePermission);
  assert.equal((await jira.serverInfo.getServerInfo()).deploymentType, 'Cloud');
}

async function desks() {
  const found = await all(servicedesk.getServiceDesks);
  assert.deepEqual(found.map(({ projectKey }) => projectKey), ['HELP', 'BILL', 'HR']);
  const [{ id: serviceDeskId }] = found;
  const kinds = await all(servicedesk.getRequestTypes, { serviceDeskId });
  assert.ok(kinds.length > 0 && kinds.every(({ portalId }) => portalId === '4'));
  await refused(404, () => servicedesk.getServiceDeskById({ serviceDeskId: '99' }));
  return serviceDeskId;
}

async function customers(serviceDeskId) {
  const made = await customer.createCustomer(ADA);
  assert.match(made.accountId, /^qm:/);
  await refused(400, () => customer.createCustomer(ADA));
  await refused(409, () => customer.createCustomer({ ...ADA, strictConflictStatusCode: true }));
  const found = await jira.userSearch.findUsers({ query: ADA.email });
  assert.deepEqual(found.map(({ accountId, accountType }) => [accountId, accountType]), [[made.accountId, 'customer']]);
  await servicedesk.addCustomers({ serviceDeskId, accountIds: [made.accountId] });
  await refused(400, () => servicedesk.addCustomers({ serviceDeskId, accountIds: ['qm:nobody'] }));
  return made.accountId;
}

async function organizations(serviceDeskId, accountId) {
  const made = [];
  for (const name of ['Acme', 'Beta', 'Ceti']) made.push(await organization.createOrganization({ name }));
  assert.equal((await organization.createOrganization({ name: 'Acme' })).id, made[0].id, 'a name is taken once');
  assert.equal((await all(organization.getOrganizations)).length, 3);
  const organizationId = Number(made[0].id);
  assert.equal((await organization.getOrganization({ organizationId })).scimManaged, false);
  await organization.addUsersToOrganization({ organizationId, body: { accountIds: [accountId] } });
  await organization.addOrganization({ serviceDeskId, body: { organizationId } });
  const theirs = await all(organization.getOrganizations, { accountId });
  assert.deepEqual(theirs.map(({ name }) => name), ['Acme']);
  assert.equal((await all(organization.getUsersInOrganization, { organizationId }))[0].accountId, accountId);
  await organization.removeUsersFromOrganization({ organizationId, body: { accountIds: [accountId] } });
  assert.equal((await all(organization.getUsersInOrganization, { organizationId })).length, 0);
  await refused(404, () => organization.getOrganization({ organizationId: 99 }));
}

async function ask() {
  await account();
  const desk = await desks();
  const ada = await customers(desk);
  await organizations(desk, ada);
  await customer.revokePortalOnlyAccessForUser({ accountId: ada });
}

const fault = await ask().then(() => null, (error) => error);
if (planted) {
  judged.write(NAME, 'planted: bad answer', fault ? 'refused as it should' : 'accepted WRONGLY');
  console.log(fault?.message ?? 'nothing amiss');
} else {
  judged.write(NAME, 'the imitation of Atlassian', fault ? 'refused, WRONGLY' : 'accepted');
  if (fault) console.error(fault);
}
process.exitCode = Boolean(fault) === Boolean(planted) ? 0 : 1;
