/* The pane of the live preview: open or closed, how wide, phone-wide or not; remembered in this
   browser. The room for it is there before the form is drawn, so that the form does not move. */
'use strict';
(() => {
const KEPT = 'live-preview';
const WIDTHS = 5;
const root = document.documentElement;
const pane = () => document.querySelector('[data-live-preview]');
const isWide = () => window.matchMedia('(min-width: 1100px)').matches;
let choice = {open: true, phone: false, width: 3};

function recall() {
    try {
        choice = {...choice, ...JSON.parse(localStorage.getItem(KEPT))};
    } catch {
        // Nothing that can be read was remembered.
    }
}

function choose(changes) {
    choice = {...choice, ...changes};
    try {
        localStorage.setItem(KEPT, JSON.stringify(choice));
    } catch {
        // A browser that keeps nothing still shows the preview.
    }
    arrange();
}

function makeRoom() {
    root.classList.toggle('has-preview', choice.open);
    root.classList.toggle('has-phone', choice.phone);
    root.dataset.previewSize = choice.width;
}

function arrange() {
    const isOpened = pane().hidden && choice.open;
    pane().hidden = !choice.open;
    makeRoom();
    pane().querySelector('[data-preview-phone]').setAttribute('aria-pressed', String(choice.phone));
    for (const button of document.querySelectorAll('[data-preview-toggle]')) {
        button.hidden = false;
        button.setAttribute('aria-expanded', String(choice.open));
    }
    fit();
    if (isOpened) {
        pane().dispatchEvent(new CustomEvent('preview:opened', {bubbles: true}));
    }
}

function toggle() {
    const isInside = pane().contains(document.activeElement);
    choose({open: !choice.open});
    if (choice.open && !isWide()) {
        pane().scrollIntoView({block: 'start'});
    } else if (isInside) {
        document.querySelector('.submit-row [data-preview-toggle]').focus({preventScroll: true});
    }
}

/* Beside the form the pane reaches down to the window's edge, also before it sticks to the top. */
function fit() {
    const top = pane()?.parentElement.getBoundingClientRect().top;
    pane()?.style.setProperty('--top', `${Math.max(0, top)}px`);
}

recall();
makeRoom();

document.addEventListener('DOMContentLoaded', () => {
    if (pane()) {
        arrange();
    } else {
        root.classList.remove('has-preview');
    }
});

document.addEventListener('click', event => {
    const button = event.target.closest?.('[data-preview-toggle], [data-preview-phone], [data-preview-width]');
    if (button?.matches('[data-preview-toggle]')) {
        toggle();
    } else if (button?.matches('[data-preview-phone]')) {
        choose({phone: !choice.phone});
    } else if (button) {
        const width = choice.width + Number(button.dataset.previewWidth);
        choose({width: Math.min(WIDTHS, Math.max(1, width))});
    }
});

// 229 is the key of an input method; Safari sends it after the composition has ended.
document.addEventListener('keydown', event => {
    const isKey = event.altKey && !event.ctrlKey && !event.metaKey && event.code === 'KeyP';
    if (pane() && isKey && !event.isComposing && event.keyCode !== 229) {
        event.preventDefault();
        toggle();
    }
});

window.addEventListener('scroll', fit, {passive: true});
window.addEventListener('resize', fit);
})();
