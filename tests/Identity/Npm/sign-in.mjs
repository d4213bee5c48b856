// Signs in to identity with openid-client, as an application that nobody here wrote would, and prints what it saw as lines of JSON.
// node sign-in.mjs ISSUER CLIENT SECRET REDIRECT POST_LOGOUT EMAIL PASSWORD API_CLIENT API_SECRET
import * as client from 'openid-client';
import { Browser, tell } from './browser.mjs';

const [issuer, clientId, secret, redirectUri, postLogoutUri, email, password, apiClient, apiSecret] = process.argv.slice(2);
const options = { execute: [client.allowInsecureRequests] }; // http://127.0.0.1 only

const config = await client.discovery(new URL(issuer), clientId, undefined, client.ClientSecretBasic(secret), options);
tell('issuer', config.serverMetadata().issuer);

const verifier = client.randomPKCECodeVerifier();
const state = client.randomState();
const nonce = client.randomNonce();
const checks = { pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce, idTokenExpected: true, maxAge: 60 };
const request = await client.buildAuthorizationUrlWithPAR(config, {
  redirect_uri: redirectUri,
  scope: 'openid profile email',
  code_challenge: await client.calculatePKCECodeChallenge(verifier),
  code_challenge_method: 'S256',
  state,
  nonce,
  max_age: '60',
});

tell('in the address', [...request.searchParams.keys()].sort().join(' '));
const browser = new Browser(issuer, redirectUri);
const answer = await browser.signIn(request, email, password);
tell('pushed request again', (await browser.get(request)).status);
const tokens = await client.authorizationCodeGrant(config, answer, checks);
tell('claims', tokens.claims());
tell('userinfo', await client.fetchUserInfo(config, tokens.access_token, tokens.claims().sub));

try {
  await client.authorizationCodeGrant(config, answer, checks);
  tell('replay', 'accepted');
} catch (refused) {
  tell('replay', refused.error);
}
try {
  await client.fetchUserInfo(config, tokens.access_token, tokens.claims().sub);
  tell('after replay', 'accepted');
} catch (refused) {
  tell('after replay', refused.cause?.[0]?.parameters?.error ?? refused.code);
}

const out = client.buildEndSessionUrl(config, { id_token_hint: tokens.id_token, post_logout_redirect_uri: postLogoutUri, state: 'bye' });
tell('signed out to', (await browser.get(out)).headers.get('location'));

const api = await client.discovery(new URL(issuer), apiClient, undefined, client.ClientSecretPost(apiSecret), options);
tell('api', (await client.clientCredentialsGrant(api, { scope: 'portal.api' })).scope);
