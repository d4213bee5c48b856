// Rows with a position are put in order by mouse (drag a row by its handle) and by keyboard (arrow up and down on the handle). Both write the positions
// into the rows' own fields, which can be typed into without any of this.
(() => {
  'use strict';
  const position = row => row.querySelector('[data-position]');
  const handle = row => row.querySelector('[data-handle]');

  for (const body of document.querySelectorAll('[data-in-order]')) {
    const rows = () => [...body.rows].filter(position);
    const said = document.createElement('span');
    said.className = 'visually-hidden';
    said.setAttribute('role', 'status');
    body.closest('table').after(said);
    // As the positions say, those without one last; the order in which they came where two say the same.
    const place = row => position(row).value === '' ? 1000 : Number(position(row).value);
    const sort = () => body.append(...rows().sort((one, other) => place(one) - place(other)));
    // Told once, by what was moved: whoever listens to the form hears of all of them.
    const count = moved => {
      rows().forEach((row, at) => position(row).value = at + 1);
      said.textContent = moved.dataset.moved.replace('{0}', position(moved).value);
      position(moved).dispatchEvent(new Event('change', { bubbles: true }));
    };
    let dragged = null;
    for (const row of rows()) {
      const grip = handle(row);
      grip.hidden = false;
      grip.draggable = true;
      grip.addEventListener('dragstart', event => {
        dragged = row;
        event.dataTransfer.effectAllowed = 'move';
        event.dataTransfer.setData('text/plain', grip.getAttribute('aria-label'));
        event.dataTransfer.setDragImage(row, 0, 0);
        row.classList.add('is-dragged');
      });
      grip.addEventListener('dragend', () => {
        row.classList.remove('is-dragged');
        if (dragged) count(row);
        dragged = null;
      });
      grip.addEventListener('keydown', event => {
        if (event.key !== 'ArrowUp' && event.key !== 'ArrowDown') return;
        event.preventDefault();
        const [all, at] = [rows(), rows().indexOf(row)];
        const other = all[at + (event.key === 'ArrowUp' ? -1 : 1)];
        if (!other) return;
        event.key === 'ArrowUp' ? other.before(row) : other.after(row);
        grip.focus();
        count(row);
      });
      position(row).addEventListener('change', event => event.isTrusted && sort());
    }
    body.addEventListener('dragover', event => {
      const over = event.target.closest('tr');
      if (!dragged || over?.parentElement !== body || !position(over)) return;
      event.preventDefault();
      event.dataTransfer.dropEffect = 'move';
      if (over === dragged) return;
      const box = over.getBoundingClientRect();
      event.clientY < box.top + box.height / 2 ? over.before(dragged) : over.after(dragged);
    });
    body.addEventListener('drop', event => dragged && event.preventDefault());
    sort();
  }
})();
