/* Articles of a digest: adding, folding, counting lines, marking for deletion. */
'use strict';
(() => {
const NEAR_LIMIT = 50; // articles before the limit from which on it is shown
const list = () => document.querySelector('[data-articles]');
const field = (row, name) => row.querySelector(`[name$="-${name}"]`);
const articles = () => [...document.querySelectorAll('[data-article]')];

function say(name, replaced = {}) {
    let text = list().dataset[name];
    for (const [key, value] of Object.entries(replaced)) {
        text = text.replace(`{${key}}`, value);
    }
    list().querySelector('[data-live]').textContent = text;
}

function fold(row, folded) {
    row.querySelector('[data-fold]').setAttribute('aria-expanded', String(!folded));
    row.querySelector('[data-body]').hidden = folded;
}

/* Empty articles stay open: they are there to be written. */
function isWritten(row) {
    return field(row, 'headline').value.trim() !== '';
}

/* What the bar of an article says about it while it is folded. */
function describe(row) {
    const headline = field(row, 'headline').value.trim();
    row.querySelector('[data-name]').textContent = headline || list().dataset.textNew;
    for (const count of row.querySelectorAll('[data-count]')) {
        const lines = field(row, count.dataset.count).value.split('\n');
        count.textContent = lines.filter(line => line.trim()).length;
    }
    measure(row);
    const mark = field(row, 'DELETE');
    row.classList.toggle('is-marked', Boolean(mark?.checked));
}

/* How long the headline is, counted as the check counts it. Spoken when it gets too long, not at
   every key. */
function measure(row) {
    const place = row.querySelector('[data-length]');
    const {max, text} = place.dataset;
    const length = [...field(row, 'headline').value.trim().normalize('NFC')].length;
    const isOver = length > Number(max);
    place.textContent = text.replace('{n}', length).replace('{max}', max);
    if (isOver && !place.classList.contains('is-over')) {
        list().querySelector('[data-live]').textContent = place.textContent;
    }
    place.classList.toggle('is-over', isOver);
    place.hidden = !length;
}

/* The first empty article, or else a new one, is there to be written. */
function add(after) {
    const empty = articles().find(deskRows.isEmpty);
    if (empty) {
        fold(empty, false);
        begin(empty);
        return;
    }
    const prefix = list().dataset.articles;
    const total = document.getElementById(`id_${prefix}-TOTAL_FORMS`);
    const max = Number(list().dataset.max);
    list().querySelector('[data-limit]').hidden = Number(total.value) < max - NEAR_LIMIT;
    if (Number(total.value) >= max) {
        return; // the sentence beside the button says why
    }
    const blank = document.createElement('template');
    blank.innerHTML = list().querySelector('[data-blank]').innerHTML
        .replaceAll('__prefix__', total.value).trim();
    const row = blank.content.firstElementChild;
    if (after) {
        after.after(row);
    } else {
        list().querySelector('[data-list]').append(row);
    }
    total.value = Number(total.value) + 1;
    row.dispatchEvent(new CustomEvent('formset:added', {bubbles: true, detail: {formsetName: prefix}}));
    begin(row);
}

function begin(row) {
    say('textAdded', {n: articles().indexOf(row) + 1});
    field(row, 'headline').focus();
    row.scrollIntoView({block: 'nearest'});
}

function prepare(row) {
    for (const tool of row.querySelectorAll('[data-move], [data-grip]')) {
        tool.hidden = false;
    }
    row.querySelector('[data-place]').hidden = !field(row, 'ORDER').matches('[aria-invalid]');
    describe(row);
}

document.addEventListener('DOMContentLoaded', () => {
    if (!list()?.querySelector('[data-blank], [data-article]')) {
        return;
    }
    for (const scripted of document.querySelectorAll('[data-scripted]')) {
        scripted.hidden = false;
    }
    const rows = articles();
    rows.forEach(prepare);
    if (rows.length > 1) {
        rows.forEach(row => fold(row, isWritten(row) && !row.classList.contains('has-errors')));
    }
    list().dispatchEvent(new CustomEvent('articles:ready', {bubbles: true}));
});

document.addEventListener('formset:added', event => prepare(event.target));

document.addEventListener('click', event => {
    const button = event.target.closest?.('[data-fold], [data-fold-all], [data-add]');
    if (button?.matches('[data-fold]')) {
        fold(button.closest('[data-article]'), button.getAttribute('aria-expanded') === 'true');
    } else if (button?.matches('[data-fold-all]')) {
        articles().forEach(row => fold(row, button.dataset.foldAll === 'true'));
    } else if (button) {
        add();
    }
    const target = event.target.closest?.('.problems a[href^="#"]');
    const wanted = target && document.getElementById(target.getAttribute('href').slice(1));
    const row = wanted?.closest('[data-article]');
    if (row) {
        fold(row, false);
    }
    if (wanted?.matches('input, textarea, select')) {
        event.preventDefault();
        wanted.focus();
    }
});

document.addEventListener('input', event => {
    const row = event.target.closest?.('[data-article]');
    if (row) {
        describe(row);
    }
});

document.addEventListener('change', event => {
    const row = event.target.closest?.('[data-article]');
    if (row && event.target.matches('[name$="-DELETE"]')) {
        fold(row, event.target.checked);
        row.dispatchEvent(new CustomEvent('articles:moved', {bubbles: true}));
        say(event.target.checked ? 'textMarked' : 'textUnmarked');
    }
});

// 229 is the key of an input method; Safari sends it after the composition has ended.
document.addEventListener('keydown', event => {
    if (event.isComposing || event.keyCode === 229 || !list()?.querySelector('[data-blank]')) {
        return;
    }
    const row = event.target.closest?.('[data-article]');
    if (event.altKey && !event.ctrlKey && !event.metaKey && event.code === 'KeyN') {
        event.preventDefault();
        add(row);
    } else if (event.key === 'Enter' && row && event.target.matches('[name$="-headline"]')) {
        event.preventDefault(); // the headline is done; saving has its own key
        field(row, 'points').focus();
    }
});
})();
