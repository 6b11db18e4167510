/* A pasted text is taken apart by the server. The box shows what was found in it; only then are
   empty articles filled. Typed text is never overwritten. */
'use strict';
(() => {
const MAX_HTML = 1_000_000;
/* HTML that has more to it than its plain text, and plain text that is Markdown already. */
const FORMATTED = /<(?:h[1-6]|ul|ol|li|table|strong|b)\b|<a\s[^>]{0,500}href=/i;
const MARKDOWN = /^#{1,6}\s|\]\(https?:|\*\*\S/m;
/* Lines that a post has and a headline does not. */
const HEADS = [
    /^#{1,6}\s+\S/,
    /^\S{0,4}\s?(\*\*|__)\S.*\1\s*[:：]?$/,
    /^[^\p{L}]{0,8}(?:요약|출처|시사점|기술적 의미|산업적 영향|향후 전망|발행일|주제|태그|summary|sources?|technical significance|industry impact|outlook|published|tags)[*_]{0,2}\s*[:：]/iu,
];
const ITEM = /^\s*(?:[-*•·✅✔]|\d{1,2}[.)])\s+\S/u;
let found = null; // what the box shows
let opener = null; // where the focus was

const box = () => document.querySelector('[data-paste]');
const {put, fillArticles, show, isEmpty} = deskRows;
const part = name => box().querySelector(`[data-paste-${name}]`);

function open(text) {
    opener = document.activeElement;
    box().showPopover();
    const area = part('text');
    area.value = text ?? area.value;
    say('', []);
    showStage('text');
    area.focus();
}

function showStage(name) {
    for (const stage of box().querySelectorAll('[data-paste-stage]')) {
        stage.hidden = stage.dataset.pasteStage !== name;
    }
    box().scrollTop = 0;
}

function say(note, errors) {
    part('note').textContent = note;
    part('errors').replaceChildren(...errors.map(sentence => element('li', sentence)));
}

function element(name, text, kind) {
    const made = document.createElement(name);
    made.textContent = text;
    if (kind) {
        made.className = kind;
    }
    return made;
}

function list(name, items, kind) {
    const made = element(name, '', kind);
    made.append(...items);
    return made;
}

async function ask(values) {
    const response = await fetch(box().dataset.paste, {
        method: 'POST', body: new URLSearchParams(values), redirect: 'error', headers: {'X-CSRFToken': deskForms.token()},
    });
    if (!response.ok) {
        throw new Error(response.status);
    }
    return response.json();
}

async function takeApart() {
    const button = part('read');
    button.disabled = true;
    say('', []);
    try {
        const day = document.querySelector('input[name=date]')?.value ?? '';
        const answer = await ask({text: part('text').value, day});
        if (answer.error) {
            say('', [answer.error]);
        } else {
            found = answer;
            showAccount(answer.found);
        }
    } catch {
        say('', [box().dataset.textFailed]);
    } finally {
        button.disabled = false;
    }
}

function showAccount({heading, digest, articles, lists, whole}) {
    part('heading').textContent = heading;
    const account = part('account');
    account.replaceChildren(list('ol', articles.map(article => {
        const item = element('li', '');
        item.append(element('strong', article.headline), element('span', article.fields));
        return item;
    }), 'paste-articles'));
    if (digest) {
        account.prepend(element('p', digest, 'paste-digest'));
    }
    if (whole) {
        account.append(element('p', whole));
    }
    for (const {heading: name, items, more} of lists) {
        account.append(element('h4', name), list('ul', items.map(({lines, words, name: label}) => {
            const item = element('li', '');
            item.append(element('span', label ? `${lines} · ${label}` : lines), element('q', words));
            return item;
        }), 'paste-lines'));
        if (more) {
            account.append(element('p', more));
        }
    }
    showStage('account');
    part('heading').focus();
}

function changeText() {
    showStage('text');
    part('text').focus();
}

/* The day follows the post only where nobody has chosen one. Whether the digest has that day now. */
function putDate(date) {
    const input = document.querySelector('input[name=date]');
    if (date && input && !document.querySelector('[name=version]')?.value && input.value === input.defaultValue) {
        input.value = date;
        input.dispatchEvent(new Event('change', {bubbles: true}));
    }
    return !date || !input || input.value === date;
}

function fill() {
    const {date, title, introduction, articles, filled, unplaced} = found;
    const texts = box().dataset;
    const kept = [];
    if (!putDate(date)) {
        kept.push(texts.textDate);
    }
    if (!put(document.querySelector('input[name=title]'), title)) {
        kept.push(texts.textTitle);
    }
    if (!put(document.querySelector('textarea[name=introduction]'), introduction)) {
        kept.push(texts.textIntroduction);
    }
    const rows = fillArticles(articles);
    const areAllIn = rows.length === articles.length;
    const told = [
        areAllIn ? filled : texts.textRoom.replace('{n}', rows.length).replace('{all}', articles.length),
        unplaced,
        kept.length ? texts.textKept.replace('{names}', () => kept.join(', ')) : '',
    ];
    if (areAllIn) {
        part('text').value = '';
    }
    found = null;
    box().hidePopover();
    showStage('text');
    tell(told.filter(Boolean).join(' '), !areAllIn || unplaced || kept.length > 0);
    show(rows[0]);
}

function tell(text, isPartial) {
    const done = document.querySelector('[data-paste-done]');
    done.classList.toggle('is-partial', Boolean(isPartial));
    done.textContent = text;
}

/* Put the clipboard's text where the cursor is, its HTML as Markdown if there is more to that. */
async function insert(html, plain) {
    const button = part('read');
    button.disabled = true;
    let text = plain;
    let note = box().dataset.textPlain;
    try {
        const answer = await ask({html});
        if (answer.text) {
            text = answer.text;
            note = box().dataset.textFormatted;
        }
    } catch {
        // the plain text is there
    } finally {
        button.disabled = false;
    }
    const area = part('text');
    deskForms.type(area, text, area.selectionStart, area.selectionEnd);
    say(note, []);
}

const isFormatted = (html, plain) => html.length <= MAX_HTML && FORMATTED.test(html) && !MARKDOWN.test(plain);

/* Whether a text is a post: it has a post's first line, or several lines, of which two look like
   parts of an article, one of them not only like an item of a list. */
function isPost(text, html) {
    if (/^\uFEFF?\s*(---[ \t]*\r?\n|## )/.test(text)) {
        return true;
    }
    const lines = text.split('\n').map(line => line.trim()).filter(Boolean).slice(0, 200);
    const heads = lines.filter(line => HEADS.some(head => head.test(line))).length;
    const items = lines.filter(line => ITEM.test(line)).length;
    const isFormattedPost = isFormatted(html, text) && /<h[1-6]\b/i.test(html) && /<(?:li|a)\b/i.test(html);
    return lines.length > 2 && ((heads > 0 && heads + items > 1) || isFormattedPost);
}

document.addEventListener('click', event => {
    const isOn = name => event.target.closest?.(`[data-paste-${name}]`);
    if (isOn('open')) {
        open();
    } else if (isOn('read')) {
        takeApart();
    } else if (isOn('fill') && found) {
        fill();
    } else if (isOn('change')) {
        changeText();
    }
});

document.addEventListener('keydown', event => {
    if (event.key !== 'Escape' || event.isComposing || !box()?.matches(':popover-open')) {
        return;
    }
    if (box().querySelector('[data-paste-stage=account]').hidden) {
        box().hidePopover();
    } else {
        changeText();
    }
});

/* The browser gives the focus back for popovers of other kinds only. */
document.addEventListener('toggle', event => {
    const focused = document.activeElement;
    if (event.target === box() && event.newState === 'closed' && (focused === document.body || box().contains(focused))) {
        opener?.focus();
    }
}, true);

document.addEventListener('paste', event => {
    const text = event.clipboardData?.getData('text/plain') || '';
    const html = event.clipboardData?.getData('text/html') || '';
    if (event.target.matches?.('[data-paste-text]')) {
        if (isFormatted(html, text)) {
            event.preventDefault();
            insert(html, text);
        }
        return;
    }
    /* A post that lands in the headline of an empty article was not meant as a headline. */
    const row = event.target.closest?.('[data-article]');
    if (box() && row && event.target.matches('[name$="-headline"]') && isEmpty(row) && isPost(text, html)) {
        event.preventDefault();
        if (isFormatted(html, text)) {
            open('');
            insert(html, text);
        } else {
            open(text);
        }
    }
});
})();
