/* What the scripts of the desk's forms share: the token, what is typed, pauses in typing,
   and typing for somebody. */
'use strict';
const deskForms = (() => {
let composing = false;

/* The token that a POST needs. A login in another tab changes it, and the cookie has the new one. */
function token() {
    const cookie = document.cookie.match(/(?:^|; )csrftoken=([^;]*)/)?.[1];
    return cookie || document.querySelector('[name=csrfmiddlewaretoken]').value;
}

/* What a form would send, without the token, which changes by itself. */
function typed(form) {
    const fields = new URLSearchParams(new FormData(form));
    fields.delete('csrfmiddlewaretoken');
    return fields.toString();
}

/* A function that calls `act` when it was not called again for so many milliseconds, with what it
   was given last. While a syllable is composed it does nothing: call it again at `compositionend`. */
function afterPause(pause, act) {
    let timer = 0;
    const cancel = () => clearTimeout(timer);
    const schedule = (...given) => {
        cancel();
        if (!composing) {
            timer = setTimeout(act, pause, ...given);
        }
    };
    document.addEventListener('compositionstart', cancel);
    return Object.assign(schedule, {cancel});
}

/* Calls `act` with whatever changes the form, and with other events that are named. */
function onTyping(act, ...others) {
    const names = ['input', 'change', 'compositionend', 'articles:moved', 'formset:added'];
    for (const name of [...names, ...others]) {
        document.addEventListener(name, act);
    }
}

/* Type into a field in place of what is there from `start` to `end`, so that the browser can undo it. */
function type(input, given, start, end) {
    const text = given.replace(/\r\n?/g, '\n');
    const expected = input.value.slice(0, start) + text + input.value.slice(end);
    input.focus({preventScroll: true});
    input.setSelectionRange(start, end);
    document.execCommand(text ? 'insertText' : 'delete', false, text);
    if (input.value !== expected) {
        input.setRangeText(expected, 0, input.value.length, 'end');
        input.dispatchEvent(new Event('input', {bubbles: true}));
    }
    // What is typed next is undone by itself.
    input.setSelectionRange(0, 0);
    input.setSelectionRange(start + text.length, start + text.length);
}

/* Returns what `act` returns; what has the focus stays where it is on the screen. */
function inPlace(act) {
    const focused = document.activeElement;
    const top = focused.getBoundingClientRect().top;
    const result = act();
    const moved = focused.getBoundingClientRect().top - top;
    if (focused !== document.body && moved) {
        window.scrollBy({top: moved, behavior: 'instant'});
    }
    return result;
}

document.addEventListener('compositionstart', () => {
    composing = true;
}, true);
document.addEventListener('compositionend', () => {
    composing = false;
}, true);

return {token, typed, afterPause, onTyping, type, inPlace, isComposing: () => composing};
})();
