/* The order of articles: buttons, Alt with arrow keys, dragging. The place of each is posted in
   its ORDER field; marked articles keep a place, so that they come back where they were. */
'use strict';
(() => {
const EDGE = 60; // pixels from the window's edge where dragging scrolls
const articles = () => [...document.querySelectorAll('[data-article]')];
let drag = null;

function number() {
    const rows = articles();
    let kept = 0;
    rows.forEach((row, index) => {
        const isKept = !row.classList.contains('is-marked');
        kept += isKept;
        row.querySelector('[name$="-ORDER"]').value = index + 1;
        row.querySelector('[data-number]').textContent = isKept ? kept : '–';
        row.querySelector('[data-move="-1"]').setAttribute('aria-disabled', String(index === 0));
        row.querySelector('[data-move="1"]').setAttribute('aria-disabled', String(index === rows.length - 1));
    });
    document.querySelector('[data-total]').textContent = kept || '';
}

function announce(row) {
    const list = row.closest('[data-articles]');
    const place = row.querySelector('[data-number]').textContent;
    list.querySelector('[data-live]').textContent = list.dataset.textMoved.replace('{n}', place);
}

/* Put `row` before or after `other`, keeping the focus and the caret where they are. */
function place(row, other, before) {
    const focused = document.activeElement;
    if (before) {
        other.before(row);
    } else {
        other.after(row);
    }
    if (row.contains(focused)) {
        focused.focus({preventScroll: true});
    }
    row.dispatchEvent(new CustomEvent('articles:moved', {bubbles: true}));
    announce(row);
}

function move(row, step) {
    const other = step < 0 ? row.previousElementSibling : row.nextElementSibling;
    if (other?.matches('[data-article]')) {
        place(row, other, step < 0);
        row.scrollIntoView({block: 'nearest'});
    }
}

document.addEventListener('click', event => {
    const button = event.target.closest?.('[data-move]');
    if (button) {
        move(button.closest('[data-article]'), Number(button.dataset.move));
    }
});

document.addEventListener('keydown', event => {
    const row = event.target.closest?.('[data-article]');
    const step = {ArrowUp: -1, ArrowDown: 1}[event.key];
    if (drag && event.key === 'Escape') {
        finish();
    } else if (row && step && event.altKey && !event.ctrlKey && !event.shiftKey && !event.isComposing) {
        event.preventDefault();
        move(row, step);
    }
});

/* Dragging: bodies close so that the whole list is in reach, a line shows where it will land. */

document.addEventListener('pointerdown', event => {
    const grip = event.target.closest?.('[data-grip]');
    if (!grip || event.button !== 0) {
        return;
    }
    event.preventDefault();
    const row = grip.closest('[data-article]');
    const top = row.getBoundingClientRect().top;
    drag = {row, list: row.parentElement, y: event.clientY, timer: setInterval(scroll, 20)};
    drag.list.classList.add('is-dragging');
    row.classList.add('is-dragged');
    window.scrollBy(0, row.getBoundingClientRect().top - top);
});

document.addEventListener('pointermove', event => {
    if (drag) {
        drag.y = event.clientY;
        mark();
    }
});

document.addEventListener('pointerup', () => {
    const {row, other, before} = drag || {};
    finish();
    if (other) {
        place(row, other, before);
        row.scrollIntoView({block: 'nearest'});
    }
});

document.addEventListener('pointercancel', () => finish());

function mark() {
    clear();
    const others = articles().filter(row => row !== drag.row);
    const middle = row => row.getBoundingClientRect().top + row.offsetHeight / 2;
    drag.other = others.find(row => middle(row) > drag.y) || others.at(-1);
    drag.before = Boolean(drag.other) && middle(drag.other) > drag.y;
    drag.other?.classList.add(drag.before ? 'drop-before' : 'drop-after');
}

function clear() {
    for (const row of articles()) {
        row.classList.remove('drop-before', 'drop-after');
    }
}

function scroll() {
    if (drag.y < EDGE) {
        window.scrollBy(0, -12);
    } else if (drag.y > window.innerHeight - EDGE) {
        window.scrollBy(0, 12);
    } else {
        return;
    }
    mark();
}

function finish() {
    if (drag) {
        clearInterval(drag.timer);
        clear();
        drag.row.classList.remove('is-dragged');
        drag.list.classList.remove('is-dragging');
        drag = null;
    }
}

for (const name of ['articles:ready', 'articles:moved', 'formset:added']) {
    document.addEventListener(name, number);
}
})();
