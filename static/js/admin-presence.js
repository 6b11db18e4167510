/* Who else has this digest open, and at which article. Nothing is locked. The answer also has what
   programs suggest and the state of the digest, for whoever listens to `presence:answered`. One's own
   other tabs are nobody else: they tell each other. */
'use strict';
(() => {
const EVERY = 15000;
const line = () => document.querySelector('[data-presence]');
let place = '';
let timer = 0;

const uidOf = row => row.querySelector('[name$="-uid"]').value;

async function beat() {
    clearTimeout(timer);
    timer = setTimeout(beat, EVERY);
    if (document.visibilityState !== 'visible') {
        return;
    }
    const asked = performance.now();
    try {
        const response = await fetch(line().dataset.presence, {
            method: 'POST',
            body: new URLSearchParams({
                article: place,
                suggestions: line().dataset.suggestions ?? '',
                state: line().dataset.state,
            }),
            headers: {'Accept': 'application/json', 'X-CSRFToken': deskForms.token()},
        });
        const answer = response.ok ? await response.json() : null;
        show(answer?.others ?? []);
        if (response.status === 404) {
            document.dispatchEvent(new CustomEvent('presence:gone'));
        }
        if (answer) {
            ring(answer.unseen);
            document.dispatchEvent(new CustomEvent('presence:answered', {detail: {...answer, asked}}));
        }
    } catch (error) {
        if (!['TypeError', 'AbortError', 'SyntaxError'].includes(error.name)) {
            throw error;
        }
        show([]); // nobody is heard of while the server is away
    }
}

/* The bell in the head of the page counts along. */
function ring(count) {
    const bell = document.querySelector('[data-bell]');
    if (bell) {
        bell.querySelector('b').textContent = count;
        bell.hidden = !count;
    }
}

function show(others) {
    const text = others.map(other => other.text).join(' · ');
    if (line().textContent !== text) {
        line().textContent = text;
    }
    line().hidden = !others.length;
    for (const row of document.querySelectorAll('[data-article]')) {
        const here = others.filter(other => other.article && other.article === uidOf(row));
        const mark = row.querySelector('[data-present]');
        mark.textContent = here.map(other => other.name).join(', ');
        mark.hidden = !here.length;
    }
}

let tabs = null;

function meetTabs() {
    tabs = new BroadcastChannel(line().dataset.presence);
    tabs.onmessage = ({data}) => {
        document.querySelector('[data-other-tab]').hidden = data === 'gone';
        if (data !== 'here') {
            tabs.postMessage(data === 'gone' ? 'who' : 'here');
        }
    };
    tabs.postMessage('who');
}

window.addEventListener('pageshow', () => line() && meetTabs());
window.addEventListener('pagehide', () => {
    tabs?.postMessage('gone');
    tabs?.close(); // a page with an open channel would not be kept for the way back
});

document.addEventListener('DOMContentLoaded', () => {
    if (!line()) {
        return;
    }
    timer = setTimeout(beat, 1000);
    document.addEventListener('focusin', event => {
        const row = event.target.closest?.('[data-article]');
        if (row && uidOf(row) !== place) {
            place = uidOf(row);
            clearTimeout(timer);
            timer = setTimeout(beat, 500);
        }
    });
    document.addEventListener('form:saved', beat);
    document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && beat());
});
})();
