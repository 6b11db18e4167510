/* Suggestions for comma-separated tags: an ARIA combobox on every [data-suggest] input. */
'use strict';
(() => {
const PAUSE = 150;
let open = null; // {input, box, active} of the one list that is shown

/* The tag the caret is in: its text and where it begins and ends. */
function current(input) {
    const caret = input.selectionStart;
    const start = input.value.slice(0, caret).search(/[^,，、]*$/);
    const rest = input.value.slice(caret).search(/[,，、]/);
    const end = rest < 0 ? input.value.length : caret + rest;
    return {start, end, text: input.value.slice(start, end).trim()};
}

function close() {
    schedule.cancel();
    open?.box.remove();
    open?.input.removeAttribute('aria-activedescendant');
    open?.input.removeAttribute('aria-controls');
    open?.input.setAttribute('aria-expanded', 'false');
    open = null;
}

function show(input, tags) {
    close();
    if (!tags.length || document.activeElement !== input) {
        return;
    }
    const box = document.createElement('ul');
    box.id = `${input.id}_suggestions`;
    box.className = 'suggestions';
    box.setAttribute('role', 'listbox');
    box.setAttribute('aria-label', input.labels[0]?.textContent.trim() || '');
    tags.forEach((tag, index) => {
        const option = document.createElement('li');
        option.id = `${box.id}_${index}`;
        option.setAttribute('role', 'option');
        option.textContent = tag;
        box.append(option);
    });
    input.after(box);
    input.setAttribute('aria-controls', box.id);
    input.setAttribute('aria-expanded', 'true');
    open = {input, box, active: -1};
}

async function ask(input) {
    const {text} = current(input);
    if (!text) {
        close();
        return;
    }
    try {
        const response = await fetch(`${input.dataset.suggest}?${new URLSearchParams({q: text})}`, {redirect: 'error'});
        const {tags} = response.ok ? await response.json() : {tags: []};
        if (current(input).text === text) {
            show(input, tags.filter(tag => tag !== text));
        }
    } catch {
        close(); // suggestions are a convenience; typing goes on without them
    }
}

const schedule = deskForms.afterPause(PAUSE, ask);

function activate(step) {
    const options = [...open.box.children];
    options[open.active]?.removeAttribute('aria-selected');
    open.active = (open.active + step + options.length + (open.active < 0 && step < 0)) % options.length;
    options[open.active].setAttribute('aria-selected', 'true');
    open.input.setAttribute('aria-activedescendant', options[open.active].id);
    options[open.active].scrollIntoView({block: 'nearest'});
}

function take(option) {
    const {input} = open;
    const {start, end} = current(input);
    const before = input.value.slice(0, start);
    const chosen = `${before}${before && !before.endsWith(' ') ? ' ' : ''}${option.textContent}, `;
    input.value = chosen + input.value.slice(end).replace(/^[,，、\s]+/, '');
    input.setSelectionRange(chosen.length, chosen.length);
    close();
    input.dispatchEvent(new Event('change', {bubbles: true}));
}

document.addEventListener('focusin', event => {
    if (event.target.matches('[data-suggest]')) {
        event.target.setAttribute('role', 'combobox');
        event.target.setAttribute('aria-autocomplete', 'list');
        event.target.setAttribute('aria-expanded', 'false');
    }
});
document.addEventListener('focusout', close);

for (const name of ['input', 'compositionend']) {
    document.addEventListener(name, event => event.target.matches?.('[data-suggest]') && schedule(event.target));
}

// 229 is the key of an input method; Safari sends it after the composition has ended.
document.addEventListener('keydown', event => {
    if (event.isComposing || event.keyCode === 229 || event.altKey || !event.target.matches?.('[data-suggest]')) {
        return;
    }
    const step = {ArrowDown: 1, ArrowUp: -1}[event.key];
    if (event.key === 'Enter') {
        event.preventDefault(); // never saves the page from here
        if (open?.active >= 0) {
            take(open.box.children[open.active]);
        }
    } else if (open && step) {
        event.preventDefault();
        activate(step);
    } else if (open && (event.key === 'Escape' || event.key === ',')) {
        close();
    }
});

document.addEventListener('pointerdown', event => {
    const option = event.target.closest?.('.suggestions [role=option]');
    if (option) {
        event.preventDefault(); // the input keeps the focus
        take(option);
    }
});
})();
