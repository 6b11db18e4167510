/* Whether a change of what readers have is a correction or a typo: asked beside "Save", at the moment
   of saving. Without this script the question stands in the form. */
'use strict';
const deskQuestion = (() => {
const box = () => document.querySelector('[data-save-question]');
const here = () => box().querySelector('[data-question-here]');
let asks = false;
let asker = '_continue'; // the name of the button that was pressed
let putAway = null; // what was written in the question before it was closed without a save

/* The question as the server has it, with the answer as far as it was typed; it goes on with the button
   of that name. */
function ask(html, button) {
    asker = button;
    here().innerHTML = html;
    writeAgain();
    box().showPopover();
    const refused = here().querySelector('.correction-details .errorlist ~ * textarea, [aria-invalid=true]');
    (refused || here().querySelector('input:checked') || here().querySelector('input')).focus();
}

const isOpen = () => Boolean(box()?.matches(':popover-open'));
const inputs = () => [...here().querySelectorAll('[name]')];
const written = () => here().querySelector('textarea')?.value;

function keep() {
    putAway = written() ? inputs().map(({value, checked}) => [value, checked]) : null;
    here().replaceChildren();
}

function writeAgain() {
    if (putAway && !written()) {
        inputs().forEach((input, index) => {
            const [value, checked] = putAway[index] || [];
            Object.assign(input, ['radio', 'checkbox'].includes(input.type) ? {checked} : {value});
        });
    }
    putAway = null;
}

function close() {
    if (isOpen()) {
        box().hidePopover();
    }
    here()?.replaceChildren();
}

/* Take the question out of the form, unless the page came to ask it. */
function takeOut(place) {
    asks = Boolean(place?.children.length);
    place?.replaceChildren();
}

document.addEventListener('DOMContentLoaded', () => {
    const place = document.querySelector('[data-question]');
    if (box() && place && !('asked' in place.dataset)) {
        takeOut(place);
    }
    // An answer counts for one save, so it leaves the form; a sentence for readers is not lost by that.
    box()?.addEventListener('toggle', event => event.newState === 'closed' && keep());
});

document.addEventListener('click', event => {
    if (event.target.closest?.('[data-question-save]')) {
        document.querySelector(`[name=${asker}]`).click();
    } else if (event.target.closest?.('[data-question-cancel]')) {
        box().hidePopover();
    }
});

return {ask, close, takeOut, mayAsk: () => asks, asker: () => (isOpen() ? asker : '_continue')};
})();
