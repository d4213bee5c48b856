// An application without a secret, made with oauth4webapi, which checks every answer by its specification: PKCE + DPoP, refresh, revocation.
// node without-secret.mjs ISSUER CLIENT REDIRECT EMAIL PASSWORD
import * as oauth from 'oauth4webapi';
import { Browser, tell } from './browser.mjs';

const [issuer, clientId, redirectUri, email, password] = process.argv.slice(2);
const insecure = { [oauth.allowInsecureRequests]: true }; // http://127.0.0.1 only
const client = { client_id: clientId };
const server = await oauth.processDiscoveryResponse(new URL(issuer), await oauth.discoveryRequest(new URL(issuer), insecure));
const DPoP = oauth.DPoP(client, await oauth.generateKeyPair('ES256'));

const verifier = oauth.generateRandomCodeVerifier();
const state = oauth.generateRandomState();
const nonce = oauth.generateRandomNonce();
const request = new URL(server.authorization_endpoint);
request.search = new URLSearchParams({
  client_id: clientId,
  response_type: 'code',
  redirect_uri: redirectUri,
  scope: 'openid profile offline_access',
  code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
  code_challenge_method: 'S256',
  dpop_jkt: await DPoP.calculateThumbprint(),
  state,
  nonce,
});
const answer = oauth.validateAuthResponse(server, client, await new Browser(issuer, redirectUri).signIn(request, email, password), state);
const first = await oauth.processAuthorizationCodeResponse(server, client,
  await oauth.authorizationCodeGrantRequest(server, client, oauth.None(), answer, redirectUri, verifier, { DPoP, ...insecure }),
  { expectedNonce: nonce, requireIdToken: true });
const { sub } = oauth.getValidatedIdTokenClaims(first);
tell('token_type', first.token_type);
tell('sub', sub);
tell('userinfo', (await oauth.processUserInfoResponse(server, client, sub, await oauth.userInfoRequest(server, client, first.access_token, { DPoP, ...insecure }))).sub);

tell('with another key', await refresh(first.refresh_token, oauth.DPoP(client, await oauth.generateKeyPair('ES256'))));
tell('without key', await refresh(first.refresh_token, undefined));
const second = await oauth.processRefreshTokenResponse(server, client, await oauth.refreshTokenGrantRequest(server, client, oauth.None(), first.refresh_token, { DPoP, ...insecure }));
tell('another refresh token', second.refresh_token !== first.refresh_token);

// A client that did not hear our answer asks again, and gets the same; one that has heard it and asks with the old one ends everything.
const again = await oauth.processRefreshTokenResponse(server, client, await oauth.refreshTokenGrantRequest(server, client, oauth.None(), first.refresh_token, { DPoP, ...insecure }));
tell('the same successor', again.refresh_token === second.refresh_token);
const third = await oauth.processRefreshTokenResponse(server, client, await oauth.refreshTokenGrantRequest(server, client, oauth.None(), second.refresh_token, { DPoP, ...insecure }));
await oauth.processRevocationResponse(await oauth.revocationRequest(server, client, oauth.None(), third.access_token, insecure));
tell('userinfo after revocation', (await oauth.userInfoRequest(server, client, third.access_token, { DPoP, ...insecure })).status);
tell('reused', await refresh(first.refresh_token, DPoP));
tell('after reuse', await refresh(third.refresh_token, DPoP));

async function refresh(token, key) {
  try {
    await oauth.processRefreshTokenResponse(server, client, await oauth.refreshTokenGrantRequest(server, client, oauth.None(), token, { DPoP: key, ...insecure }));
    return 'accepted';
  } catch (refused) {
    return refused.error ?? refused.code;
  }
}
