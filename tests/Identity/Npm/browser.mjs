// A browser that keeps cookies, follows what it is told, and fills in the one form it is shown.
export class Browser {
  #cookies = new Map();

  constructor(issuer, redirectUri) {
    this.issuer = issuer;
    this.redirectUri = redirectUri;
  }

  // Opens an authorization request, signs in where it is asked to, and answers the address that the application gets.
  async signIn(url, email, password) {
    let response = await this.get(url);
    for (let pages = 0; pages < 20; pages++) {
      if (response.status === 303) {
        const next = new URL(response.headers.get('location'), this.issuer);
        if (next.href.startsWith(this.redirectUri)) return next;
        response = await this.get(next);
        continue;
      }
      const page = await response.text();
      if (response.status !== 200) break;
      const action = page.match(/<form method="post" action="([^"]+)"/)[1].replaceAll('&amp;', '&');
      const token = page.match(/name="__RequestVerificationToken" type="hidden" value="([^"]+)"/)[1];
      response = await this.get(new URL(action, this.issuer), new URLSearchParams({ Email: email, Password: password, __RequestVerificationToken: token }));
    }
    throw new Error(`The sign-in ended with ${response.status}.`);
  }

  async get(url, form) {
    const response = await fetch(url, {
      method: form ? 'POST' : 'GET',
      body: form,
      redirect: 'manual',
      headers: { cookie: [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ') },
    });
    for (const cookie of response.headers.getSetCookie()) {
      const [, name, value] = cookie.match(/^([^=]+)=([^;]*)/);
      this.#cookies.set(name, value);
    }
    return response;
  }
}

// Prints what was seen, as a line of JSON.
export const tell = (what, value) => console.log(JSON.stringify({ what, value }));
