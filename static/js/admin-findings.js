/* What preflight says about the form: asked again when something was typed, shown in the panel and
   in the bars of the articles. Each finding leads to its field. */
'use strict';
(() => {
const PAUSE = 1000; // milliseconds without a key before the check is asked for
const KEPT = 'findings-open';
const LISTS = ['open', 'hint', 'accepted'];
const panel = () => document.querySelector('[data-findings]');
const form = () => panel().closest('form');
const list = name => panel().querySelector(`[data-findings-list="${name}"]`);
let asking = false;
let checked = '';

const typed = () => deskForms.typed(form());
const schedule = deskForms.afterPause(PAUSE, () => panel() && check());

/* One request at a time; what was typed meanwhile is asked about when its answer is there. */
async function check() {
    const body = typed();
    if (asking || body === checked) {
        return;
    }
    asking = true;
    let problem = panel().dataset.textProblem;
    try {
        const response = await fetch(panel().dataset.findings, {
            method: 'POST',
            redirect: 'error', // a login page is no answer
            headers: {'X-CSRFToken': deskForms.token()},
            body: new URLSearchParams(body),
        });
        const answer = await response.json();
        if (response.ok) {
            show(answer.findings);
            document.dispatchEvent(new CustomEvent('findings:answered', {detail: answer}));
        }
        problem = response.ok ? '' : answer.problem || problem;
        checked = body;
    } catch {
        // The sentence says so; the next key stroke or save asks again.
    }
    asking = false;
    panel().querySelector('[data-findings-problem]').textContent = problem;
    if (!problem && typed() !== body) {
        schedule();
    }
}

function show(findings) {
    const focused = document.activeElement.closest?.('.findings-body :is(a, summary)');
    const items = {open: [], hint: [], accepted: []};
    for (const finding of findings) {
        const name = finding.accepted ? 'accepted' : finding.severity === 'hint' ? 'hint' : 'open';
        items[name].push(item(finding));
    }
    for (const name of LISTS) {
        list(name).replaceChildren(...(name === 'hint' ? byKind(items[name]) : items[name]));
        const more = list(name).closest('.findings-more');
        if (more) {
            more.hidden = items[name].length === 0;
            more.querySelector('summary b').textContent = items[name].length;
        }
    }
    panel().querySelector('[data-findings-none]').hidden = items.open.length > 0;
    count();
    mark();
    tellBeside(findings);
    if (focused) {
        const same = [...panel().querySelectorAll('.findings-body :is(a, summary)')]
            .find(each => each.hash === focused.hash && each.textContent === focused.textContent);
        (same || panel().querySelector('summary')).focus({preventScroll: true});
    }
}

function item(finding) {
    const blank = panel().querySelector(`template[data-finding="${finding.severity}"]`);
    const made = blank.content.firstElementChild.cloneNode(true);
    made.dataset.row = finding.row;
    made.dataset.code = finding.code;
    made.querySelector('a').setAttribute('href', `#${finding.anchor}`);
    made.querySelector('a').dataset.line = finding.line ?? '';
    made.querySelector('.finding-place').textContent = finding.place;
    made.querySelector('[data-sentence]').textContent = finding.sentence;
    made.querySelector('[data-advice]').textContent = finding.advice;
    return made;
}

/* Several hints of one kind are one line, which opens; what was open stays open. */
function byKind(items) {
    const kinds = new Map();
    for (const each of items) {
        kinds.set(each.dataset.code, [...kinds.get(each.dataset.code) ?? [], each]);
    }
    const open = [...panel().querySelectorAll('[data-kind] > details[open]')].map(each => each.parentElement.dataset.kind);
    return [...kinds].map(([code, same]) => (same.length > 1 ? kind(code, same, open.includes(code)) : same[0]));
}

function kind(code, same, isOpen) {
    const made = panel().querySelector('template[data-finding-kind]').content.firstElementChild.cloneNode(true);
    made.dataset.kind = code;
    made.querySelector('details').open = isOpen;
    made.querySelector('[data-advice]').textContent = same[0].querySelector('[data-advice]').textContent;
    made.querySelector('b').textContent = same.length;
    made.querySelector('ol').append(...same);
    return made;
}

/* The numbers in the heading; spoken only when they are others than before. */
function count() {
    const shown = ['open', 'hint'].flatMap(name => [...list(name).querySelectorAll('[data-severity]')]);
    const spoken = [];
    let changed = false;
    for (const place of panel().querySelectorAll('[data-findings-count]')) {
        const severity = place.dataset.findingsCount;
        const total = String(shown.filter(each => each.dataset.severity === severity).length);
        const number = place.querySelector('b');
        changed ||= number.textContent !== total;
        number.textContent = total;
        place.classList.toggle('is-none', total === '0');
        spoken.push(`${word(severity)} ${total}`);
    }
    if (changed) {
        document.querySelector('[data-findings-live]').textContent = spoken.join(', ');
    }
}

const word = severity => panel().dataset[`text${severity[0].toUpperCase()}${severity.slice(1)}`];

/* The bars of the articles say how many errors and warnings they have. */
function mark() {
    for (const row of document.querySelectorAll('[data-article]')) {
        row.querySelector('[data-found]')?.remove();
        const own = [...list('open').children].filter(each => each.dataset.row === row.id);
        const badge = document.createElement('span');
        badge.className = 'article-found';
        badge.dataset.found = '';
        for (const severity of ['error', 'warning']) {
            const number = own.filter(each => each.dataset.severity === severity).length;
            if (number) {
                const part = document.createElement('span');
                part.className = `finding-count finding-${severity}`;
                part.append(`${word(severity)} `, number);
                badge.append(part);
            }
        }
        if (badge.childElementCount) {
            row.querySelector('.article-facts').prepend(badge);
        }
    }
}

/* What no reader may get is told beside its field as well, unless the form tells it already. An empty
   field of a digest that was never saved is still to be written. */
function tellBeside(findings) {
    const isSaved = Boolean(document.querySelector('[name=version]')?.value);
    document.querySelectorAll('[data-fault]').forEach(each => each.remove());
    for (const finding of findings.filter(each => each.beside)) {
        const field = document.getElementById(finding.anchor)?.closest('.field, .form-row');
        const isWritten = isSaved || Boolean(document.getElementById(finding.anchor)?.value.trim());
        if (field && isWritten && !field.querySelector('.errorlist')) {
            const told = document.createElement('p');
            told.className = 'field-fault';
            told.dataset.fault = '';
            told.textContent = finding.beside;
            field.insertBefore(told, field.querySelector('.suggestions-here'));
        }
    }
}

/* Unfold the article, go to the field, and select the line that is meant. */
function lead(id, line) {
    const place = document.getElementById(id);
    const row = place?.closest('[data-article]');
    const bar = row?.querySelector('[data-fold]');
    if (bar?.getAttribute('aria-expanded') === 'false') {
        bar.click();
    }
    if (window.matchMedia('(max-width: 767px)').matches) {
        panel().open = false; // it would cover the field
    }
    const field = place?.matches('input, textarea, select') ? place : bar;
    field?.focus();
    if (line && field?.matches('textarea')) {
        select(field, Number(line));
    }
    (row && field === bar ? row : field || place)?.scrollIntoView({block: 'nearest'});
    return Boolean(place);
}

/* Lines count without the empty ones, as points and citations do. */
function select(area, number) {
    let start = 0;
    for (const text of area.value.split('\n')) {
        number -= /[^\s*•·‣-]/.test(text);
        if (number === 0) {
            area.setSelectionRange(start, start + text.length);
            return;
        }
        start += text.length + 1;
    }
}

document.addEventListener('click', event => {
    const link = event.target.closest?.('[data-findings] a[href^="#"]');
    if (link && lead(link.hash.slice(1), link.dataset.line)) {
        event.preventDefault();
    }
});

document.addEventListener('keydown', event => {
    if (event.key === 'Escape' && panel()?.open && panel().contains(event.target)) {
        panel().open = false;
        panel().querySelector('summary').focus();
    }
});

document.addEventListener('toggle', event => {
    if (event.target === panel()) {
        try {
            localStorage.setItem(KEPT, panel().open ? '1' : '');
        } catch {
            // A browser that keeps nothing still shows the findings.
        }
    }
}, true);

function begin() {
    try {
        panel().open = Boolean(localStorage.getItem(KEPT));
    } catch {
        // Closed, then.
    }
    list('hint').replaceChildren(...byKind([...list('hint').children]));
    count();
    mark();
    if ('checked' in panel().dataset && !document.querySelector('[data-guard][data-unsaved]')) {
        checked = typed(); // the page came with the findings about this
    } else {
        check();
    }
    if (location.hash) {
        lead(decodeURIComponent(location.hash.slice(1)));
        history.replaceState(history.state, '', location.pathname + location.search); // once, not after each save
    }
}

// Once the articles are numbered, so that this is no change.
document.addEventListener('articles:ready', () => panel() && setTimeout(begin));
deskForms.onTyping(schedule);
document.addEventListener('form:saved', () => panel()?.querySelector('[data-findings-problem]').textContent && schedule());
})();
