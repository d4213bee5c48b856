// A partner's identity provider: oidc-provider (npm) as it comes, with a sign-in page that believes whatever name is typed. It insists on PKCE, tells about people at
// its userinfo endpoint only, and says in its answers who it is. What the partner's administrators do comes as lines of JSON, each answered by a line:
// {"client":{…}} registers one, {"person":{"sub":…}} says what is told about somebody, {"rotate":true} signs with other keys from now on.
import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { createInterface } from 'node:readline';
import Provider from 'oidc-provider';

const clients = [];
const people = new Map();
const cookieKeys = [randomUUID()];
let keys = newKeys();
let issuer, provider, answer;

const server = createServer(async (request, response) => {
  const [, path, uid] = request.url.split('/');
  if (path !== 'sign-in') return answer(request, response);
  if (request.method !== 'POST') {
    response.setHeader('content-type', 'text/html');
    return response.end(`<form method="post" action="/sign-in/${uid}"><input name="login"><button>Sign in</button></form>`);
  }
  const form = new URLSearchParams(await text(request));
  const { params } = await provider.interactionDetails(request, response);
  await provider.interactionFinished(request, response, await resultOf(form.get('login'), params), { mergeWithLastSubmission: false });
});
server.listen(0, '127.0.0.1', () => {
  issuer = `http://127.0.0.1:${server.address().port}`;
  open();
  console.log(issuer);
});

createInterface({ input: process.stdin }).on('line', (line) => {
  const { client, person, rotate } = JSON.parse(line);
  if (client) clients.push(client);
  if (person) people.set(person.sub, person);
  if (rotate) keys = newKeys();
  open();
  console.log('done');
}).on('close', () => process.exit());

// What it remembers of people lies in its in-memory adapter, which all instances share.
function open() {
  provider = new Provider(issuer, {
    clients,
    jwks: { keys },
    cookies: { keys: cookieKeys },
    claims: { openid: ['sub'], profile: ['name', 'locale'], email: ['email', 'email_verified'], groups: ['groups'] },
    findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, ...people.get(id) }) }),
    pkce: { required: () => true },
    // It too looks at nothing on its own machine by itself; but here is where identity has its keys.
    fetch: (url, { dispatcher, ...options }) => fetch(url, options),
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_, { uid }) => `/sign-in/${uid}` },
    ttl: { AccessToken: 600, AuthorizationCode: 60, Grant: 3600, IdToken: 600, Interaction: 600, Session: 3600 },
  });
  answer = provider.callback();
}

async function resultOf(login, { client_id, scope }) {
  if (!login) return { error: 'access_denied' };
  const grant = new provider.Grant({ accountId: login, clientId: client_id });
  grant.addOIDCScope(scope);
  return { login: { accountId: login }, consent: { grantId: await grant.save() } };
}

function newKeys() {
  return [
    [generateKeyPairSync('rsa', { modulusLength: 2048 }), 'RS256'],
    [generateKeyPairSync('ec', { namedCurve: 'P-256' }), 'ES256'],
  ].map(([{ privateKey }, alg]) => ({ ...privateKey.export({ format: 'jwk' }), use: 'sig', alg, kid: randomUUID() }));
}

async function text(request) {
  let body = '';
  for await (const part of request) body += part;
  return body;
}
