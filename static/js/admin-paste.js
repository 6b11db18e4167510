/* A pasted post is taken apart by the server and fills empty articles. Typed text is never
   overwritten, and a text with mistakes fills nothing. */
'use strict';
(() => {
const OWN = ['picture', 'headline', 'points', 'citation_lines', 'tag_names', 'technical_significance', 'industry_impact', 'outlook', 'other_implications'];
const box = () => document.querySelector('[data-paste]');
const field = (row, name) => row.querySelector(`[name$="-${name}"]`);
const isEmpty = row => !field(row, 'DELETE')?.checked && OWN.every(name => !field(row, name).value.trim());
const emptyRows = () => [...document.querySelectorAll('[data-article]')].filter(isEmpty);

function open(text) {
    box().showPopover();
    const area = box().querySelector('[data-paste-text]');
    area.value = text ?? area.value;
    showErrors([]);
    area.focus();
}

function showErrors(sentences) {
    box().querySelector('[data-paste-errors]').replaceChildren(...sentences.map(sentence => {
        const item = document.createElement('li');
        item.textContent = sentence;
        return item;
    }));
}

function put(input, value) {
    if (input && value && input.value.trim() === '') {
        input.value = value;
        input.dispatchEvent(new Event('input', {bubbles: true}));
        input.dispatchEvent(new Event('change', {bubbles: true}));
    }
}

/* The day follows the post only where nobody has chosen one. */
function putDate(date) {
    const input = document.querySelector('input[name=date]');
    if (date && input && !document.querySelector('[name=version]')?.value && input.value === input.defaultValue) {
        input.value = date;
        input.dispatchEvent(new Event('change', {bubbles: true}));
    }
}

function fill(found) {
    putDate(found.date);
    put(document.querySelector('input[name=title]'), found.title);
    put(document.querySelector('textarea[name=introduction]'), found.introduction);
    let first = null;
    let filled = 0;
    for (const article of found.articles) {
        if (!emptyRows().length) {
            document.querySelector('[data-add]').click();
        }
        const row = emptyRows()[0];
        if (!row) {
            break; // a digest holds only so many; the list says so
        }
        filled += 1;
        for (const [name, value] of Object.entries(article)) {
            put(field(row, name), value);
        }
        if (article.other_implications) {
            field(row, 'other_implications').closest('details').open = true;
        }
        first ??= row;
    }
    const button = first?.querySelector('[data-fold]');
    if (!button) {
        return filled;
    }
    if (button.getAttribute('aria-expanded') === 'false') {
        button.click();
    }
    field(first, 'headline').focus();
    first.scrollIntoView({block: 'start'});
    return filled;
}

async function takeApart() {
    const area = box().querySelector('[data-paste-text]');
    const button = box().querySelector('[data-paste-fill]');
    button.disabled = true;
    try {
        const body = new URLSearchParams({text: area.value});
        const response = await fetch(box().dataset.paste, {
            method: 'POST', body, redirect: 'error', headers: {'X-CSRFToken': deskForms.token()},
        });
        if (!response.ok) {
            throw new Error(response.status);
        }
        const found = await response.json();
        if (found.errors) {
            const {textLine} = box().dataset;
            showErrors(found.errors.map(({line, problem}) => textLine.replace('{n}', line).replace('{problem}', () => problem)));
            return;
        }
        area.value = '';
        box().hidePopover();
        const filled = fill(found);
        const done = document.querySelector('[data-paste-done]');
        done.textContent = box().dataset.textFilled.replace('{n}', filled);
    } catch {
        showErrors([box().dataset.textFailed]);
    } finally {
        button.disabled = false;
    }
}

document.addEventListener('click', event => {
    if (event.target.closest?.('[data-paste-open]')) {
        open();
    } else if (event.target.closest?.('[data-paste-fill]')) {
        takeApart();
    }
});

document.addEventListener('keydown', event => {
    if (event.key === 'Escape' && !event.isComposing && box()?.matches(':popover-open')) {
        box().hidePopover();
    }
});

/* A post that lands in the headline of an empty article was not meant as a headline. */
document.addEventListener('paste', event => {
    const row = event.target.closest?.('[data-article]');
    const text = event.clipboardData?.getData('text/plain') || '';
    const isPost = /^\uFEFF?\s*(---[ \t]*\r?\n|## )/.test(text);
    if (box() && row && isPost && event.target.matches('[name$="-headline"]') && isEmpty(row)) {
        event.preventDefault();
        open(text);
    }
});
})();
