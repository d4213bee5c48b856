// oidc-provider (npm) as it comes, on its in-memory adapter, told to give what identity gives: id_tokens by RS256 with 3072 bits, access tokens as JWTs (RFC 9068), refresh tokens
// that rotate each time. Whoever comes without a session is signed in and consents without being asked, for that is not measured.
import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import Provider from 'oidc-provider';

const [port, clientId, secret, redirectUri, api, tokens] = process.argv.slice(2);
const issuer = `http://localhost:${port}`;
const keys = [['RS256', 'rsa', { modulusLength: 3072 }], ['ES256', 'ec', { namedCurve: 'P-256' }]]
  .map(([alg, type, options]) => ({ ...generateKeyPairSync(type, options).privateKey.export({ format: 'jwk' }), use: 'sig', alg, kid: randomUUID() }));

const provider = new Provider(issuer, {
  clients: [{
    client_id: clientId, client_secret: secret, redirect_uris: [redirectUri], response_types: ['code'],
    grant_types: ['authorization_code', 'refresh_token', 'client_credentials'], token_endpoint_auth_method: 'client_secret_basic', id_token_signed_response_alg: 'RS256',
  }],
  jwks: { keys },
  cookies: { keys: [randomUUID()] },
  scopes: ['openid', 'offline_access'],
  findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id }) }),
  pkce: { required: () => true },
  rotateRefreshToken: true,
  issueRefreshToken: (_, client, code) => code.scopes.has('offline_access'),
  ttl: { AccessToken: 900, IdToken: 300, AuthorizationCode: 60, ClientCredentials: 900, RefreshToken: 1296000, Grant: 1296000, Session: 36000, Interaction: 3600 },
  features: {
    devInteractions: { enabled: false },
    clientCredentials: { enabled: true },
    resourceIndicators: {
      enabled: tokens !== 'opaque',
      defaultResource: () => api,
      useGrantedResource: () => true,
      getResourceServerInfo: () => ({ scope: 'portal.api', audience: api, accessTokenFormat: 'jwt', accessTokenTTL: 900, jwt: { sign: { alg: tokens } } }),
    },
  },
  interactions: { url: (_, interaction) => `/go-on/${interaction.uid}` },
});

const answer = provider.callback();
createServer(async (request, response) => {
  if (request.url === '/health/ready') {
    response.end('ready');
  } else if (request.url.startsWith('/go-on/')) {
    const { session, params } = await provider.interactionDetails(request, response);
    const accountId = session?.accountId ?? randomUUID();
    const grant = new provider.Grant({ accountId, clientId: params.client_id });
    grant.addOIDCScope(params.scope);
    grant.addResourceScope(api, 'portal.api');
    await provider.interactionFinished(request, response, { login: { accountId }, consent: { grantId: await grant.save() } }, { mergeWithLastSubmission: false });
  } else {
    answer(request, response);
  }
}).listen(Number(port), 'localhost', () => console.log(`ready ${issuer}`));
