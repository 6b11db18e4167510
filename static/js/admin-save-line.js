/* The one line that says where the typed text is: saved, kept as a working copy, or in this browser
   only. Spoken when that changes, except for what happens every few seconds. */
'use strict';
const deskLine = (() => {
const QUIET = ['saving', 'unsaved', 'kept'];
const line = () => document.querySelector('[data-save-line]');
let isHeld = false;

function say(kind, text) {
    if (!line()) {
        return;
    }
    const isNew = line().dataset.kind !== kind;
    line().dataset.kind = kind;
    line().textContent = text || line().dataset[`text${kind[0].toUpperCase()}${kind.slice(1)}`];
    document.querySelector('[data-save-mend]').hidden = kind !== 'refused';
    if (isNew && !QUIET.includes(kind)) {
        document.querySelector('[data-save-live]').textContent = line().textContent;
    }
}

/* What the working copies have to say, which is less than what a save says that is under way. */
function tell(kind, text) {
    if (!isHeld) {
        say(kind, text);
    }
}

/* After a save: what is typed from now on is not saved. */
function typed() {
    if (line() && ['saved', undefined].includes(line().dataset.kind)) {
        tell('unsaved');
    }
}

return {say, tell, typed, hold: held => {
    isHeld = held;
}};
})();
