// The OpenID provider alone: a right login works, and every planted fault is refused.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { after, before, test } from 'node:test';

import * as jose from 'jose';

import * as judged from '../judged.mjs';

const { version } = JSON.parse(
  readFileSync(new URL('../node_modules/oidc-provider/package.json', import.meta.url)),
);
const NAME = `oidc-provider ${version}`;
const CALLBACK = 'http://localhost:8000/login/callback/sample';
const VERIFIER = randomBytes(32).toString('base64url');
const ADA = {
  sub: '5e0f7a52-1111-4222-8333-444455556666',
  username: 'ada',
  password: 'correct horse',
  groups: ['customers'],
  claims: { email: 'ada@acme.example', email_verified: true, given_name: 'Ada', family_name: 'Lovelace' },
};
let provider;
let discovered;

before(async () => {
  const { JUDGED, ...environment } = process.env;
  provider = spawn(process.execPath, [new URL('provider.mjs', import.meta.url).pathname, JSON.stringify({
    client_id: 'front-door', client_secret: 'a secret', redirect_uris: [CALLBACK], accounts: [ADA],
  })], { stdio: ['pipe', 'pipe', 'inherit'], env: environment });
  const [line] = await firstLine(provider.stdout);
  discovered = await (await fetch(`${JSON.parse(line).issuer}/.well-known/openid-configuration`)).json();
});
after(() => provider.stdin.end());

async function firstLine(stream) {
  for await (const line of createInterface({ input: stream })) return [line];
  throw new Error('the provider ended before it was ready');
}

/** A browser as small as can be: keeps cookies, follows redirects until they leave the provider. */
class Browser {
  cookies = new Map();

  async open(address, options = {}) {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const answer = await fetch(address, { redirect: 'manual', ...options, headers: { cookie } });
    for (const line of answer.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line);
      this.cookies.set(name, value);
    }
    const location = answer.headers.get('location');
    if (!location) return { status: answer.status, address, body: await answer.text() };
    const next = new URL(location, address).href;
    return next.startsWith(CALLBACK) ? { callback: new URL(next) } : this.open(next);
  }
}

function authorizeAddress(changes = {}) {
  const address = new URL(discovered.authorization_endpoint);
  address.search = new URLSearchParams({
    response_type: 'code',
    client_id: 'front-door',
    redirect_uri: CALLBACK,
    scope: 'openid profile email',
    state: 'a state',
    nonce: 'a nonce',
    code_challenge: createHash('sha256').update(VERIFIER).digest('base64url'),
    code_challenge_method: 'S256',
    ...changes,
  });
  return address;
}

async function logIn(password = ADA.password) {
  const browser = new Browser();
  const page = await browser.open(authorizeAddress());
  return browser.open(page.address, {
    method: 'POST',
    body: new URLSearchParams({ username: ADA.username, password }),
  });
}

async function redeem(code, { secret = 'a secret', ...changes } = {}) {
  const answer = await fetch(discovered.token_endpoint, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(`front-door:${encodeURIComponent(secret)}`).toString('base64')}` },
    body: new URLSearchParams({
      grant_type: 'authorization_code', code, redirect_uri: CALLBACK, code_verifier: VERIFIER, ...changes,
    }),
  });
  return { status: answer.status, ...await answer.json() };
}

async function newCode() {
  const { callback } = await logIn();
  assert.equal(callback.searchParams.get('state'), 'a state');
  return callback.searchParams.get('code');
}

/** A test whose verdict stands in the table. */
function planted(name, body) {
  test(name, async () => {
    await body();
    judged.write(NAME, 'planted: bad client', 'refused as it should');
  });
}

test('a login gives an ID token in the shape of Cognito', async () => {
  const tokens = await redeem(await newCode());
  const keys = jose.createRemoteJWKSet(new URL(discovered.jwks_uri));
  const { payload, protectedHeader } = await jose.jwtVerify(tokens.id_token, keys, {
    issuer: discovered.issuer, audience: 'front-door',
  });
  assert.equal(protectedHeader.alg, 'RS256');
  assert.equal(payload.token_use, 'id');
  assert.equal(payload['cognito:username'], 'ada');
  assert.deepEqual(payload['cognito:groups'], ['customers']);
  assert.equal(payload.email_verified, true);
  assert.equal(payload.nonce, 'a nonce');
  assert.equal(typeof payload.auth_time, 'number');

  const userInfo = await fetch(discovered.userinfo_endpoint, {
    headers: { authorization: `Bearer ${tokens.access_token}` },
  });
  assert.equal((await userInfo.json()).email_verified, 'true');
  judged.write(NAME, 'planted: good client', 'logged in as it should');
});

planted('a wrong password shows the form again', async () => {
  assert.equal((await logIn('wrong')).status, 401);
});

planted('a wrong client secret is refused', async () => {
  assert.equal((await redeem(await newCode(), { secret: 'wrong' })).error, 'invalid_client');
});

planted('a redirect address that is not registered is never visited', async () => {
  const page = await new Browser().open(authorizeAddress({ redirect_uri: `${CALLBACK}/more` }));
  assert.equal(page.status, 400);
});

planted('another redirect address at the token endpoint is refused', async () => {
  const answer = await redeem(await newCode(), { redirect_uri: `${CALLBACK}/more` });
  assert.equal(answer.error, 'invalid_grant');
});

planted('a code works once', async () => {
  const code = await newCode();
  assert.equal((await redeem(code)).status, 200);
  assert.equal((await redeem(code)).error, 'invalid_grant');
});

planted('a login without PKCE is refused', async () => {
  const address = authorizeAddress();
  address.searchParams.delete('code_challenge');
  address.searchParams.delete('code_challenge_method');
  const { callback } = await new Browser().open(address);
  assert.equal(callback.searchParams.get('error'), 'invalid_request');
});

planted('a wrong PKCE verifier is refused', async () => {
  const code_verifier = randomBytes(32).toString('base64url');
  assert.equal((await redeem(await newCode(), { code_verifier })).error, 'invalid_grant');
});
