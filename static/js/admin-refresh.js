/* The open form takes over what the server has now, from the page of the form as it would be opened
   anew. What was typed since the form was sent stays. */
'use strict';
const deskRefresh = (() => {
const FIELDS = 'input:not([type=radio], [type=file]), textarea, select';
const OWN = ['csrfmiddlewaretoken', 'form_key', 'copy_key', 'version', '_withdraw_note'];
const OF_ROW = ['ORDER', 'DELETE'];
const NONE = {value: ''};
const TIME_LIMIT = 30000;
const form = () => document.querySelector('[data-guard]').closest('form');
const rowsOf = page => [...page.querySelectorAll('[data-list] > [data-article]')];
const uidOf = row => row.querySelector('[name$="-uid"]').value;
const valueOf = input => (input.type === 'checkbox' ? (input.checked ? input.value : '') : input.value);
const plain = text => text.replace(/\r\n?/g, '\n').trim();

/* The page as the server has it; null if there is none that can be edited. */
async function load() {
    try {
        const signal = AbortSignal.timeout(TIME_LIMIT);
        const response = await fetch(location.pathname, {redirect: 'error', headers: {Accept: 'text/html'}, signal});
        const page = new DOMParser().parseFromString(await response.text(), 'text/html');
        return response.ok && page.querySelector('[data-drafts]') ? page : null;
    } catch (error) {
        if (!['TypeError', 'AbortError', 'TimeoutError'].includes(error.name)) {
            throw error;
        }
        return null;
    }
}

/* What stands around the text: the state, the buttons, the title. */
function heads(page) {
    for (const place of document.querySelectorAll('[data-fresh]')) {
        const fresh = page.querySelector(`[data-fresh="${place.dataset.fresh}"]`);
        if (fresh && fresh.innerHTML !== place.innerHTML) {
            const had = place.contains(document.activeElement);
            place.replaceWith(document.importNode(fresh, true));
            if (had) {
                document.querySelector('[name=_continue]').focus({preventScroll: true});
            }
        }
    }
    deskQuestion.takeOut(page.querySelector('[data-question]'));
    document.title = page.title;
    document.querySelector('#content > h1, #content h1').textContent = page.querySelector('#content h1').textContent;
    document.querySelector('[data-presence]').dataset.state = page.querySelector('[data-presence]').dataset.state;
}

/* Take the stored value, unless something else was typed since. Returns whether the field now builds
   on the stored value. */
function adopt(input, fresh, sent) {
    const [now, stored] = [valueOf(input), valueOf(fresh)];
    if (plain(now) === plain(stored)) {
        return true;
    }
    if (now !== sent) {
        return plain(sent) === plain(stored);
    }
    if (input.type === 'checkbox') {
        input.checked = fresh.checked;
    } else {
        const [start, end] = input === document.activeElement ? [input.selectionStart, input.selectionEnd] : [null, null];
        input.value = stored;
        if (start !== null) {
            input.setSelectionRange(start, end);
        }
    }
    for (const name of ['input', 'change']) {
        input.dispatchEvent(new Event(name, {bubbles: true}));
    }
    return true;
}

const inputsOf = row => [...row.querySelectorAll(FIELDS)].filter(input => input.name.startsWith(`${row.id}-`));

/* A box for other text is on the page only if it has text. */
const isBox = name => name.startsWith('other_');

function adoptRow(row, fresh, sent) {
    const before = `${fresh.id}-`;
    const here = `${row.id}-`;
    bringBoxes(row, fresh);
    const results = inputsOf(row).map(input => {
        const name = input.name.slice(here.length);
        const other = fresh.querySelector(`[name="${before}${name}"]`) || (isBox(name) && NONE);
        return !other || OF_ROW.includes(name) || adopt(input, other, sent.get(input.name) ?? '');
    });
    for (const part of row.querySelectorAll('[data-part]')) {
        const other = fresh.querySelector(`[data-part="${part.dataset.part}"]`)?.innerHTML.replaceAll(before, here);
        if (other !== undefined && other !== part.innerHTML) {
            const had = part.contains(document.activeElement);
            part.innerHTML = other;
            if (had) {
                row.querySelector('[name$="-comment"]').focus({preventScroll: true});
            }
        }
    }
    return results.every(Boolean);
}

function bringBoxes(row, fresh) {
    for (const box of fresh.querySelectorAll('.field[class*="field-other_"]')) {
        const [name] = box.querySelector('textarea').name.split('-').slice(-1);
        if (!row.querySelector(`[name="${row.id}-${name}"]`)) {
            const made = document.createElement('template');
            made.innerHTML = box.outerHTML.replaceAll(`${fresh.id}-`, `${row.id}-`);
            row.querySelector('details.other-text').before(made.content);
        }
    }
}

/* Whether something was typed in a row, or its mark set or taken away, since the form was sent. */
function isTyped(row, sent) {
    return inputsOf(row).some(input => !/-(ORDER|uid)$/.test(input.name) && valueOf(input) !== (sent.get(input.name) ?? ''));
}

/* Whether articles were moved since the form was sent. */
function isMoved(sent) {
    const places = rowsOf(document).map(row => Number(sent.get(`${row.id}-ORDER`))).filter(Boolean);
    return places.some((place, index) => index && place < places[index - 1]);
}

function takeAway(row) {
    if (row.contains(document.activeElement)) {
        const next = row.nextElementSibling || row.previousElementSibling;
        (next?.querySelector('[data-fold]') || document.querySelector('[data-add]')).focus({preventScroll: true});
    }
    row.remove();
}

/* A row of an article that came meanwhile. */
function bring(fresh) {
    const total = form().querySelector('[name$="-TOTAL_FORMS"]');
    const id = `${total.name.slice(0, -'-TOTAL_FORMS'.length)}-${total.value}`;
    const made = document.createElement('template');
    made.innerHTML = fresh.outerHTML.replaceAll(`${fresh.id}-`, `${id}-`);
    const row = made.content.firstElementChild;
    row.id = id;
    total.value = Number(total.value) + 1;
    document.querySelector('[data-list]').append(row);
    row.dispatchEvent(new CustomEvent('formset:added', {bubbles: true}));
    row.querySelector('[data-fold]').click();
    return row;
}

/* The rows in the order of the stored articles; new rows stay behind the one they follow. */
function arrange(order) {
    const known = rowsOf(document).filter(row => order.includes(row));
    if (known.every((row, index) => row === order[index])) {
        return;
    }
    const focused = document.activeElement;
    order.forEach((row, index) => index && order[index - 1].after(row));
    focused.focus({preventScroll: true});
}

/* Make the form one that was opened on `page`. `rows` has the uids by the ids of the rows, `sent` the
   names and values that were saved. Returns whether everything in the form builds on `page`. */
function adoptAll(page, rows, sent) {
    for (const [id, uid] of Object.entries(rows)) {
        document.getElementById(id).querySelector('[name$="-uid"]').value = uid;
    }
    const there = new Map(rowsOf(page).filter(uidOf).map(row => [uidOf(row), row]));
    const wasMoved = isMoved(sent);
    const gone = rowsOf(document).filter(row => sent.get(`${row.id}-DELETE`) || (uidOf(row) && !there.has(uidOf(row))));
    const kept = gone.filter(row => isTyped(row, sent));
    gone.filter(row => !kept.includes(row)).forEach(takeAway);
    const here = new Map(rowsOf(document).filter(uidOf).map(row => [uidOf(row), row]));
    const results = [...form().querySelectorAll(FIELDS)]
        .filter(input => input.name && !input.closest('[data-article]') && !OWN.includes(input.name))
        .map(input => {
            const fresh = page.querySelector(`form [name="${input.name}"]`);
            return !fresh || /_FORMS$/.test(input.name) || adopt(input, fresh, sent.get(input.name) ?? '');
        });
    const order = [...there].map(([uid, fresh]) => {
        const row = here.get(uid);
        if (row) {
            results.push(adoptRow(row, fresh, sent));
        }
        return row || bring(fresh);
    });
    if (!wasMoved) {
        arrange(order);
    }
    document.querySelector('[data-list]').dispatchEvent(new CustomEvent('articles:moved', {bubbles: true}));
    return results.every(Boolean) && !kept.length && !wasMoved;
}

function all(page, {rows, merged}, sent) {
    const isBuiltOn = deskForms.inPlace(() => adoptAll(page, rows, sent)) || !merged;
    if (isBuiltOn) {
        form().querySelector('[name=version]').value = page.querySelector('[name=version]').value;
    }
    heads(page);
}

return {load, heads, all};
})();
