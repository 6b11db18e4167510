/* What the scripts that fill the form share: empty articles, and values for them. Typed text is never
   overwritten. */
'use strict';
const deskRows = (() => {
const WRITTEN = 'textarea, input[type="text"], [name$="-picture"]';
const field = (row, name) => row.querySelector(`[name$="-${name}"]`);
const isEmpty = row => !field(row, 'DELETE')?.checked && [...row.querySelectorAll(WRITTEN)].every(input => !input.value.trim());
const emptyRows = () => [...document.querySelectorAll('[data-article]')].filter(isEmpty);

/* Whether the value is in the field now. */
function put(input, value) {
    if (input && value && input.value.trim() === '') {
        input.value = value;
        input.dispatchEvent(new Event('input', {bubbles: true}));
        input.dispatchEvent(new Event('change', {bubbles: true}));
    }
    return !value || input?.value === value;
}

/* The rows that were filled. */
function fillArticles(articles) {
    const rows = [];
    for (const article of articles) {
        if (!emptyRows().length) {
            document.querySelector('[data-add]')?.click();
        }
        const row = emptyRows()[0];
        if (!row) {
            break; // a digest holds only so many
        }
        for (const [name, value] of Object.entries(article)) {
            put(field(row, name), value);
        }
        if (article.other_implications) {
            field(row, 'other_implications').closest('details').open = true;
        }
        rows.push(row);
    }
    return rows;
}

function show(row) {
    const button = row?.querySelector('[data-fold]');
    if (!button) {
        return;
    }
    if (button.getAttribute('aria-expanded') === 'false') {
        button.click();
    }
    field(row, 'headline').focus();
    row.scrollIntoView({block: 'start'});
}

return {field, isEmpty, put, fillArticles, show};
})();
