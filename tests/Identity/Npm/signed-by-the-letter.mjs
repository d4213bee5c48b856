// The same with oauth4webapi, which hands over every answer to be checked by its specification: private_key_jwt at each endpoint for clients, PAR + PKCE + DPoP, refresh,
// revocation. Prints what it saw as lines of JSON.
// node signed-by-the-letter.mjs ISSUER CLIENT KEY REDIRECT EMAIL PASSWORD
import { importJWK } from 'jose';
import * as oauth from 'oauth4webapi';
import { Browser, tell } from './browser.mjs';

const [issuer, clientId, jwk, redirectUri, email, password] = process.argv.slice(2);
const insecure = { [oauth.allowInsecureRequests]: true }; // http://127.0.0.1 only
const client = { client_id: clientId };
const authentication = oauth.PrivateKeyJwt({ key: await importJWK(JSON.parse(jwk), 'ES256'), kid: JSON.parse(jwk).kid });
const server = await oauth.processDiscoveryResponse(new URL(issuer), await oauth.discoveryRequest(new URL(issuer), insecure));
const DPoP = oauth.DPoP(client, await oauth.generateKeyPair('ES256'));

const verifier = oauth.generateRandomCodeVerifier();
const state = oauth.generateRandomState();
const nonce = oauth.generateRandomNonce();
const pushed = await oauth.processPushedAuthorizationResponse(server, client, await oauth.pushedAuthorizationRequest(server, client, authentication, new URLSearchParams({
  response_type: 'code',
  redirect_uri: redirectUri,
  scope: 'openid offline_access',
  code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
  code_challenge_method: 'S256',
  state,
  nonce,
}), { DPoP, ...insecure }));
const request = new URL(server.authorization_endpoint);
request.search = new URLSearchParams({ client_id: clientId, request_uri: pushed.request_uri });
const answer = oauth.validateAuthResponse(server, client, await new Browser(issuer, redirectUri).signIn(request, email, password), state);
const first = await oauth.processAuthorizationCodeResponse(server, client,
  await oauth.authorizationCodeGrantRequest(server, client, authentication, answer, redirectUri, verifier, { DPoP, ...insecure }),
  { expectedNonce: nonce, requireIdToken: true });
tell('token_type', first.token_type);
tell('sub', oauth.getValidatedIdTokenClaims(first).sub);
const second = await oauth.processRefreshTokenResponse(server, client, await oauth.refreshTokenGrantRequest(server, client, authentication, first.refresh_token, { DPoP, ...insecure }));
tell('another refresh token', second.refresh_token !== first.refresh_token);
await oauth.processRevocationResponse(await oauth.revocationRequest(server, client, authentication, second.refresh_token, insecure));
tell('userinfo after revocation', (await oauth.userInfoRequest(server, client, second.access_token, { DPoP, ...insecure })).status);
