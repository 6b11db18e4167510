/* The public page of what is in the form at this moment, in a frame beside the form. The frame runs
   no scripts; this one swaps its body and keeps its place. */
'use strict';
(() => {
const PAUSE = 200; // milliseconds without a key before the page is asked for
const TEXTS = ['technical_significance', 'industry_impact', 'outlook'];
const PARTS = {headline: 'header', points: '.points', picture_alt: '.picture', picture_caption: '.picture', picture_credit: '.picture', citation_lines: '.sources', tag_names: '.sources'};
const pane = () => document.querySelector('[data-live-preview]');
const frame = () => pane().querySelector('iframe');
const form = () => document.querySelector('[data-guard]').closest('form');
let asking = null;
let drawn = false;
let anchors = {};
let edited = null;

const schedule = deskForms.afterPause(PAUSE, () => pane()?.hidden === false && update());

async function update() {
    asking?.abort();
    asking = new AbortController();
    let problem = pane().dataset.textProblem;
    try {
        const response = await fetch(pane().dataset.livePreview, {
            method: 'POST',
            redirect: 'error', // a login page is no preview
            signal: asking.signal,
            body: new URLSearchParams(new FormData(form())),
        });
        const answer = await response.json();
        if (response.ok) {
            show(answer);
        }
        problem = answer.problem || '';
    } catch (error) {
        if (error.name === 'AbortError') {
            return; // something newer is asked for
        }
    }
    pane().querySelector('[data-preview-problem]').textContent = problem;
}

/* The first page is loaded, every later one only gives its body, so that nothing flickers. */
function show(answer) {
    const page = new DOMParser().parseFromString(answer.page, 'text/html');
    anchors = answer.anchors;
    tame(page);
    if (drawn) {
        const {contentDocument: shown, contentWindow: view} = frame();
        const top = view.scrollY;
        shown.title = page.title;
        shown.body.replaceChildren(...page.body.childNodes);
        if (view.scrollY !== top) {
            view.scrollTo({top, behavior: 'instant'});
        }
        follow();
        return;
    }
    frame().addEventListener('load', () => {
        drawn = true;
        follow();
    }, {once: true});
    frame().srcdoc = `<!doctype html>${page.documentElement.outerHTML}`;
}

/* The id that a link leads to; none where its fragment is broken, such as that of `…/#100%`. */
function idOf(link) {
    try {
        return decodeURIComponent(link.hash.slice(1));
    } catch {
        return '';
    }
}

/* Links within the page scroll the frame; the others ask for a new window, which the sandbox
   refuses, so that none leads away from the preview. */
function tame(page) {
    for (const script of page.querySelectorAll('script')) {
        script.remove(); // the frame would refuse it, and say so on the console
    }
    for (const link of page.links) {
        const isInside = page.getElementById(idOf(link)) !== null;
        link.target = isInside ? '_self' : '_blank';
        if (isInside) {
            link.setAttribute('href', `about:srcdoc${link.hash}`);
        }
    }
}

/* Where the frame shows what is edited in the form. */
function place() {
    const shown = frame().contentDocument;
    const row = edited?.closest('[data-article]');
    const name = edited?.name?.split('-').at(-1);
    if (!row) {
        return shown.querySelector(name === 'introduction' ? '.introduction' : '.issue-head');
    }
    const story = row.id in anchors ? shown.getElementById(anchors[row.id]) : null;
    if (!TEXTS.includes(name)) {
        return story?.querySelector(PARTS[name] || 'header') || story;
    }
    const before = TEXTS.slice(0, TEXTS.indexOf(name));
    const index = before.filter(text => row.querySelector(`[name$="-${text}"]`).value.trim()).length;
    return story?.querySelectorAll('.implications > div')[index] || story;
}

function follow() {
    const part = drawn && edited ? place() : null;
    if (part) {
        reveal(part);
    }
}

/* Only the frame scrolls; scrollIntoView() would scroll the form as well. */
function reveal(part) {
    const view = frame().contentWindow;
    const {top, bottom, height} = part.getBoundingClientRect();
    const room = view.innerHeight;
    if ((top >= 0 && bottom <= room) || (height > room && top < room / 2 && bottom > room / 2)) {
        return;
    }
    const calm = window.matchMedia('(prefers-reduced-motion: reduce)').matches;
    const margin = Math.max(16, (room - height) / 3);
    view.scrollTo({top: view.scrollY + top - margin, behavior: calm ? 'instant' : 'smooth'});
}

document.addEventListener('focusin', event => {
    if (pane() && form().contains(event.target) && event.target.matches('input, textarea, select')) {
        edited = event.target;
        follow();
    }
});

deskForms.onTyping(schedule, 'preview:opened');
})();
