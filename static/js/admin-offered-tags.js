/* Tags that occur in an article's text, as chips below its tags. They come with the page and with
   each answer of the check. Alt+T takes all of the article in which the focus is. */
'use strict';
(() => {
const rows = new WeakMap(); // of each article: the tags that were found, and those not wanted

const box = row => row.querySelector('[data-offered-tags]');
const field = row => row.querySelector('[data-suggest]');
const same = name => name.normalize('NFKC').toLowerCase().split(/\s+/).filter(Boolean).join(' ');

function state(row) {
    if (!rows.has(row)) {
        const found = [...box(row).querySelectorAll('li')].map(item => item.textContent);
        rows.set(row, {found, dismissed: new Set()});
    }
    return rows.get(row);
}

/* The tags to offer: found, not typed by now, and not dismissed. */
function offered(row) {
    const {found, dismissed} = state(row);
    const typed = new Set(field(row).value.split(/[,，、]/).map(same));
    return found.filter(tag => !typed.has(same(tag)) && !dismissed.has(tag));
}

function button(label, text, act) {
    const made = document.createElement('button');
    made.type = 'button';
    made.textContent = text;
    made.setAttribute('aria-label', label);
    made.addEventListener('click', act);
    return made;
}

function chip(row, tag) {
    const {textAdd, textDismiss} = box(row).dataset;
    const made = document.createElement('li');
    const add = button(textAdd.replace('{tag}', tag), `+ ${tag}`, () => take(row, [tag]));
    const drop = button(textDismiss.replace('{tag}', tag), '×', () => {
        state(row).dismissed.add(tag);
        draw(row);
    });
    add.dataset.take = tag;
    made.append(add, drop);
    return made;
}

function allButton(row) {
    const {textAll} = box(row).dataset;
    const made = button(textAll, textAll, () => take(row, offered(row)));
    const key = document.createElement('kbd');
    key.textContent = 'Alt+T';
    made.className = 'offered-all';
    made.dataset.takeAll = '';
    made.setAttribute('aria-keyshortcuts', 'Alt+T');
    made.append(' ', key);
    return made;
}

/* Show what is offered now. If the focus was here, it stays on the nearest chip, or goes to the field. */
function draw(row) {
    const place = box(row);
    const tags = offered(row);
    const list = place.querySelector('ul');
    const items = [...list.children];
    const shown = [...list.querySelectorAll('[data-take]')].map(each => each.dataset.take);
    if (shown.join() === tags.join() && items.length === tags.length) {
        place.hidden = !tags.length;
        return;
    }
    const focused = place.contains(document.activeElement) ? document.activeElement : null;
    const index = items.findIndex(item => item.contains(focused));
    const again = focused && (focused.dataset.take || '');
    list.replaceChildren(...tags.map(tag => chip(row, tag)));
    place.querySelector('[data-take-all]')?.remove();
    if (tags.length > 1) {
        list.after(allButton(row));
    }
    place.hidden = !tags.length;
    if (focused) {
        const buttons = [...list.querySelectorAll('[data-take]')];
        const next = buttons.find(each => each.dataset.take === again) || buttons[Math.min(Math.max(index, 0), buttons.length - 1)];
        (next || field(row)).focus({preventScroll: true});
    }
}

/* Write the tags into the field, as if they were typed: drafts, findings and the preview follow. */
function take(row, tags) {
    if (!tags.length) {
        return;
    }
    const input = field(row);
    const before = input.value.replace(/[,，、\s]+$/, '');
    input.value = `${[...(before ? [before] : []), ...tags].join(', ')}, `;
    row.querySelector('[data-offered-told]').textContent = box(row).dataset.textAdded.replace('{tags}', tags.join(', '));
    input.dispatchEvent(new Event('input', {bubbles: true})); // which draws the rest
}

document.addEventListener('findings:answered', event => {
    for (const row of document.querySelectorAll('[data-article]')) {
        if (box(row)) {
            state(row).found = event.detail.tags[row.id] || [];
            draw(row);
        }
    }
});

for (const name of ['input', 'change']) {
    document.addEventListener(name, event => {
        const row = event.target.matches?.('[data-suggest]') && event.target.closest('[data-article]');
        if (row && box(row) && !deskForms.isComposing()) {
            draw(row);
        }
    });
}

document.addEventListener('keydown', event => {
    if (event.altKey && !event.ctrlKey && !event.metaKey && !event.shiftKey && event.code === 'KeyT') {
        const row = event.target.closest?.('[data-article]');
        if (row && box(row)) {
            event.preventDefault(); // Option and T would type a sign
            take(row, offered(row));
        }
    }
});

document.addEventListener('articles:ready', () => {
    document.querySelectorAll('[data-article]').forEach(row => box(row) && draw(row));
});
})();
