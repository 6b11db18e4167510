/* Nothing typed gets lost by accident: a question before leaving, one submission at a time, and
   where "Save" loads the page anew, it opens as it was left. */
'use strict';
const deskGuard = (() => {
const KEPT = 'desk';
const guard = () => document.querySelector('[data-guard]');
let opened = '';
let leaving = false;

const typed = () => deskForms.typed(guard().closest('form'));

function isUnsaved() {
    return 'unsaved' in guard().dataset || typed() !== opened;
}

document.addEventListener('DOMContentLoaded', () => {
    if (guard()) {
        recall();
        opened = typed();
    }
});

window.addEventListener('beforeunload', event => {
    if (guard() && opened && !leaving && isUnsaved()) {
        event.preventDefault();
    }
});

window.addEventListener('pageshow', () => {
    leaving = false;
});

/* The form was saved in place; `isTyped` says whether something was typed since it was sent. */
function saved(isTyped) {
    delete guard().dataset.unsaved;
    opened = isTyped ? 'what was sent' : typed();
}

document.addEventListener('submit', event => {
    if (!guard() || !event.target.contains(guard())) {
        return;
    }
    if (leaving) {
        event.preventDefault(); // pressed twice
        return;
    }
    leaving = true;
    remember(event.submitter);
});

document.addEventListener('keydown', event => {
    const saves = (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey;
    const button = document.querySelector('[name=_continue]');
    if (saves && event.code === 'KeyS' && button) {
        event.preventDefault();
        button.click();
    }
});

/* Which articles were open and where the caret stood, for the page that comes after saving. */

const articles = () => [...document.querySelectorAll('[data-article]:not(.is-marked)')];

function remember(submitter) {
    if (submitter?.name !== '_continue') {
        return;
    }
    const focused = document.activeElement;
    const row = focused.closest('[data-article]');
    const open = articles().map(each => !each.querySelector('[data-body]').hidden);
    const state = {
        open,
        row: row ? articles().indexOf(row) : -1,
        name: focused.name?.split('-').at(-1) || '',
        caret: focused.selectionStart ?? null,
        top: focused.getBoundingClientRect().top,
    };
    sessionStorage.setItem(KEPT, JSON.stringify(state));
}

function recall() {
    const state = JSON.parse(sessionStorage.getItem(KEPT) || 'null');
    sessionStorage.removeItem(KEPT);
    if (!state) {
        return;
    }
    articles().forEach((row, index) => {
        const button = row.querySelector('[data-fold]');
        if (state.open[index] && button.getAttribute('aria-expanded') === 'false') {
            button.click();
        }
    });
    const place = state.row < 0 ? document : articles()[state.row];
    const selector = state.row < 0 ? `[name="${state.name}"]` : `[name$="-${state.name}"]`;
    const field = state.name ? place?.querySelector(selector) : null;
    if (!field?.matches('input, textarea, select') || document.querySelector('.problems')) {
        return;
    }
    field.focus({preventScroll: true});
    if (state.caret !== null && field.setSelectionRange) {
        field.setSelectionRange(state.caret, state.caret);
    }
    window.scrollBy(0, field.getBoundingClientRect().top - state.top);
}

return {saved};
})();
