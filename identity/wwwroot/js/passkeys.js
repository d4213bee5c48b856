// Asks the browser for a passkey when a form wants one, and sends the answer with the form. Forms that need it stay hidden where it cannot work.
(() => {
  if (!window.PublicKeyCredential) return;
  const bytes = text => Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), letter => letter.charCodeAt(0));
  const text = buffer => buffer ? btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '') : undefined;
  const named = list => list?.map(one => ({ ...one, id: bytes(one.id) }));

  const ask = async (kind, options) => {
    const publicKey = { ...options, challenge: bytes(options.challenge), allowCredentials: named(options.allowCredentials), excludeCredentials: named(options.excludeCredentials) };
    if (kind === 'create') publicKey.user = { ...options.user, id: bytes(options.user.id) };
    const credential = kind === 'create' ? await navigator.credentials.create({ publicKey }) : await navigator.credentials.get({ publicKey });
    const { response } = credential;
    return {
      id: credential.id,
      rawId: text(credential.rawId),
      type: credential.type,
      authenticatorAttachment: credential.authenticatorAttachment ?? undefined,
      clientExtensionResults: credential.getClientExtensionResults(),
      response: {
        clientDataJSON: text(response.clientDataJSON),
        attestationObject: text(response.attestationObject),
        transports: response.getTransports?.(),
        authenticatorData: kind === 'get' ? text(response.authenticatorData) : undefined,
        signature: text(response.signature),
        userHandle: text(response.userHandle),
      },
    };
  };

  const send = async form => {
    const failed = form.querySelector('[data-failed]');
    failed.hidden = true;
    try {
      // The form brings its own proof that it is ours.
      const answer = await fetch(form.dataset.options, { method: 'POST', body: new URLSearchParams(new FormData(form)), headers: { Accept: 'application/json' } });
      if (!answer.ok || answer.redirected) throw new Error(answer.statusText);
      form.elements.Credential.value = JSON.stringify(await ask(form.dataset.passkey, await answer.json()));
      form.submit();
    } catch {
      failed.setAttribute('role', 'alert');
      failed.hidden = false;
      delete form.dataset.sent;
      delete form.dataset.asking;
    }
  };

  for (const form of document.querySelectorAll('form[data-passkey]')) {
    form.hidden = false;
    form.addEventListener('submit', event => {
      if (form.elements.Credential.value) return;
      event.preventDefault();
      if (form.dataset.asking) return;
      form.dataset.asking = 'true';
      send(form);
    });
    // A page that comes back from the history asks anew.
    addEventListener('pageshow', () => { form.elements.Credential.value = ''; delete form.dataset.asking; });
  }
  for (const hint of document.querySelectorAll('[data-no-passkeys]')) hint.hidden = true;
})();
