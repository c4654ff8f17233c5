// A certified OpenID provider by others, in the shape of a Cognito user pool.
//
//   node provider.mjs CONFIGURATION      (JSON; or in the variable OPENID_PROVIDER)
//
//   client_id, client_secret
//   redirect_uris                        compared exactly
//   post_logout_redirect_uris            optional
//   accounts                             [{sub, username, password, groups, claims: {email, email_verified, ...}}]
//   refresh_tokens                       optional: true gives refresh tokens, which rotate, for the scope offline_access
//   path                                 optional, the issuer's path; "/eu-west-1_Sample" when absent
//   redeem_twice                         optional: true sends every code to the token endpoint twice, and the client gets the second answer
//
// When it is ready it prints one line, {"issuer": "...", "port": ...}; then one for each verdict of its token endpoint, {"granted": true} or
// {"granted": false, "error": "...", "detail": "..."}, where the detail is what the client is not told. It ends when its standard input does.
// Unlike Cognito it gives `iss` to the callback, and access tokens that are not JWTs.

import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';

import Provider from 'oidc-provider';

import * as judged from '../judged.mjs';
import { loginForm, readForm } from './login_form.mjs';
import { isRedemption, redeemTwice } from './thief.mjs';

const { version } = JSON.parse(
  readFileSync(new URL('../node_modules/oidc-provider/package.json', import.meta.url)),
);
const NAME = `oidc-provider ${version}`;

const settings = JSON.parse(process.argv[2] ?? process.env.OPENID_PROVIDER);
const path = settings.path ?? '/eu-west-1_Sample';
const server = createServer();
await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
const { port } = server.address();
const issuer = `http://127.0.0.1:${port}${path}`;
const provider = new Provider(issuer, configuration());
writeDownVerdicts();

server.on('request', (request, response) => {
  answer(request, response).catch((error) => {
    response.writeHead(400, { 'content-type': 'text/plain' }).end(error.error ?? error.message);
  });
});
process.stdin.on('end', () => process.exit(0)).resume();
tell({ issuer, port });

function configuration() {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return {
    clients: [{
      client_id: settings.client_id,
      client_secret: settings.client_secret,
      redirect_uris: settings.redirect_uris,
      post_logout_redirect_uris: settings.post_logout_redirect_uris ?? [],
      token_endpoint_auth_method: 'client_secret_basic',
      id_token_signed_response_alg: 'RS256',
      ...(settings.refresh_tokens && { grant_types: ['authorization_code', 'refresh_token'] }),
      require_auth_time: true,
    }],
    // Cognito's key ids look like this one.
    jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), kid: 'c2FtcGxl=', alg: 'RS256', use: 'sig' }] },
    cookies: { keys: [randomBytes(32).toString('hex')] },
    pkce: { required: () => true },
    claims: {
      openid: ['sub', 'token_use', 'cognito:username', 'cognito:groups', 'username'],
      email: ['email', 'email_verified'],
      profile: ['given_name', 'family_name', 'name'],
    },
    conformIdTokenClaims: false,
    findAccount: (_, id) => account(settings.accounts.find(({ sub }) => sub === id)),
    interactions: { url: (_, { uid }) => `${path}/interaction/${uid}` },
    features: { devInteractions: { enabled: false } },
    loadExistingGrant: grantEverything,
    ...(settings.refresh_tokens && { issueRefreshToken: async () => true, rotateRefreshToken: true }),
    ttl: { AccessToken: 3600, AuthorizationCode: 300, Grant: 3600, IdToken: 3600, Interaction: 3600, RefreshToken: 36000, Session: 3600 },
  };
}

/** An account as the provider asks for it; `use` says for which token. */
function account(person) {
  return person && {
    accountId: person.sub,
    claims: (use) => (use === 'userinfo' ? userInfoClaims(person) : idTokenClaims(person)),
  };
}

function idTokenClaims(person) {
  const groups = person.groups?.length ? { 'cognito:groups': person.groups } : {};
  return { sub: person.sub, token_use: 'id', 'cognito:username': person.username, ...groups, ...person.claims };
}

/** Cognito says `username` here, and writes booleans as strings. */
function userInfoClaims(person) {
  const { email_verified: verified, ...claims } = person.claims ?? {};
  const asText = verified === undefined ? {} : { email_verified: String(verified) };
  return { sub: person.sub, username: person.username, ...claims, ...asText };
}

/** No question about consent, as with Cognito. */
async function grantEverything(ctx) {
  const { client, session, params } = ctx.oidc;
  const known = session.grantIdFor(client.clientId);
  if (known) return provider.Grant.find(known);
  const grant = new provider.Grant({ clientId: client.clientId, accountId: session.accountId });
  grant.addOIDCScope(params.scope);
  await grant.save();
  return grant;
}

async function answer(request, response) {
  if (request.url.startsWith(`${path}/interaction/`)) return interaction(request, response);
  if (!request.url.startsWith(path)) return response.writeHead(404).end();
  if (settings.redeem_twice && isRedemption(request)) return redeemTwice(`${issuer}/token`, request, response);
  request.originalUrl = request.url;
  request.url = request.url.slice(path.length) || '/';
  return provider.callback()(request, response);
}

/** The login page, and what is posted from it. */
async function interaction(request, response) {
  const { params } = await provider.interactionDetails(request, response);
  if (request.method !== 'POST') return loginForm(response, 200, params.login_hint);
  const form = await readForm(request);
  const person = settings.accounts.find(({ username, password }) => (
    username === form.get('username') && password === form.get('password')
  ));
  if (!person) return loginForm(response, 401, form.get('username'));
  return provider.interactionFinished(request, response, { login: { accountId: person.sub } });
}

function writeDownVerdicts() {
  const what = settings.redeem_twice ? 'codes of the front door, each twice' : 'logins through the front door';
  provider.on('grant.success', () => {
    judged.write(NAME, what, 'completed');
    tell({ granted: true });
  });
  provider.on('grant.error', (_, { error, error_detail: detail }) => {
    judged.write(NAME, what, `refused: ${error}`);
    tell({ granted: false, error, detail });
  });
  provider.on('authorization.error', (_, error) => judged.write(NAME, what, `refused: ${error.error}`));
}

function tell(what) {
  console.log(JSON.stringify(what));
}
