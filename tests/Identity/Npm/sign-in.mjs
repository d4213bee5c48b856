// Signs in to identity with openid-client, as an application that nobody here wrote would, and prints what it saw as lines of JSON.
// node sign-in.mjs ISSUER CLIENT SECRET REDIRECT POST_LOGOUT EMAIL PASSWORD API_CLIENT API_SECRET
import * as client from 'openid-client';

const [issuer, clientId, secret, redirectUri, postLogoutUri, email, password, apiClient, apiSecret] = process.argv.slice(2);
const options = { execute: [client.allowInsecureRequests] }; // http://127.0.0.1 only
const tell = (what, value) => console.log(JSON.stringify({ what, value }));

const config = await client.discovery(new URL(issuer), clientId, undefined, client.ClientSecretBasic(secret), options);
tell('issuer', config.serverMetadata().issuer);

const verifier = client.randomPKCECodeVerifier();
const state = client.randomState();
const nonce = client.randomNonce();
const checks = { pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce, idTokenExpected: true, maxAge: 60 };
const request = client.buildAuthorizationUrl(config, {
  redirect_uri: redirectUri,
  scope: 'openid profile email',
  code_challenge: await client.calculatePKCECodeChallenge(verifier),
  code_challenge_method: 'S256',
  state,
  nonce,
  max_age: '60',
});

const browser = new Map();
const answer = await signIn(request);
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
tell('signed out to', (await get(out)).headers.get('location'));

const api = await client.discovery(new URL(issuer), apiClient, undefined, client.ClientSecretPost(apiSecret), options);
tell('api', (await client.clientCredentialsGrant(api, { scope: 'portal.api' })).scope);

// A browser that keeps cookies and fills in the one form it is shown.
async function signIn(url) {
  let response = await get(url);
  while (response.status === 303) {
    const next = new URL(response.headers.get('location'), issuer);
    if (next.href.startsWith(redirectUri)) return next;
    response = await get(next);
  }
  const page = await response.text();
  const action = page.match(/<form method="post" action="([^"]+)"/)[1].replaceAll('&amp;', '&');
  const token = page.match(/name="__RequestVerificationToken" type="hidden" value="([^"]+)"/)[1];
  response = await get(new URL(action, issuer), new URLSearchParams({ Email: email, Password: password, __RequestVerificationToken: token }));
  while (response.status === 303) {
    const next = new URL(response.headers.get('location'), issuer);
    if (next.href.startsWith(redirectUri)) return next;
    response = await get(next);
  }
  throw new Error(`The sign-in ended with ${response.status}.`);
}

async function get(url, form) {
  const response = await fetch(url, {
    method: form ? 'POST' : 'GET',
    body: form,
    redirect: 'manual',
    headers: { cookie: [...browser].map(([name, value]) => `${name}=${value}`).join('; ') },
  });
  for (const cookie of response.headers.getSetCookie()) {
    const [, name, value] = cookie.match(/^([^=]+)=([^;]*)/);
    browser.set(name, value);
  }
  return response;
}
