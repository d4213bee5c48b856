// An application that goes on when nobody is there, made with openid-client: code + PKCE + PAR + DPoP, refresh, revocation. Prints what it saw as lines of JSON.
// node offline.mjs ISSUER CLIENT SECRET REDIRECT EMAIL PASSWORD API API_SECRET
import * as client from 'openid-client';
import { Browser, tell } from './browser.mjs';

const [issuer, clientId, secret, redirectUri, email, password, api, apiSecret] = process.argv.slice(2);
const options = { execute: [client.allowInsecureRequests] }; // http://127.0.0.1 only
const config = await client.discovery(new URL(issuer), clientId, undefined, client.ClientSecretBasic(secret), options);
const DPoP = client.getDPoPHandle(config, await client.randomDPoPKeyPair('ES256'));

const verifier = client.randomPKCECodeVerifier();
const state = client.randomState();
const request = await client.buildAuthorizationUrlWithPAR(config, {
  redirect_uri: redirectUri,
  scope: 'openid email offline_access portal.api',
  code_challenge: await client.calculatePKCECodeChallenge(verifier),
  code_challenge_method: 'S256',
  state,
}, { DPoP });
const answer = await new Browser(issuer, redirectUri).signIn(request, email, password);
const first = await client.authorizationCodeGrant(config, answer, { pkceCodeVerifier: verifier, expectedState: state, idTokenExpected: true }, undefined, { DPoP });
tell('token_type', first.token_type);
tell('sub', first.claims().sub);
tell('userinfo', (await client.fetchUserInfo(config, first.access_token, first.claims().sub, { DPoP })).email);
tell('userinfo without proof', await errorOf(() => client.fetchUserInfo(config, first.access_token, first.claims().sub)));
tell('userinfo with another key', await errorOf(async () =>
  client.fetchUserInfo(config, first.access_token, first.claims().sub, { DPoP: client.getDPoPHandle(config, await client.randomDPoPKeyPair('ES256')) })));

const second = await client.refreshTokenGrant(config, first.refresh_token, undefined, { DPoP });
tell('another refresh token', second.refresh_token !== first.refresh_token);
tell('sub after refresh', second.claims().sub);
const less = await client.refreshTokenGrant(config, second.refresh_token, { scope: 'openid' }, { DPoP });
tell('less', less.scope);

// The API asks about the token with credentials of its own.
const asking = new client.Configuration(config.serverMetadata(), api, apiSecret, client.ClientSecretBasic(apiSecret));
client.allowInsecureRequests(asking);
const told = await client.tokenIntrospection(asking, second.access_token);
tell('introspection', { active: told.active, token_type: told.token_type, bound: Boolean(told.cnf?.jkt) });

await client.tokenRevocation(config, less.refresh_token);
tell('refresh after revocation', await errorOf(() => client.refreshTokenGrant(config, less.refresh_token, undefined, { DPoP })));
tell('userinfo after revocation', await errorOf(() => client.fetchUserInfo(config, less.access_token, first.claims().sub, { DPoP })));
tell('introspection after revocation', (await client.tokenIntrospection(asking, second.access_token)).active);

async function errorOf(call) {
  try {
    await call();
    return 'accepted';
  } catch (refused) {
    return refused.error ?? refused.cause?.[0]?.parameters?.error ?? refused.code;
  }
}
