/* What a card shows of a program's suggestion: how it differs from what is typed at this moment. */
'use strict';
const deskSuggested = (() => {
const EDGE = 40; // letters shown beside a change, of text that stays
const texts = () => document.querySelector('[data-suggestions]').dataset;

function element(name, text, kind) {
    const made = document.createElement(name);
    made.textContent = text;
    if (kind) {
        made.className = kind;
    }
    return made;
}

function line(...parts) {
    const made = element('p', '', 'word-diff');
    made.append(...parts);
    return made;
}

function marked(kind, text) {
    const isAdded = kind === 'added';
    const hidden = words => element('span', words, 'visually-hidden');
    return [hidden(` [${isAdded ? texts().textAdded : texts().textRemoved} `), element(isAdded ? 'ins' : 'del', text), hidden('] ')];
}

/* The middle of a long text that stays is left out. */
function shortened(text, isFirst, isLast) {
    if (text.length <= 3 * EDGE) {
        return text;
    }
    return `${isFirst ? '' : text.slice(0, EDGE)} … ${isLast ? '' : text.slice(-EDGE)}`;
}

/* Lists, to which a suggestion adds: their items, and what tells one from another. */

function addressOf(text) {
    const found = text.match(/https?:\/\/[^\s|｜)]+/i)?.[0];
    if (!found || !URL.canParse(found)) {
        return text.trim();
    }
    const {hostname, pathname, search} = new URL(found);
    return `${hostname.replace(/^(?:www|m)\./, '')}${pathname.replace(/\/$/, '')}${search}`;
}

const folded = name => name.normalize('NFKC').replace(/^#/, '').replace(/\s+/g, ' ').trim().toLowerCase();

const LISTS = {
    lines: {between: '\n', end: '', ends: /\n+$/, split: text => text.split('\n'), key: addressOf},
    names: {between: ', ', end: ', ', ends: /[,，、\s]+$/, split: text => text.split(/[,，、\n]/), key: folded},
};

/* The items of a suggestion that are not typed yet. */
function missing({kind, text}, now) {
    const {split, key} = LISTS[kind];
    const items = value => split(value).map(item => item.trim()).filter(Boolean);
    const there = new Set(items(now).map(key));
    return items(text).filter(item => !there.has(key(item)));
}

/* What to type for a suggestion: a text, and where the text that it replaces begins. */
function typed(item, now) {
    if (!(item.kind in LISTS)) {
        return {text: item.text, start: 0};
    }
    const {between, end, ends} = LISTS[item.kind];
    const start = now.replace(ends, '').length;
    return {text: `${start ? between : ''}${missing(item, now).join(between)}${end}`, start};
}

/* Paragraphs for what taking a suggestion would change; none if that is nothing. */
function difference(item, now) {
    if (item.kind in LISTS) {
        return missing(item, now).map(each => line(...marked('added', each)));
    }
    const parts = deskWords.compare(now, item.text);
    if (parts.every(({kind}) => kind === 'same')) {
        return [];
    }
    const last = parts.length - 1;
    return [line(...parts.flatMap(({kind, text}, index) =>
        (kind === 'same' ? [shortened(text, index === 0, index === last)] : marked(kind, text))))];
}

/* The whole suggestion, for places that are not on the form. */
function whole({parts}) {
    return parts.flatMap(({label, text}) => [...(label ? [element('p', label, 'suggestion-label')] : []), line(text)]);
}

return {element, typed, difference, whole};
})();
