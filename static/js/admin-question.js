/* Whether a change of what readers have is a correction or a typo: asked beside "Save", at the moment
   of saving. Without this script the question stands in the form. */
'use strict';
const deskQuestion = (() => {
const box = () => document.querySelector('[data-save-question]');
const here = () => box().querySelector('[data-question-here]');
let asks = false;
let asker = '_continue'; // the name of the button that was pressed

/* The question as the server has it, with the answer as far as it was typed; it goes on with the button
   of that name. */
function ask(html, button) {
    asker = button;
    here().innerHTML = html;
    box().showPopover();
    const refused = here().querySelector('.correction-details .errorlist ~ * textarea, [aria-invalid=true]');
    (refused || here().querySelector('input:checked') || here().querySelector('input')).focus();
}

function close() {
    if (box()?.matches(':popover-open')) {
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
    // An answer counts for one save: nothing stays when it is put away.
    box()?.addEventListener('toggle', event => event.newState === 'closed' && here().replaceChildren());
});

document.addEventListener('click', event => {
    if (event.target.closest?.('[data-question-save]')) {
        document.querySelector(`[name=${asker}]`).click();
    } else if (event.target.closest?.('[data-question-cancel]')) {
        box().hidePopover();
    }
});

return {ask, close, takeOut, mayAsk: () => asks};
})();
