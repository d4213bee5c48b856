// What every page does besides being a page. Everything here is a help: without it the page still works.
(() => {
  'use strict';
  const root = document.documentElement;
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];

  // Paper is white: who reads on a dark screen prints in the light colours.
  let themeOnScreen = null;
  addEventListener('beforeprint', () => {
    themeOnScreen ??= root.dataset.bsTheme ?? 'light';
    root.dataset.bsTheme = 'light';
  });
  addEventListener('afterprint', () => {
    root.dataset.bsTheme = themeOnScreen ?? 'light';
    themeOnScreen = null;
  });

  // Menus (details) close like menus: on Escape, and on a click elsewhere.
  document.addEventListener('click', event => {
    for (const menu of all('details.menu[open]')) if (!menu.contains(event.target)) menu.open = false;
  });
  document.addEventListener('keydown', event => {
    if (event.key === 'Escape') {
      for (const menu of all('details.menu[open]')) {
        menu.open = false;
        menu.querySelector('summary').focus();
      }
    } else if (event.key === '/' && !event.ctrlKey && !event.metaKey && !event.altKey && !/^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName)) {
      const box = document.getElementById('search-box');
      if (box) {
        event.preventDefault();
        box.focus();
      }
    }
  });

  // A form is sent once: its buttons rest until the next page. (The server recognises a second click by the form's key, too.)
  document.addEventListener('submit', event => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== 'post' || form.hasAttribute('data-stays')) return;
    setTimeout(() => {
      for (const button of all('button:not([type=button]), input[type=submit]', form)) {
        button.disabled = true;
        button.dataset.resting = '';
      }
    });
  });
  addEventListener('pageshow', event => {
    if (event.persisted) for (const button of all('[data-resting]')) {
      button.disabled = false;
      delete button.dataset.resting;
    }
  });

  // After a refusal the first field at fault has the focus; a dialog that was refused is open again.
  const wake = within => {
    for (const dialog of all('[popover][data-open=true]', within)) dialog.showPopover();
    within.querySelector('.is-invalid')?.focus();
  };
  wake(document);

  // A browser writes a day in its own language, which need not be the page's (02/03/2026 is two days): then the page's own way stands beside it.
  const reads = new Intl.DateTimeFormat().resolvedOptions().locale.split('-')[0] !== root.lang.split('-')[0];
  const readDay = input => {
    let read = input.nextElementSibling;
    if (!read?.matches('.day-read')) {
      read = document.createElement('span');
      read.className = 'day-read';
      read.setAttribute('aria-hidden', 'true');
      input.after(read);
    }
    const day = input.value && new Date(`${input.value}T12:00`);
    read.textContent = !day || isNaN(day) ? '' : root.lang.startsWith('zh') ? input.value : new Intl.DateTimeFormat(root.lang, { day: 'numeric', month: 'short', year: 'numeric' }).format(day);
  };
  const readDays = within => {
    if (reads) for (const input of all('input[type=date]', within)) readDay(input);
  };
  readDays(document);
  document.addEventListener('input', event => reads && event.target.matches?.('input[type=date]') && readDay(event.target));

  // On a phone a list's rows become cards (portal.css): each cell is given its column's name, and the table keeps its roles.
  const name = within => {
    for (const table of all('table.table-list', within)) {
      const heads = all('thead th', table).map(head => head.textContent.trim());
      table.setAttribute('role', 'table');
      for (const part of all('thead, tbody, tfoot', table)) part.setAttribute('role', 'rowgroup');
      for (const row of all('tr', table)) {
        row.setAttribute('role', 'row');
        [...row.cells].forEach((cell, at) => {
          cell.setAttribute('role', cell.tagName === 'TD' ? 'cell' : row.parentElement.tagName === 'THEAD' ? 'columnheader' : 'rowheader');
          if (cell.colSpan === 1 && heads[at] && row.parentElement.tagName !== 'THEAD') cell.dataset.label = heads[at];
        });
      }
      table.classList.add('is-named');
    }
  };
  name(document);

  // The side menu lies over the page on small screens only.
  document.getElementById('side-menu')?.addEventListener('toggle', event => {
    for (const button of all('[popovertarget=side-menu]')) button.setAttribute('aria-expanded', String(event.newState === 'open'));
  });

  // A file that is too large is said so before it travels.
  document.addEventListener('change', event => {
    const input = event.target;
    if (input.type !== 'file') return;
    const tooLarge = input.dataset.mostBytes && [...input.files].some(file => file.size > Number(input.dataset.mostBytes));
    input.setCustomValidity(tooLarge ? input.dataset.tooLarge : '');
    const problem = document.getElementById(`${input.id}-problem`);
    if (problem) problem.textContent = tooLarge ? input.dataset.tooLarge : '';
    input.classList.toggle('is-invalid', Boolean(tooLarge));
  });

  // The search box's finds are walked through with the arrow keys.
  document.addEventListener('keydown', event => {
    const box = document.getElementById('search-box');
    const found = document.getElementById('search-found');
    if (event.target !== box || !found) return;
    const options = all('[role=option]', found);
    const at = options.findIndex(option => option.getAttribute('aria-selected') === 'true');
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      if (options.length === 0) return;
      event.preventDefault();
      const next = (at + (event.key === 'ArrowDown' ? 1 : -1) + options.length + (at < 0 && event.key === 'ArrowUp' ? 1 : 0)) % options.length;
      options.forEach((option, index) => option.setAttribute('aria-selected', String(index === next)));
      box.setAttribute('aria-activedescendant', options[next].id);
      options[next].scrollIntoView({ block: 'nearest' });
    } else if (event.key === 'Enter' && at >= 0) {
      event.preventDefault();
      location.assign(options[at].href);
    } else if (event.key === 'Escape') {
      found.replaceChildren();
      box.setAttribute('aria-expanded', 'false');
    }
  });
  document.addEventListener('click', event => {
    const found = document.getElementById('search-found');
    if (found && !event.target.closest('.top-search')) {
      found.replaceChildren();
      document.getElementById('search-box').setAttribute('aria-expanded', 'false');
    }
  });
  document.body.addEventListener('htmx:afterSwap', event => {
    if (event.target.id === 'search-found') {
      const box = document.getElementById('search-box');
      box.setAttribute('aria-expanded', String(event.target.childElementCount > 0));
      box.removeAttribute('aria-activedescendant');
    }
  });

  // A button may add a line to a text, or put another in place of one, instead of sending the form for it.
  document.addEventListener('click', event => {
    const button = event.target.closest('[data-line-for]');
    const text = button && document.getElementById(button.dataset.lineFor);
    if (!text) return;
    event.preventDefault();
    const lines = text.value.split('\n').filter(line => line.trim() !== '');
    const place = button.dataset.lineNumber ? button.dataset.lineNumber - 1 : lines.length;
    lines.splice(place, 1, ...(button.dataset.line ? [button.dataset.line] : []));
    text.value = lines.join('\n');
    if (button.dataset.lineNumber) text.focus();
    text.dispatchEvent(new Event('input', { bubbles: true }));
  });

  // Partial updates: addresses stay free of empty filters, changes carry the form token, failures are said.
  document.body.addEventListener('htmx:configRequest', event => {
    const { detail } = event;
    if (detail.verb === 'get') {
      for (const [name, value] of Object.entries(Object.fromEntries(detail.formData))) if (value === '') detail.formData.delete(name);
    } else {
      const token = document.querySelector('meta[name=form-token]')?.content;
      if (token) detail.headers.RequestVerificationToken = token;
    }
  });
  document.body.addEventListener('htmx:afterSettle', event => {
    wake(event.target);
    readDays(event.target);
    name(event.target.parentElement ?? document);
  });
  for (const failure of ['htmx:responseError', 'htmx:sendError']) document.body.addEventListener(failure, event => {
    if (event.detail.xhr?.status === 401) return;
    const flash = document.getElementById('flash');
    const text = document.body.dataset[failure === 'htmx:sendError' ? 'offline' : 'failed'];
    if (!flash || flash.textContent.includes(text)) return;
    const message = document.createElement('div');
    message.className = 'flash flash-problem';
    message.textContent = text;
    flash.append(message);
  });

  // Live updates: the server only says what kind of thing changed; whatever shows it listens for live:KIND and asks for its part anew.
  const live = document.querySelector('meta[name=live]')?.content;
  if (live && window.signalR) {
    const connection = new signalR.HubConnectionBuilder()
      .withUrl(live)
      .withAutomaticReconnect({ nextRetryDelayInMilliseconds: retry => Math.min(60000, 1000 * 2 ** retry.previousRetryCount) * (0.75 + Math.random() / 2) })
      .configureLogging(signalR.LogLevel.None)
      .build();
    connection.on('changed', kind => htmx.trigger(document.body, `live:${kind}`));
    connection.onreconnected(() => htmx.trigger(document.body, 'live:notifications'));
    const start = wait => connection.start().then(
      () => root.dataset.live = 'on',
      () => wait <= 60000 && setTimeout(start, wait, wait * 2));
    start(2000);
    addEventListener('pagehide', () => connection.stop());
  }
})();
