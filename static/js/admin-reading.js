/* Single keys for the steps of whoever reads: a key presses the button or follows the link that names
   it in `data-key`. They do nothing in fields, with other keys held down, while a syllable is
   composed, and where the switch is off (WCAG 2.1.4). An open question has only its own keys; those
   with `data-direct` also work while it is closed. */
'use strict';
(() => {
const STORE = 'reading-keys';
// With a Korean keyboard the same keys give these letters.
const JAMO = /^[ㄱ-ㅎㅏ-ㅣ]$/;
let isLeaving = false;

function areOff() {
    try {
        return localStorage.getItem(STORE) === 'off';
    } catch {
        return false;
    }
}

function nameOf(event) {
    if (JAMO.test(event.key) && event.code.startsWith('Key')) {
        return event.code.slice(3).toLowerCase();
    }
    return event.key.length === 1 ? event.key.toLowerCase() : event.key;
}

function isForThePage(event) {
    const held = event.ctrlKey || event.metaKey || event.altKey || event.repeat;
    // A field of a question that has just closed keeps the focus until the page is drawn again.
    const target = event.target.closest('[popover]:not(:popover-open)') ? document.body : event.target;
    const types = target.isContentEditable || target.matches('select, textarea')
        || (target.matches('input') && !['checkbox', 'radio'].includes(target.type));
    const presses = event.key === 'Enter' && target.closest('a, button, summary, input');
    return !(held || types || presses || event.isComposing || event.keyCode === 229);
}

function elementFor(key) {
    const question = document.querySelector('[popover]:popover-open');
    const found = (question || document).querySelectorAll('[data-key]');
    return [...found].find(element => element.dataset.key.split(' ').includes(key)
        && (question || 'direct' in element.dataset || !element.closest('[popover]')));
}

document.addEventListener('keydown', event => {
    if (event.defaultPrevented || isLeaving || !isForThePage(event)) {
        return;
    }
    const element = areOff() ? null : elementFor(nameOf(event));
    if (!element) {
        return;
    }
    event.preventDefault();
    if (element.matches('input')) {
        element.focus();
    } else {
        element.click();
    }
});

/* A step is sent once, also when its key is pressed twice. */
document.addEventListener('submit', event => {
    if (isLeaving) {
        event.preventDefault();
    }
    isLeaving = true;
});
addEventListener('pageshow', () => { isLeaving = false; });

document.addEventListener('DOMContentLoaded', () => {
    const line = document.querySelector('[data-key-switch]');
    const box = line.querySelector('input');
    line.hidden = false;
    box.checked = !areOff();
    box.addEventListener('change', () => {
        try {
            localStorage.setItem(STORE, box.checked ? 'on' : 'off');
        } catch {
            box.checked = true;
        }
    });
});
})();
