/* What this browser remembers of a reader: light or dark, and how deep to read; and the links that
   are copied. It runs before the page is drawn, so that nothing flashes or moves. */
'use strict';
(() => {
const root = document.documentElement;
const CHOICES = {theme: ['light', 'dark'], depth: ['headlines', 'points', 'full']};
const bars = [...document.querySelectorAll('meta[name="theme-color"]')].map(bar => [bar, bar.media]);
const ROOM = matchMedia('(min-width: 40em)');
const SHOWN = 2500; // milliseconds that a button says what it did

function recall(name) {
    try {
        const value = localStorage.getItem(name);
        return CHOICES[name].includes(value) ? value : '';
    } catch {
        return ''; // a browser that keeps nothing
    }
}

function remember(name, value) {
    try {
        localStorage.setItem(name, value);
    } catch {
        // It holds for this page all the same.
    }
}

function show(theme, depth) {
    root.toggleAttribute('data-theme', Boolean(theme));
    if (theme) {
        root.dataset.theme = theme;
    }
    root.dataset.depth = depth || 'full';
    for (const [bar, media] of bars) {
        bar.media = theme ? (media.includes(theme) ? 'all' : 'not all') : media;
    }
}

/* The controls say what is shown; they were in their places all along, see the style sheet. */
function arrange() {
    for (const hidden of document.querySelectorAll('.theme, .depth, [data-copy]')) {
        hidden.hidden = false;
    }
    offerToShare();
    for (const fold of ROOM.matches ? document.querySelectorAll('.fold') : []) {
        fold.open = true; // as the style sheet shows it
    }
    document.querySelector('[data-theme-choice]').value = root.dataset.theme || '';
    const depth = document.getElementById(`depth_${root.dataset.depth}`);
    if (depth) {
        depth.checked = true;
    }
}

function recallAll() {
    show(recall('theme'), recall('depth'));
}

async function copy(text) {
    try {
        await navigator.clipboard.writeText(text);
        return true;
    } catch {
        return copyBySelecting(text); // no permission, or a page that came without HTTPS
    }
}

function copyBySelecting(text) {
    const field = document.createElement('textarea');
    field.value = text;
    field.className = 'hidden';
    document.body.append(field);
    field.select();
    const isCopied = document.execCommand('copy');
    field.remove();
    return isCopied;
}

function addressOf(button) {
    const own = button.closest('.story').querySelector('[rel="bookmark"]');
    return (own || document.querySelector('[rel="canonical"]')).href;
}

/* A second button where the device can hand a link on. */
function offerToShare() {
    for (const button of navigator.share ? document.querySelectorAll('[data-copy]:only-of-type') : []) {
        const other = button.cloneNode();
        other.textContent = document.querySelector('[data-status]').dataset.textShare;
        other.id = button.id.replace('c', 's');
        other.setAttribute('aria-labelledby', button.getAttribute('aria-labelledby').replace(button.id, other.id));
        delete other.dataset.copy;
        other.dataset.share = '';
        button.after(' ', other);
    }
}

async function share(button) {
    const title = button.closest('.story').querySelector('h1, h2').textContent;
    try {
        await navigator.share({title, url: addressOf(button)});
    } catch (error) {
        if (error.name !== 'AbortError') { // else the reader has put the question away
            throw error;
        }
    }
}

async function copyLink(button) {
    const isCopied = await copy(addressOf(button));
    button.focus({preventScroll: true});
    const status = document.querySelector('[data-status]');
    status.textContent = isCopied ? status.dataset.textCopied : status.dataset.textFailed;
    button.dataset.label ||= button.textContent;
    button.textContent = status.textContent;
    setTimeout(() => {
        button.textContent = button.dataset.label;
        status.textContent = '';
    }, SHOWN);
}

recallAll();
root.dataset.script = '';

document.addEventListener('DOMContentLoaded', arrange);

document.addEventListener('change', event => {
    if (event.target.matches('[data-theme-choice]')) {
        show(event.target.value, root.dataset.depth);
        remember('theme', event.target.value);
    } else if (event.target.name === 'depth') {
        show(root.dataset.theme, event.target.value);
        remember('depth', event.target.value);
    }
});

document.addEventListener('click', event => {
    const button = event.target.closest('[data-copy], [data-share]');
    if (button) {
        ('copy' in button.dataset ? copyLink : share)(button);
    }
});

// Another tab has chosen, or this page comes back as it was left.
for (const name of ['storage', 'pageshow']) {
    window.addEventListener(name, event => {
        if (event.type === 'storage' || event.persisted) {
            recallAll();
            if (document.readyState !== 'loading') {
                arrange();
            }
        }
    });
}
})();
