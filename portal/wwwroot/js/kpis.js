// The form of a KPI: a metric of the list beside it is put where the cursor stands in the formula.
(() => {
  'use strict';
  const formula = document.querySelector('.kpi-form textarea[name="Formula"]');
  if (!formula) return;
  for (const button of document.querySelectorAll('.btn-insert')) {
    button.addEventListener('click', () => {
      const { selectionStart: start, selectionEnd: end, value } = formula;
      const before = start > 0 && !/[\s(]$/.test(value.slice(0, start)) ? ' ' : '';
      formula.setRangeText(before + button.dataset.insert, start, end, 'end');
      formula.focus();
      formula.dispatchEvent(new Event('input', { bubbles: true }));
    });
  }
})();

// The grid of targets works like a sheet: what is copied from Excel is pasted over the cells from the one with the cursor on, Ctrl+D and Ctrl+R fill down and right, Enter goes down. Nothing is stored before the form is.
(() => {
  'use strict';
  const grid = document.querySelector('.target-grid');
  const cells = grid ? [...grid.tBodies[0].rows].map(row => [...row.querySelectorAll('input[name^="cells["]')]).filter(row => row.length) : [];
  if (!cells.length) return;
  const placeOf = input => {
    const row = cells.findIndex(inputs => inputs.includes(input));
    return row < 0 ? null : { row, column: cells[row].indexOf(input) };
  };
  const set = (input, value) => {
    if (!input || input.value === value) return;
    input.value = value;
    input.dispatchEvent(new Event('input', { bubbles: true }));
  };
  let last = cells[0][0];
  grid.addEventListener('focusin', event => { if (placeOf(event.target)) last = event.target; });

  const fill = (way, from) => {
    const { row, column } = placeOf(from);
    if (way === 'right') for (const input of cells[row].slice(column + 1)) set(input, from.value);
    else for (const inputs of cells.slice(row + 1)) set(inputs[column], from.value);
  };

  grid.addEventListener('paste', event => {
    const place = placeOf(event.target);
    const text = event.clipboardData?.getData('text/plain') ?? '';
    if (!place || !/[\t\n]/.test(text.replace(/\r?\n$/, ''))) return;
    event.preventDefault();
    text.replace(/\r?\n$/, '').split(/\r?\n/).forEach((line, down) => line.split('\t').forEach((value, right) => set(cells[place.row + down]?.[place.column + right], value.trim())));
  });

  grid.addEventListener('keydown', event => {
    const place = placeOf(event.target);
    if (!place) return;
    if ((event.ctrlKey || event.metaKey) && (event.key === 'd' || event.key === 'r')) {
      event.preventDefault();
      fill(event.key === 'r' ? 'right' : 'down', event.target);
    } else if (event.key === 'Enter' || event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      cells[place.row + (event.key === 'ArrowUp' ? -1 : 1)]?.[place.column]?.focus();
    }
  });

  for (const button of document.querySelectorAll('.btn-fill')) {
    button.hidden = false;
    button.addEventListener('click', () => {
      fill(button.dataset.fill, last);
      last.focus();
    });
  }
})();

// A question that takes longer than a second says that it is being worked on; a file that is downloaded leaves the page as it is.
(() => {
  'use strict';
  for (const form of document.querySelectorAll('form[data-slow]')) {
    form.addEventListener('submit', event => {
      if (event.submitter?.hasAttribute('formaction')) return;
      setTimeout(() => { document.getElementById(form.dataset.slow).hidden = false; }, 1000);
    });
  }
})();

// One box that chooses all of a list.
(() => {
  'use strict';
  for (const all of document.querySelectorAll('input[data-choose-all]')) {
    all.hidden = false;
    all.addEventListener('change', () => {
      for (const box of all.form.querySelectorAll(`input[name="${all.dataset.chooseAll}"]`)) box.checked = all.checked;
    });
  }
})();
