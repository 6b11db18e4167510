/* "Save" sends the form and stays in the page. Whatever is more than a plain success, such as errors
   or a conflict, is left to the ordinary submission. Without a server the save waits, and is made by
   itself exactly once, with the newest text. */
'use strict';
const deskSaving = (() => {
const FIRST_PAUSE = 2000;
const LONGEST_PAUSE = 60000;
const TIME_LIMIT = 30000;
const LATER = [408, 429];
const form = () => document.querySelector('[data-guard]')?.closest('form');
const told = () => document.querySelector('[data-save-told]');
let job = null; // the save under way: its button, and what was sent
let isSending = false;
let isOrdinary = false;
let timer = 0;

function isInPlace(button) {
    const isStored = document.querySelector('[data-drafts]')?.dataset.digest;
    if (!isStored || isOrdinary || document.querySelector('.problems')) {
        return false;
    }
    return button === '_continue' || (button === '_save' && deskQuestion.mayAsk());
}

document.addEventListener('submit', event => {
    const pressed = event.submitter?.name || '_continue';
    const button = pressed === '_continue' ? deskQuestion.asker() : pressed;
    if (event.target === form() && isInPlace(button)) {
        event.preventDefault();
        event.stopImmediatePropagation();
        start(button);
    }
}, {capture: true});

function start(button) {
    if (job && !job.isWaiting) {
        job.next = button;
        return;
    }
    clearTimeout(timer);
    job = {...job, button, isWaiting: false, pause: FIRST_PAUSE};
    deskLine.hold(true);
    deskLine.say('saving');
    attempt();
}

/* An earlier attempt may have been saved without our hearing of it. Then it is sent again, which
   changes nothing, before what was typed since. */
async function attempt() {
    clearTimeout(timer);
    if (isSending || !job) {
        return;
    }
    isSending = true;
    if (job.sent && job.sent.state !== deskDrafts.state()) {
        const fate = await deskDrafts.fate();
        job.sent = fate === 'open' ? null : job.sent;
        if (fate === 'away') {
            isSending = false;
            wait();
            return;
        }
    }
    job.sent ||= take();
    const {response, answer} = await send();
    const page = answer?.saved ? await deskRefresh.load() : null;
    isSending = false;
    if (!response || response.status >= 500 || LATER.includes(response.status) || (answer?.saved && !page)) {
        wait();
    } else if (page) {
        finish(answer, page);
    } else {
        refused(response, answer);
    }
}

function take() {
    const body = new URLSearchParams(new FormData(form()));
    body.set(job.button, '1');
    deskDrafts.begin();
    return {state: deskDrafts.state(), body};
}

/* The response and what it says in JSON, if it does; nothing if the server is away, even after it began
   to answer. */
async function send() {
    const {body} = job.sent;
    body.set('csrfmiddlewaretoken', deskForms.token());
    try {
        const response = await fetch(location.pathname, {
            method: 'POST',
            body,
            headers: {Accept: 'application/json'},
            signal: AbortSignal.timeout(TIME_LIMIT),
        });
        const text = await response.text();
        const isJson = /json/.test(response.headers.get('Content-Type'));
        return {response, answer: isJson ? JSON.parse(text) : null};
    } catch (error) {
        if (!['TypeError', 'AbortError', 'TimeoutError', 'SyntaxError'].includes(error.name)) {
            throw error;
        }
        return {};
    }
}

function wait() {
    deskLine.say(deskDrafts.keep() ? 'pending' : 'nowhere');
    timer = setTimeout(attempt, job.pause);
    Object.assign(job, {isWaiting: true, hasWaited: true, pause: Math.min(2 * job.pause, LONGEST_PAUSE)});
}

function finish(answer, page) {
    const {sent, next, button, hasWaited} = job;
    const wasTyped = deskDrafts.state() !== sent.state;
    job = null;
    deskQuestion.close();
    deskRefresh.all(page, answer, new Map(JSON.parse(sent.state)));
    deskDrafts.saved(wasTyped);
    deskGuard.saved(wasTyped);
    deskLine.hold(false);
    deskLine.say('saved', answer.saved);
    tell(answer.messages);
    document.querySelector('[data-state-news]').hidden = true;
    document.dispatchEvent(new CustomEvent('form:saved'));
    history.replaceState(null, '', location.pathname + location.hash);
    if (next === '_save' || (wasTyped && (next || hasWaited))) {
        start(next || button);
    }
}

/* The sentences of the server, whose links it wrote itself. */
function tell(messages) {
    told().replaceChildren(...messages.map(({level, html}) => {
        const item = document.createElement('p');
        item.className = level;
        item.innerHTML = html;
        return item;
    }));
}

/* Nobody is taken from the text while writing: after a wait, a button leads to what is to be mended. */
function refused(response, answer) {
    const {button, hasWaited} = job;
    job = null;
    deskLine.hold(false);
    if (answer?.address) {
        deskDrafts.saved(false);
        deskGuard.saved(false);
        location.assign(answer.address);
    } else if (hasWaited) {
        deskDrafts.keep();
        deskLine.say(response.status === 401 ? 'login' : 'refused');
    } else if (answer?.question) {
        deskDrafts.resume();
        deskLine.say('unsaved');
        deskQuestion.ask(answer.question, button);
    } else {
        submit(button);
    }
}

function submit(button) {
    deskDrafts.resume();
    isOrdinary = true;
    form().requestSubmit(form().querySelector(`[name=${button}]`));
    isOrdinary = false;
}

document.addEventListener('click', event => {
    if (event.target.closest?.('[data-save-mend]')) {
        start('_continue');
    }
});

window.addEventListener('online', () => {
    if (job?.isWaiting) {
        job.pause = FIRST_PAUSE;
        attempt();
    }
});

return {isBusy: () => Boolean(job)};
})();
