/* What the scripts of the desk's forms share: the token, what is typed, and pauses in typing. */
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

document.addEventListener('compositionstart', () => {
    composing = true;
}, true);
document.addEventListener('compositionend', () => {
    composing = false;
}, true);

return {token, typed, afterPause, onTyping, isComposing: () => composing};
})();
