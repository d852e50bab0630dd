// An OpenID Connect provider of this machine: one client, PKCE required, whoever gives a name is that person.

import { Provider } from 'oidc-provider';

const [port, redirect] = [Number(process.env.PORT), process.env.REDIRECT];

const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: [
    {
      client_id: 'vigie',
      client_secret: 'a secret / with & signs',
      redirect_uris: [redirect],
      response_types: ['code'],
      grant_types: ['authorization_code'],
    },
  ],
  pkce: { required: () => true },
  cookies: { keys: ['of a test'] },
  claims: { openid: ['sub'], email: ['email', 'email_verified'] },
  // Puts the address into the ID token, as most providers do.
  conformIdTokenClaims: false,
  async findAccount(_, id) {
    return { accountId: id, claims: async () => ({ sub: id, email: `${id}@example.com`, email_verified: true }) };
  },
});

provider.listen(port, '127.0.0.1', () => console.log('ready'));
