// The reviewer's keys. All they do is press the page's own links, buttons and boxes, which work by themselves without any of this. What a key presses says so (data-key).
// No key counts while somebody types, with Ctrl, Alt or the Windows key held, or while a dialog or menu is open; all of them can be switched off in the list of keys.
(() => {
  'use strict';
  const list = document.getElementById('keys');
  if (!list) return;
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const kept = (store, name, value) => {
    try {
      if (value === undefined) return store.getItem(name);
      if (value === null) store.removeItem(name);
      else store.setItem(name, value);
    } catch { /* without storage nothing is remembered */ }
    return null;
  };

  const onOff = list.querySelector('[data-keys-switch]');
  // Kept with the person, not with this browser; where that fails the switch goes back to what holds.
  onOff.addEventListener('change', async () => {
    try {
      const answer = await fetch(onOff.form.action, { method: 'POST', body: new FormData(onOff.form), redirect: 'manual', keepalive: true });
      if (answer.type !== 'opaqueredirect' && !answer.ok) throw new Error(answer.status);
    } catch {
      onOff.checked = !onOff.checked;
    }
  });

  // The queue: the focus on a row's link is what is selected, so Enter opens it, and whoever listens hears it.
  const links = () => all('#list [data-opens]');
  const rowOf = element => element?.closest?.('#list tbody tr');
  const current = () => rowOf(document.activeElement)?.querySelector('[data-opens]');
  const move = by => {
    const rows = links();
    const at = rows.indexOf(current());
    const next = rows[at < 0 ? (by > 0 ? 0 : rows.length - 1) : Math.min(Math.max(at + by, 0), rows.length - 1)];
    next?.focus();
    rowOf(next)?.scrollIntoView({ block: 'nearest' });
  };
  const boxes = () => all('#list input[name=Deals]');
  const count = () => {
    const shown = document.querySelector('.bulk-count');
    if (!shown) return;
    shown.dataset.none ??= shown.textContent;
    const marked = boxes().filter(box => box.checked);
    shown.textContent = marked.length ? shown.dataset.count.replace('{0}', marked.length) : shown.dataset.none;
    shown.closest('form').classList.toggle('is-marked', marked.length > 0);
    for (const box of boxes()) rowOf(box).classList.toggle('is-marked', box.checked);
  };
  document.addEventListener('change', event => event.target.matches?.('input[name=Deals]') && count());
  document.body.addEventListener('htmx:afterSettle', count);
  document.addEventListener('click', event => {
    if (!event.target.closest?.('[data-choose-page]')) return;
    event.preventDefault();
    const mark = boxes().some(box => !box.checked);
    for (const box of boxes()) box.checked = mark;
    count();
  });
  count();
  const back = kept(sessionStorage, 'review-back');
  if (back && links().length) {
    kept(sessionStorage, 'review-back', null);
    links().find(link => link.dataset.opens === back)?.focus();
  }

  // What partners are told of is never done by its key alone: the key brings one to the button that takes it, or first to the reason it needs.
  const hint = document.getElementById('decision-hint');
  let chosen = null;
  const choose = button => {
    chosen?.classList.remove('is-chosen');
    chosen = button;
    button.classList.add('is-chosen');
    if (hint) hint.textContent = button.dataset.confirm;
    const reason = document.getElementById(button.dataset.reason);
    (reason && reason.value.trim() === '' ? reason : button).focus();
  };
  const forget = () => {
    chosen?.classList.remove('is-chosen');
    chosen = null;
    if (hint) hint.textContent = '';
  };

  const press = element => {
    const to = element.matches('a') && element.getAttribute('href').startsWith('#') && document.getElementById(element.getAttribute('href').slice(1));
    if (to) {
      to.scrollIntoView({ block: 'start' });
      to.focus({ preventScroll: true });
    } else if (element.dataset.confirm) choose(element);
    else {
      if (element.dataset.deal) kept(sessionStorage, 'review-back', element.dataset.deal);
      element.click();
    }
  };

  const isTyping = target => target.isContentEditable || /^(TEXTAREA|SELECT)$/.test(target.tagName) || (target.tagName === 'INPUT' && !/^(checkbox|radio|button|submit|reset)$/.test(target.type));
  const isAsked = () => document.querySelector(':popover-open, dialog[open], details.menu[open]');

  document.addEventListener('keydown', event => {
    if (event.defaultPrevented || event.isComposing || isAsked()) return;
    const { key, target } = event;
    if (key === 'Enter' && event.ctrlKey && chosen && target.form === chosen.form) {
      event.preventDefault();
      chosen.form.requestSubmit(chosen);
      return;
    }
    // Enter in the days would press the form's first button; it leads to it instead.
    if (key === 'Enter' && target.matches?.('#decision input')) {
      const approve = target.form.querySelector('[data-key=a]');
      if (approve) {
        event.preventDefault();
        choose(approve);
      }
      return;
    }
    if (key === 'Escape' && chosen) {
      forget();
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(target)) return;
    // Arrows are the page's own, but for somebody who is in the list.
    if ((key === 'ArrowDown' || key === 'ArrowUp') && current() && !event.shiftKey) {
      event.preventDefault();
      move(key === 'ArrowDown' ? 1 : -1);
      return;
    }
    if (!onOff.checked || key.length !== 1) return;
    const pressed = key.toLowerCase();
    if (event.shiftKey && pressed !== '?') return;
    const row = current();
    if (links().length && (pressed === 'j' || pressed === 'k')) move(pressed === 'j' ? 1 : -1);
    else if (row && pressed === 'o') row.click();
    else if (row && pressed === 'x') {
      const box = rowOf(row).querySelector('input[name=Deals]');
      box.checked = !box.checked;
      count();
    } else {
      const element = !event.repeat && document.querySelector(`[data-key="${CSS.escape(pressed)}"]`);
      if (!element) return;
      press(element);
    }
    event.preventDefault();
  });
})();
