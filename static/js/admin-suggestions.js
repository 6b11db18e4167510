/* What programs suggest, each on a card below the field that it concerns. They arrive and go with the
   answers that tell who else is here. Nothing is typed by itself, and no card changes under the hand
   of who uses it. */
'use strict';
(() => {
const PAUSE = 300; // milliseconds without a key before what differs is shown anew
const AT_ONCE = 40; // cards that are drawn before they come into view
const IN_USE = 2000; // milliseconds for which a pointer over the buttons counts after it moved
const {field} = deskRows;
const {element} = deskSuggested;
const settings = () => document.querySelector('[data-suggestions]');
const texts = () => settings().dataset;
const kept = () => document.querySelector('[name=taken_suggestions]');
const part = (card, name) => card.element.querySelector(`[data-suggestion-${name}]`);
const cards = new Map(); // by id
const taken = new Set(); // ids, also of those that came with a draft
const changed = new Set(); // inputs, since cards were last compared with them
const pointer = {isDown: false, at: -Infinity}; // over the buttons of a card
let latest = null; // the newest answer, until all of it is shown

/* Where a card belongs */

const rowOf = ({article}) => document.querySelector(`[name$="-uid"][value="${article}"]`)?.closest('[data-article]');
const isMarked = card => Boolean(card.element.closest('.is-marked'));

function inputOf(item) {
    if (item.article) {
        const row = rowOf(item);
        return row ? field(row, item.input) : null;
    }
    return item.input ? document.getElementById(`id_${item.input}`) : null;
}

function homeOf(item) {
    const parent = inputOf(item)?.closest('.field, .form-row')
        || (item.article && rowOf(item)?.querySelector('.other-text .field'))
        || document.querySelector('[data-suggestions-end]');
    let home = parent.querySelector(':scope > .suggestions-here');
    if (!home) {
        home = element('div', '', 'suggestions-here');
        parent.append(home);
    }
    return home;
}

/* A box for other text that this article did not have yet, made like the one that every row has. */
function makeBox(card) {
    const {input, label} = card.item;
    const row = rowOf(card.item);
    const made = row.querySelector('.field-other_implications').cloneNode(true);
    made.className = `field field-${input}`;
    made.querySelectorAll('.suggestions-here, .errorlist, [data-fault]').forEach(each => each.remove());
    for (const name of ['id', 'for', 'name']) {
        for (const each of made.querySelectorAll(`[${name}]`)) {
            each.setAttribute(name, each.getAttribute(name).replace('other_implications', input));
        }
    }
    made.querySelector('label').textContent = label;
    made.querySelector('[data-preview]').replaceChildren();
    made.querySelector('textarea').value = '';
    row.querySelector('details.other-text').before(made);
    homeOf(card.item).append(card.element);
    return field(row, input);
}

/* What a card shows */

/* Cards that nobody sees yet are drawn shortly before they come into view. */
const comingIntoView = new IntersectionObserver(seen => {
    for (const {target, isIntersecting} of seen) {
        if (isIntersecting) {
            comingIntoView.unobserve(target);
            draw(cards.get(Number(target.dataset.suggestion)));
        }
    }
}, {rootMargin: '600px'});

function draw(card) {
    if (card?.state !== 'open') {
        return;
    }
    if (!card.element.checkVisibility()) {
        comingIntoView.observe(card.element);
        return;
    }
    const {item} = card;
    const now = inputOf(item)?.value ?? '';
    if (card.drawn === now) {
        return;
    }
    card.drawn = now;
    const isHere = !item.article || rowOf(item);
    const shown = isHere && item.input ? deskSuggested.difference(item, now) : deskSuggested.whole(item);
    const note = !isHere ? texts().textAbsent : shown.length ? '' : texts().textSame;
    part(card, 'text').replaceChildren(...shown, ...(note ? [element('p', note, 'suggestion-note')] : []));
    part(card, 'take').hidden = Boolean(note);
    const isCut = part(card, 'text').scrollHeight > part(card, 'text').clientHeight;
    part(card, 'text').setAttribute('tabindex', isCut ? '0' : ''); // to be scrolled without a mouse
}

function add(item) {
    const made = document.querySelector('[data-suggestion-card]').content.firstElementChild.cloneNode(true);
    const card = {item, element: made, state: 'open', drawn: null, decided: -Infinity, isLate: cards.size >= AT_ONCE};
    const home = homeOf(item);
    made.dataset.suggestion = item.id;
    made.setAttribute('aria-label', `${item.origin}: ${item.place}`);
    made.querySelectorAll('[data-suggestion-origin]').forEach(each => {
        each.textContent = item.origin;
    });
    part(card, 'place').textContent = inputOf(item) ? '' : item.article && rowOf(item) ? item.label : item.place;
    cards.set(item.id, card);
    home.append(made);
    home.closest('details')?.setAttribute('open', '');
    set(card, taken.has(item.id) ? 'taken' : 'open');
}

function set(card, state) {
    const isOpen = state === 'open';
    Object.assign(card, {state, drawn: null});
    card.element.dataset.state = state;
    part(card, 'open').hidden = !isOpen;
    part(card, 'text').hidden = !isOpen;
    part(card, 'done').hidden = isOpen;
    part(card, 'said').textContent = state === 'taken' ? texts().textTaken : texts().textDismissed;
    part(card, 'problem').textContent = '';
    taken[state === 'taken' ? 'add' : 'delete'](card.item.id);
    kept().value = [...taken].join(',');
    nameBack(card);
    if (card.isLate) {
        comingIntoView.observe(card.element);
    } else {
        draw(card);
    }
}

/* Whether what was typed in can be taken out again: nobody has written on since. */
function isUntouched(card) {
    if (card.row) {
        return Object.entries(card.item.fields).every(([name, value]) => (field(card.row, name)?.value ?? value) === value);
    }
    return card.after !== undefined && inputOf(card.item)?.value === card.after;
}

function nameBack(card) {
    const isAgain = card.state === 'taken' && !isUntouched(card);
    part(card, 'back').textContent = isAgain ? texts().textAgain : texts().textBack;
}

function focusOn(card) {
    card.element.querySelector('[data-suggestion-open]:not([hidden]) button:not([hidden]), [data-suggestion-done]:not([hidden]) button').focus();
}

/* Taking */

function take(card) {
    const input = inputOf(card.item) || makeBox(card);
    const before = input.value;
    const {text, start} = deskSuggested.typed(card.item, before);
    deskForms.type(input, text, start, before.length);
    Object.assign(card, {before, after: input.value});
    for (const other of cards.values()) {
        const isReplaced = other !== card && other.state === 'taken' && card.item.kind === 'replace';
        if (isReplaced && inputOf(other.item) === input) {
            set(other, 'open');
        }
    }
    set(card, 'taken');
    if (window.matchMedia('(pointer: coarse)').matches) {
        focusOn(card); // a keyboard on the screen would cover the card
    }
}

function takeArticle(card) {
    const [row] = deskRows.fillArticles([card.item.fields]);
    if (!row) {
        part(card, 'problem').textContent = texts().textFull;
        return;
    }
    card.row = row;
    set(card, 'taken');
    deskRows.show(row);
}

function takeOut(card) {
    if (!card.row) {
        const input = inputOf(card.item);
        deskForms.type(input, card.before, 0, input.value.length);
        return;
    }
    for (const name of Object.keys(card.item.fields)) {
        const input = field(card.row, name);
        if (input?.value) {
            input.value = '';
            input.dispatchEvent(new Event('input', {bubbles: true}));
            input.dispatchEvent(new Event('change', {bubbles: true}));
        }
    }
    focusOn(card);
}

/* A suggestion waits again once its field says what it said before, or its article is gone. */
function follow(card, input) {
    let [isBack, isIn] = [false, false];
    if (card.row?.contains(input)) {
        isBack = deskRows.isEmpty(card.row) || Boolean(field(card.row, 'DELETE')?.checked);
        isIn = !isBack;
    } else if (card.after !== undefined && inputOf(card.item) === input) {
        isBack = input.value === card.before;
        isIn = input.value === card.after;
    }
    if (card.state === 'taken' && isBack) {
        set(card, 'open');
    } else if (card.state === 'open' && isIn) {
        set(card, 'taken');
    } else if (card.state === 'taken') {
        nameBack(card);
    }
}

/* Putting away */

async function decide(card, verb, state) {
    if (card.isAsking) {
        return;
    }
    card.isAsking = true;
    part(card, 'problem').textContent = '';
    try {
        const response = await fetch(texts().at.replace('/0/dismiss/', `/${card.item.id}/${verb}/`), {
            method: 'POST',
            redirect: 'error', // a login page is no answer
            headers: {'Accept': 'application/json', 'X-CSRFToken': deskForms.token()},
        });
        if (response.status === 409) {
            part(card, 'problem').textContent = (await response.json()).text;
        }
        if (!response.ok) {
            throw new Error(response.status);
        }
        const isFocused = card.element.contains(document.activeElement);
        card.decided = performance.now();
        set(card, state);
        count();
        if (isFocused) {
            focusOn(card);
        }
    } catch {
        part(card, 'problem').textContent ||= texts().textFailed;
    }
    card.isAsking = false;
}

/* Arriving and going */

/* Show the newest answer, and return how many cards are new. */
function showLatest() {
    if (!latest) {
        return 0;
    }
    const {waiting, state, asked} = latest;
    const ids = new Set(waiting.map(item => item.id));
    const gone = [...cards.values()].filter(card => !ids.has(card.item.id) && card.state !== 'dismissed');
    const free = gone.filter(card => !card.element.contains(document.activeElement));
    const added = waiting.filter(item => !cards.has(item.id));
    deskForms.inPlace(() => {
        for (const card of free) {
            card.element.remove();
            cards.delete(card.item.id);
        }
        added.forEach(add);
        for (const card of waiting.map(item => cards.get(item.id))) {
            if (card.state === 'dismissed' && card.decided < asked) {
                set(card, 'open');
            }
        }
    });
    if (free.length === gone.length) {
        latest = null;
        document.querySelector('[data-presence]').dataset.suggestions = state;
    }
    return added.length;
}

const isInUse = () => pointer.isDown || deskForms.isComposing() || performance.now() - pointer.at < IN_USE;

/* Whatever waits until nobody uses a card. */
function catchUp() {
    if (isInUse()) {
        setTimeout(catchUp, IN_USE);
        return;
    }
    const added = showLatest();
    for (const card of cards.values()) {
        const home = card.element.closest('.field, .form-row');
        if (!card.element.contains(document.activeElement) && [...changed].some(input => home?.contains(input))) {
            draw(card);
        }
    }
    changed.clear();
    const open = count();
    if (added) {
        document.querySelector('[data-suggestions-live]').textContent = texts().textNews.replace('{n}', added).replace('{all}', open);
    }
}

/* The numbers in the bars of the articles, and on the button that leads to the cards. */
function count() {
    const open = [...cards.values()].filter(card => card.state === 'open' && !isMarked(card));
    const button = document.querySelector('[data-suggestions-jump]');
    button.textContent = texts().textCount.replace('{n}', open.length);
    button.hidden = !open.length;
    const rows = open.map(card => card.element.closest('[data-article]'));
    for (const row of document.querySelectorAll('[data-article]')) {
        const number = rows.filter(each => each === row).length;
        row.querySelector('[data-suggested]').hidden = !number;
        row.querySelector('[data-suggested] b').textContent = number;
    }
    return open.length;
}

/* To the first card that waits, or from one to the next. */
function jump() {
    const open = [...document.querySelectorAll('[data-suggestion][data-state=open]')]
        .map(each => cards.get(Number(each.dataset.suggestion))).filter(card => !isMarked(card));
    const card = open[(open.findIndex(each => each.element.contains(document.activeElement)) + 1) % open.length];
    const bar = card.element.closest('[data-article]')?.querySelector('[data-fold]');
    if (bar?.getAttribute('aria-expanded') === 'false') {
        bar.click();
    }
    card.element.closest('details')?.setAttribute('open', '');
    draw(card);
    focusOn(card);
    card.element.scrollIntoView({block: 'center'});
}

document.addEventListener('click', event => {
    const is = name => event.target.closest?.(`[data-suggestion-${name}]`);
    const card = cards.get(Number(event.target.closest?.('[data-suggestion]')?.dataset.suggestion));
    if (event.target.closest?.('[data-suggestions-jump]')) {
        jump();
    } else if (card && is('take')) {
        (card.item.kind === 'article' ? takeArticle : take)(card);
        count();
    } else if (card && is('dismiss')) {
        decide(card, 'dismiss', 'dismissed');
    } else if (card && is('back') && card.state === 'dismissed') {
        decide(card, 'reopen', 'open');
    } else if (card && is('back') && isUntouched(card)) {
        takeOut(card);
    } else if (card && is('back')) {
        set(card, 'open');
        count();
        focusOn(card);
    }
});

const redraw = deskForms.afterPause(PAUSE, catchUp);

for (const name of ['input', 'change']) {
    document.addEventListener(name, ({target}) => {
        if (settings() && target.matches?.('input, textarea')) {
            cards.forEach(card => follow(card, target));
            count();
            changed.add(target);
            redraw();
        }
    });
}
document.addEventListener('compositionend', () => redraw());
document.addEventListener('focusout', event => event.target.closest?.('[data-suggestion]') && redraw());

document.addEventListener('pointerdown', event => {
    pointer.isDown = Boolean(event.target.closest?.('.suggestion-buttons'));
});
for (const name of ['pointerup', 'pointercancel']) {
    document.addEventListener(name, () => setTimeout(() => {
        pointer.isDown = false;
    }));
}
document.addEventListener('pointermove', event => {
    pointer.at = event.target.closest?.('.suggestion-buttons') ? performance.now() : pointer.at;
});

document.addEventListener('presence:answered', ({detail: {suggestions, asked}}) => {
    if (settings() && suggestions.waiting) {
        latest = {...suggestions, asked};
        catchUp();
    }
});

document.addEventListener('DOMContentLoaded', () => {
    if (settings()) {
        document.querySelector('[data-suggestion-list]')?.remove();
        kept().value.split(',').filter(Boolean).forEach(id => taken.add(Number(id)));
        latest = {waiting: JSON.parse(texts().suggestions), state: texts().state, asked: -Infinity};
        showLatest();
        count();
    }
});
})();
