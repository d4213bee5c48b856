// Small comforts: showing a password while it is typed, and a button that rests after one click. Everything works without them.
for (const toggle of document.querySelectorAll('button[data-shows]')) {
  const field = document.getElementById(toggle.dataset.shows);
  toggle.hidden = false;
  toggle.addEventListener('click', () => {
    const show = field.type === 'password';
    field.type = show ? 'text' : 'password';
    toggle.textContent = show ? toggle.dataset.hide : toggle.dataset.show;
    toggle.setAttribute('aria-pressed', String(show));
    field.focus();
  });
}
for (const form of document.querySelectorAll('form[method="post"]')) {
  form.addEventListener('submit', event => {
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = 'true';
    // A page that comes back from the history can be sent again.
    addEventListener('pageshow', () => { delete form.dataset.sent; }, { once: true });
  });
}
const carrier = document.querySelector('form[data-carry]');
if (carrier) carrier.submit();
