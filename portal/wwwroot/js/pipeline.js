// The board's cards are moved by mouse (drag them to another column) and by keyboard (Alt with the left or right arrow on a card). Both press the card's own
// form, which works by itself without any of this.
(() => {
  'use strict';
  const board = document.getElementById('kanban');
  if (!board) return;
  const cards = [...board.querySelectorAll('.kanban-card')].filter(card => card.querySelector('.kanban-move'));
  const stages = [...board.querySelectorAll('.kanban-stage[data-stage]')];

  const move = (card, stage) => {
    const form = card.querySelector('.kanban-move');
    if (!stage || stage === card.closest('.kanban-stage')) return;
    form.elements.stage.value = stage.dataset.stage;
    try {
      sessionStorage.setItem('pipeline-moved', card.dataset.deal);
    } catch { /* without storage the focus begins at the top */ }
    form.requestSubmit();
  };

  let dragged = null;
  for (const card of cards) {
    card.draggable = true;
    card.tabIndex = 0;
    card.addEventListener('dragstart', event => {
      dragged = card;
      event.dataTransfer.effectAllowed = 'move';
      event.dataTransfer.setData('text/plain', card.dataset.deal);
      card.classList.add('is-dragged');
    });
    card.addEventListener('dragend', () => {
      dragged = null;
      card.classList.remove('is-dragged');
      for (const stage of stages) stage.classList.remove('is-target');
    });
    card.addEventListener('keydown', event => {
      if (event.target !== card || !event.altKey || (event.key !== 'ArrowLeft' && event.key !== 'ArrowRight')) return;
      event.preventDefault();
      move(card, stages[stages.indexOf(card.closest('.kanban-stage')) + (event.key === 'ArrowRight' ? 1 : -1)]);
    });
  }
  for (const stage of stages) {
    stage.addEventListener('dragover', event => {
      if (!dragged) return;
      event.preventDefault();
      event.dataTransfer.dropEffect = 'move';
      stage.classList.add('is-target');
    });
    stage.addEventListener('dragleave', event => {
      if (!stage.contains(event.relatedTarget)) stage.classList.remove('is-target');
    });
    stage.addEventListener('drop', event => {
      event.preventDefault();
      if (dragged) move(dragged, stage);
    });
  }

  // After the move the card has the focus again, where it now stands.
  try {
    const moved = sessionStorage.getItem('pipeline-moved');
    sessionStorage.removeItem('pipeline-moved');
    if (moved) cards.find(card => card.dataset.deal === moved)?.focus();
  } catch { /* as above */ }
})();
