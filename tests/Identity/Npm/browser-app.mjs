// An application that runs in a browser and has no secret, made with oidc-client-ts as it comes: code + PKCE + DPoP, refresh, revocation, sign-out. Prints what it saw
// as lines of JSON. The library asks for a window where it signs, and for a popup that goes to an address and says where it ended: both are stood in for here.
// node browser-app.mjs ISSUER CLIENT REDIRECT POST_LOGOUT EMAIL PASSWORD
import { InMemoryWebStorage, Log, UserManager, WebStorageStateStore } from 'oidc-client-ts';
import { Browser, tell } from './browser.mjs';

const [issuer, clientId, redirectUri, postLogoutUri, email, password] = process.argv.slice(2);
globalThis.window = { crypto: globalThis.crypto };
Log.setLogger({ debug() {}, info() {}, warn: console.error, error: console.error });
Log.setLevel(Log.WARN);

const keys = new Map();
const store = {
  set: async (name, state) => void keys.set(name, state),
  get: async (name) => keys.get(name),
  remove: async (name) => keys.delete(name),
  getAllKeys: async () => [...keys.keys()],
};

const browser = new Browser(issuer, redirectUri);
const asked = [];
const popup = {
  prepare: async () => ({
    navigate: async ({ url }) => {
      asked.push(new URL(url));
      return { url: (url.includes('/connect/endsession') ? (await browser.get(url)).headers.get('location') : (await browser.signIn(url, email, password)).href) };
    },
    close() {},
  }),
};
const settings = {
  authority: issuer,
  client_id: clientId,
  redirect_uri: redirectUri,
  post_logout_redirect_uri: postLogoutUri,
  scope: 'openid profile offline_access',
  dpop: { bind_authorization_code: true, store },
  automaticSilentRenew: false,
  userStore: new WebStorageStateStore({ store: new InMemoryWebStorage() }),
  stateStore: new WebStorageStateStore({ store: new InMemoryWebStorage() }),
};
const manager = new UserManager(settings, undefined, popup);
const metadata = await manager.metadataService.getMetadata();

const first = await manager.signinPopup();
tell('in the address', [...asked[0].searchParams.keys()].sort().join(' '));
tell('token_type', first.token_type);
tell('sub', first.profile.sub);
tell('userinfo', await userInfo(first));
tell('userinfo without proof', (await fetch(metadata.userinfo_endpoint, { headers: { authorization: `DPoP ${first.access_token}` } })).status);
tell('userinfo as a bearer token', (await fetch(metadata.userinfo_endpoint, { headers: { authorization: `Bearer ${first.access_token}` } })).status);

const second = await manager.signinSilent();
tell('refreshed', { token: second.refresh_token !== first.refresh_token, access: second.access_token !== first.access_token, sub: second.profile.sub });
tell('userinfo after refresh', await userInfo(second));

// Whoever stole the refresh token has another key.
const key = keys.get(clientId);
keys.delete(clientId);
tell('refresh with another key', await errorOf(() => manager.signinSilent()));
keys.set(clientId, key);
const third = await manager.signinSilent();
tell('sub of the third', third.profile.sub);

await manager.signoutPopup();
tell('signed out by', [...asked.at(-1).searchParams.keys()].sort().join(' '));
tell('user afterwards', await manager.getUser());
tell('userinfo afterwards', await userInfo(third, key));
await manager.storeUser(third);
keys.set(clientId, key);
tell('refresh afterwards', await errorOf(() => manager.signinSilent()));

async function userInfo(user, withKey) {
  if (withKey) keys.set(clientId, withKey);
  const proof = await manager.dpopProof(metadata.userinfo_endpoint, user, 'GET');
  const answer = await fetch(metadata.userinfo_endpoint, { headers: { authorization: `DPoP ${user.access_token}`, DPoP: proof } });
  return answer.ok ? (await answer.json()).sub : answer.status;
}

async function errorOf(call) {
  try {
    await call();
    return 'accepted';
  } catch (refused) {
    return refused.error ?? refused.message;
  }
}
