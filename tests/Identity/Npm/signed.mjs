// An application that shows who it is by signatures (private_key_jwt) and is told when its people sign out, made with openid-client: PAR + PKCE + DPoP, refresh,
// RP-initiated and back-channel logout. The library does not read logout tokens; jose, on which it stands, checks them. Prints what it saw as lines of JSON.
// node signed.mjs ISSUER CLIENT KEY REDIRECT POST_LOGOUT BACK_CHANNEL EMAIL PASSWORD
import { createServer } from 'node:http';
import { once } from 'node:events';
import { createRemoteJWKSet, importJWK, jwtVerify } from 'jose';
import * as client from 'openid-client';
import { Browser, tell } from './browser.mjs';

const [issuer, clientId, jwk, redirectUri, postLogoutUri, backChannel, email, password] = process.argv.slice(2);
const options = { execute: [client.allowInsecureRequests] }; // http://127.0.0.1 only
const key = { key: await importJWK(JSON.parse(jwk), 'ES256'), kid: JSON.parse(jwk).kid };
const config = await client.discovery(new URL(issuer), clientId, undefined, client.PrivateKeyJwt(key), options);
const DPoP = client.getDPoPHandle(config, await client.randomDPoPKeyPair('ES256'));

const verifier = client.randomPKCECodeVerifier();
const state = client.randomState();
const nonce = client.randomNonce();
const request = await client.buildAuthorizationUrlWithPAR(config, {
  redirect_uri: redirectUri,
  scope: 'openid email offline_access',
  code_challenge: await client.calculatePKCECodeChallenge(verifier),
  code_challenge_method: 'S256',
  state,
  nonce,
}, { DPoP });
tell('in the address', [...request.searchParams.keys()].sort().join(' '));
const browser = new Browser(issuer, redirectUri);
const answer = await browser.signIn(request, email, password);
const first = await client.authorizationCodeGrant(config, answer, { pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce, idTokenExpected: true }, undefined, { DPoP });
const { sub, sid } = first.claims();
tell('sub', sub);
tell('token_type', first.token_type);
tell('userinfo', (await client.fetchUserInfo(config, first.access_token, sub, { DPoP })).email);
const second = await client.refreshTokenGrant(config, first.refresh_token, undefined, { DPoP });
tell('another refresh token', second.refresh_token !== first.refresh_token);

// Another key of the same name signs nothing that counts.
const { privateKey: strangers } = await client.randomDPoPKeyPair('ES256');
const stranger = await client.discovery(new URL(issuer), clientId, undefined, client.PrivateKeyJwt({ key: strangers, kid: key.kid }), options);
tell('refresh by a stranger', await errorOf(() => client.refreshTokenGrant(stranger, second.refresh_token, undefined, { DPoP })));

const told = listen(new URL(backChannel));
const out = client.buildEndSessionUrl(config, { id_token_hint: second.id_token ?? first.id_token, post_logout_redirect_uri: postLogoutUri, state: 'bye' });
tell('signed out to', (await browser.get(out)).headers.get('location'));
const { payload, protectedHeader } = await jwtVerify(await told, createRemoteJWKSet(new URL(config.serverMetadata().jwks_uri)), { issuer, audience: clientId, typ: 'logout+jwt', requiredClaims: ['jti', 'exp'] });
tell('logout token', { sub: payload.sub === sub, sid: payload.sid === sid, events: Object.keys(payload.events), nonce: 'nonce' in payload, alg: protectedHeader.alg });
tell('refresh afterwards', await errorOf(() => client.refreshTokenGrant(config, second.refresh_token, undefined, { DPoP })));
tell('userinfo afterwards', await errorOf(() => client.fetchUserInfo(config, second.access_token, sub, { DPoP })));

// The logout token that comes to this address.
async function listen({ port, hostname, pathname }) {
  const server = createServer();
  server.listen(Number(port), hostname);
  const [post, response] = await once(server, 'request');
  let body = '';
  for await (const part of post) body += part;
  if (post.method !== 'POST' || post.url !== pathname) throw new Error(`${post.method} ${post.url} came instead of a logout token.`);
  response.setHeader('connection', 'close').end();
  server.close();
  return new URLSearchParams(body).get('logout_token');
}

async function errorOf(call) {
  try {
    await call();
    return 'accepted';
  } catch (refused) {
    return refused.error ?? refused.cause?.[0]?.parameters?.error ?? (await refused.response?.json())?.error ?? refused.code;
  }
}
