// Signs in to identity with oauth4webapi, which hands over every answer to be checked by its specification, and prints what it saw as lines of JSON.
// node by-the-letter.mjs ISSUER CLIENT SECRET REDIRECT POST_LOGOUT EMAIL PASSWORD
import * as oauth from 'oauth4webapi';
import { Browser, tell } from './browser.mjs';

const [issuer, clientId, secret, redirectUri, postLogoutUri, email, password] = process.argv.slice(2);
const options = { [oauth.allowInsecureRequests]: true }; // http://127.0.0.1 only
const client = { client_id: clientId };
const authentication = oauth.ClientSecretBasic(secret);

const server = await oauth.processDiscoveryResponse(new URL(issuer), await oauth.discoveryRequest(new URL(issuer), { ...options, algorithm: 'oidc' }));
const oauthServer = await oauth.processDiscoveryResponse(new URL(issuer), await oauth.discoveryRequest(new URL(issuer), { ...options, algorithm: 'oauth2' }));
if (JSON.stringify(server) !== JSON.stringify(oauthServer)) throw new Error('The two metadata documents differ.');

const verifier = oauth.generateRandomCodeVerifier();
const state = oauth.generateRandomState();
const nonce = oauth.generateRandomNonce();
const parameters = new URLSearchParams({
  response_type: 'code',
  redirect_uri: redirectUri,
  scope: 'openid profile email',
  code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
  code_challenge_method: 'S256',
  state,
  nonce,
});

const pushed = await push(parameters);
tell('pushed for', pushed.expires_in);
try {
  await push(new URLSearchParams({ ...Object.fromEntries(parameters), code_challenge_method: 'plain' }));
  tell('pushed nonsense', 'accepted');
} catch (refused) {
  tell('pushed nonsense', refused.error);
}

const browser = new Browser(issuer, redirectUri);
const answer = await browser.signIn(address(pushed), email, password);
const checked = oauth.validateAuthResponse(server, client, answer, state);
const tokens = await oauth.processAuthorizationCodeResponse(
  server, client,
  await oauth.authorizationCodeGrantRequest(server, client, authentication, checked, redirectUri, verifier, options),
  { expectedNonce: nonce, requireIdToken: true });
const claims = oauth.getValidatedIdTokenClaims(tokens);
tell('claims', claims);
tell('userinfo', await oauth.processUserInfoResponse(server, client, claims.sub, await oauth.userInfoRequest(server, client, tokens.access_token, options)));

const out = new URL(server.end_session_endpoint);
out.search = new URLSearchParams({ id_token_hint: tokens.id_token, post_logout_redirect_uri: postLogoutUri, state: 'bye' });
tell('signed out to', (await browser.get(out)).headers.get('location'));

const silent = await push(new URLSearchParams({ ...Object.fromEntries(parameters), prompt: 'none' }));
try {
  oauth.validateAuthResponse(server, client, await browser.signIn(address(silent), email, password), state);
  tell('afterwards', 'signed in');
} catch (refused) {
  tell('afterwards', refused.error);
}

async function push(what) {
  return oauth.processPushedAuthorizationResponse(server, client, await oauth.pushedAuthorizationRequest(server, client, authentication, what, options));
}

function address({ request_uri }) {
  const url = new URL(server.authorization_endpoint);
  url.search = new URLSearchParams({ client_id: clientId, request_uri });
  return url;
}
