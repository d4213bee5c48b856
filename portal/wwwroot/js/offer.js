// An offer works without any of this: the signature can always be typed.
(() => {
  'use strict';
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  for (const field of document.querySelectorAll('[data-zone]')) field.value = zone ?? '';

  // A form is sent once; the server knows a second click as well.
  document.addEventListener('submit', event => {
    if (!event.target.matches('[data-once]')) return;
    setTimeout(() => {
      for (const button of event.target.querySelectorAll('button:not([type=button])')) {
        button.disabled = true;
        button.dataset.resting = '';
      }
    });
  });
  addEventListener('pageshow', event => {
    if (event.persisted) for (const button of document.querySelectorAll('[data-resting]')) {
      button.disabled = false;
      delete button.dataset.resting;
    }
  });

  document.querySelector('.is-invalid')?.focus();

  const part = document.querySelector('[data-signature]');
  if (!part) return;
  const canvas = part.querySelector('canvas');
  const drawn = part.querySelector('input');
  const pen = canvas.getContext('2d');
  let inked = false;
  const clear = () => {
    pen.fillStyle = '#ffffff';
    pen.fillRect(0, 0, canvas.width, canvas.height);
    pen.strokeStyle = pen.fillStyle = '#14233b';
    pen.lineWidth = 5;
    pen.lineCap = pen.lineJoin = 'round';
    drawn.value = '';
    inked = false;
  };
  const at = event => {
    const box = canvas.getBoundingClientRect();
    return [(event.clientX - box.left) * canvas.width / box.width, (event.clientY - box.top) * canvas.height / box.height];
  };
  clear();
  canvas.addEventListener('pointerdown', event => {
    event.preventDefault();
    canvas.setPointerCapture(event.pointerId);
    const [x, y] = at(event);
    pen.beginPath();
    pen.arc(x, y, pen.lineWidth / 2, 0, Math.PI * 2);
    pen.fill();
    pen.beginPath();
    pen.moveTo(x, y);
  });
  canvas.addEventListener('pointermove', event => {
    if (!canvas.hasPointerCapture(event.pointerId)) return;
    pen.lineTo(...at(event));
    pen.stroke();
    inked = true;
  });
  canvas.addEventListener('pointerup', () => {
    if (inked) drawn.value = canvas.toDataURL('image/png');
  });
  part.querySelector('[data-clear]').addEventListener('click', clear);
})();
