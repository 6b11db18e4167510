/* The list of candidates: one is selected by its radio button, which works without this script. The
   keys are those of admin-reading.js, which presses the buttons here. */
'use strict';
(() => {
const radios = () => [...document.querySelectorAll('.inbox-row input[type="radio"]')];
const selected = () => radios().find(radio => radio.checked);

function show(radio) {
    radio.focus({preventScroll: true});
    radio.closest('.inbox-row').scrollIntoView({block: 'nearest'});
}

function move(step) {
    const all = radios();
    const next = all[all.findIndex(radio => radio.checked) + step];
    if (next) {
        next.checked = true;
        show(next);
    }
}

document.addEventListener('click', event => {
    const button = event.target.closest('[data-move], [data-open-selected], [data-until]');
    if (!button) {
        return;
    }
    if (button.dataset.move) {
        move(Number(button.dataset.move));
    } else if (button.dataset.until) {
        document.getElementById('inbox-park-field').value = button.dataset.until;
        document.querySelector('#inbox-park [data-enter]').click();
    } else {
        selected()?.closest('.inbox-row').querySelector('[data-open]').click();
    }
});

/* Enter in a field of a question presses the question's own button. */
document.addEventListener('keydown', event => {
    const field = event.target;
    if (event.key !== 'Enter' || !field.matches('[popover] input[type="date"]')) {
        return;
    }
    event.preventDefault();
    field.closest('[popover]').querySelector('[data-enter]').click();
});

document.addEventListener('DOMContentLoaded', () => {
    for (const element of document.querySelectorAll('[data-scripted], [data-until]')) {
        element.hidden = false;
    }
    selected()?.closest('.inbox-row').scrollIntoView({block: 'nearest'});
});
})();
