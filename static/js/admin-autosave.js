/* What is typed is kept on the server as a working copy every few seconds, and in this browser at
   once, for when the server is away. Neither changes the digest; both are offered when the form is
   opened again. One request at a time, so that a slow line never keeps an older state. */
'use strict';
const deskDrafts = (() => {
const LOCAL_DELAY = 300;
const SEND_DELAY = 2000;
const SEND_AT_LATEST = 10000;
const RETRY_DELAY = 10000;
const TIME_LIMIT = 30000;
const DAYS = 7 * 24 * 60 * 60 * 1000;
const MAX_LOCAL = 2000000; // characters
const MAX_KEEPALIVE = 60000; // bytes; browsers send no more while a page closes
const PREFIX = 'desk-draft:';
const OWN = ['csrfmiddlewaretoken', 'form_key', 'copy_key'];

const settings = () => document.querySelector('[data-drafts]');
const form = () => settings().closest('form');
const input = name => form().querySelector(`input[name=${name}]`);
const key = () => input('copy_key')?.value || input('form_key').value;
const localName = () => `${PREFIX}${location.pathname}:${key()}`;
let sequence = 0;
let seen = ''; // the last state looked at
let sent = ''; // the last state that the server has
let dirtySince = 0;
let isSending = false;
let isLeaving = false;
let isPaused = false; // while the form is saved in place
let sending = null; // what gives up the request under way
let isClosed = false; // whether a save of this form was heard of since it was sent last
let localTimer = 0;
let sendTimer = 0;

/* The whole form as text, without what belongs to the page. */
function state() {
    const fields = [...new FormData(form())].filter(([name]) => !OWN.includes(name));
    return JSON.stringify(fields);
}

function freshKey() {
    const hex = [...crypto.getRandomValues(new Uint8Array(16))]
        .map(byte => byte.toString(16).padStart(2, '0')).join('');
    return hex.replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12})$/, '$1-$2-4$3-8$4-$5');
}

function useKey(value) {
    let field = input('copy_key');
    if (!field) {
        field = Object.assign(document.createElement('input'), {type: 'hidden', name: 'copy_key'});
        form().append(field);
    }
    field.value = value;
}

/* This browser's copy */

function readLocal(name) {
    try {
        return JSON.parse(localStorage.getItem(name));
    } catch (error) {
        if (!['SyntaxError', 'SecurityError'].includes(error.name)) {
            throw error;
        }
        return null;
    }
}

function writeLocal(text, marks = {}) {
    try {
        if (text.length > MAX_LOCAL) {
            return false;
        }
        const entry = {at: Date.now(), state: text, isKept: false, isSubmitted: false, ...marks};
        localStorage.setItem(localName(), JSON.stringify(entry));
        return true;
    } catch (error) {
        if (!['QuotaExceededError', 'SecurityError'].includes(error.name)) {
            throw error;
        }
        return false;
    }
}

function localNames(start) {
    try {
        return Object.keys(localStorage).filter(name => name.startsWith(start));
    } catch (error) {
        if (error.name !== 'SecurityError') {
            throw error;
        }
        return [];
    }
}

function forget(name) {
    try {
        localStorage.removeItem(name);
    } catch (error) {
        if (error.name !== 'SecurityError') {
            throw error;
        }
    }
}

/* Forget what is old, and what is known to have been saved. */
function tidyLocal() {
    const closed = settings().dataset.closed.split(' ');
    for (const name of localNames(PREFIX)) {
        const entry = readLocal(name);
        const isSaved = entry?.isSubmitted && closed.includes(name.split(':').at(-1));
        if (!entry || isSaved || Date.now() - entry.at > DAYS) {
            localStorage.removeItem(name);
        }
    }
}

/* The text alone: places and versions differ without anybody having typed. */
function words(text) {
    const isWord = ([name, value]) => value && !['version', 'taken_suggestions'].includes(name) && !/-(ORDER|uid|assignee_was|is_ready_was)$|_FORMS$/.test(name);
    return JSON.stringify(JSON.parse(text).filter(isWord));
}

function offerLocal() {
    const kept = localNames(`${PREFIX}${location.pathname}:`)
        .filter(name => name !== localName())
        .map(name => ({name, ...readLocal(name)}))
        .filter(entry => !entry.isKept && words(entry.state) !== words(state()))
        .sort((one, other) => other.at - one.at);
    const notice = document.querySelector('[data-local-offer]');
    if (!kept.length || !notice) {
        return;
    }
    const [entry] = kept;
    const time = new Date(entry.at).toLocaleString(document.documentElement.lang, {dateStyle: 'short', timeStyle: 'short'});
    notice.querySelector('[data-local-time]').textContent = time;
    notice.hidden = false;
    for (const older of document.querySelectorAll('[data-offer]')) {
        older.hidden = older.dataset.offer === entry.name.split(':').at(-1);
    }
    notice.querySelector('[data-local-discard]').addEventListener('click', () => {
        localStorage.removeItem(entry.name);
        notice.hidden = true;
    });
    notice.querySelector('[data-local-take]').addEventListener('click', () => takeUp(entry));
}

/* The server fills in forms: it gets the copy under a key of its own, and opens the page with it. */
async function takeUp(entry) {
    const copy = freshKey();
    const response = await post(entry.state, copy, 1);
    if (response?.ok) {
        localStorage.removeItem(entry.name);
        isLeaving = true;
        location.assign(`?copy=${copy}`);
    } else {
        deskLine.tell('away');
    }
}

/* The server's copy */

function post(text, copy, number, options = {}) {
    const query = new URLSearchParams({sequence: number});
    if (settings().dataset.digest) {
        query.set('digest', settings().dataset.digest);
    }
    return fetch(`${settings().dataset.drafts}?${query}`, {
        method: 'POST',
        body: new URLSearchParams([...JSON.parse(text), ['copy_key', copy]]),
        headers: {'Accept': 'application/json', 'X-CSRFToken': deskForms.token()},
        ...options,
    }).catch(error => {
        if (!['TypeError', 'AbortError', 'TimeoutError'].includes(error.name)) {
            throw error;
        }
        return null; // the server is away
    });
}

async function send() {
    clearTimeout(sendTimer);
    if (isSending || isPaused || deskForms.isComposing() || isLeaving) {
        return; // whatever it waits for calls again
    }
    const text = state();
    if (text === sent) {
        dirtySince = 0;
        return;
    }
    isSending = true;
    sequence += 1;
    sending = new AbortController();
    const signal = AbortSignal.any([sending.signal, AbortSignal.timeout(TIME_LIMIT)]);
    const response = await post(text, key(), sequence, {signal});
    const answer = await response?.json().catch(() => null);
    isSending = false;
    if (isLeaving || isPaused) {
        return;
    }
    if (response?.ok && answer) {
        sent = text;
        dirtySince = 0;
        deskLine.tell('kept', answer.text);
        if (text === state()) {
            writeLocal(text, {isKept: true});
        } else {
            plan();
        }
    } else if (response?.status === 409) {
        const saved = localName();
        isClosed = true;
        useKey(freshKey());
        sequence = 0;
        if (writeLocal(state())) {
            forget(saved);
        }
        plan();
    } else {
        failed(text, response, answer);
    }
}

function failed(text, response, answer) {
    const isLocal = writeLocal(text);
    if (response?.status === 413) {
        deskLine.tell('unkept', answer?.error);
        return;
    }
    deskLine.tell(!isLocal ? 'unkept' : response?.status === 401 ? 'login' : 'away');
    sendTimer = setTimeout(send, RETRY_DELAY);
}

/* What a save in place needs */

/* The form is being sent: a copy that comes after it would be one of a closed form. */
function begin() {
    look();
    isClosed = false;
    isPaused = true;
    sending?.abort();
    writeLocal(seen, {isSubmitted: true});
}

function resume() {
    isPaused = false;
    plan();
}

/* Whether the form that was sent last is saved: then its copy is closed. The present text is kept on
   the way: 'closed', 'open', or 'away' if the server is. */
async function fate() {
    while (isSending) {
        await new Promise(done => setTimeout(done, LOCAL_DELAY));
    }
    look();
    const text = seen;
    sequence += 1;
    isSending = true;
    const response = isClosed ? null : await post(text, key(), sequence, {signal: AbortSignal.timeout(TIME_LIMIT)});
    isSending = false;
    isClosed ||= response?.status === 409;
    if (response?.ok) {
        sent = text;
    }
    plan();
    return isClosed ? 'closed' : response?.ok ? 'open' : 'away';
}

/* Keep the text in this browser; returns whether that worked. */
function keep() {
    resume();
    look();
    return writeLocal(seen);
}

/* The form is saved, and goes on under a key of its own; `isTyped` says whether something was typed
   since it was sent. */
function saved(isTyped) {
    isPaused = false;
    clearTimeout(sendTimer);
    forget(localName());
    useKey(freshKey());
    sequence = 0;
    dirtySince = 0;
    seen = sent = state();
    if (isTyped) {
        sent = '';
        writeLocal(seen);
        plan();
    }
}

/* When to do which */

function plan() {
    dirtySince ||= Date.now();
    clearTimeout(sendTimer);
    sendTimer = setTimeout(send, Math.max(0, Math.min(SEND_DELAY, dirtySince + SEND_AT_LATEST - Date.now())));
}

function look() {
    clearTimeout(localTimer);
    localTimer = 0;
    const now = state();
    if (now !== seen && !isLeaving) {
        seen = now;
        writeLocal(now);
        deskLine.typed();
        renewToken();
        plan();
    }
}

function soon() {
    localTimer ||= setTimeout(look, LOCAL_DELAY);
}

function part() {
    if (isLeaving) {
        return;
    }
    look();
    if (seen !== sent) {
        const size = new Blob([new URLSearchParams(JSON.parse(seen)).toString()]).size;
        if (size < MAX_KEEPALIVE) {
            sequence += 1;
            post(seen, key(), sequence, {keepalive: true});
        }
    }
}

document.addEventListener('DOMContentLoaded', () => {
    if (!settings()) {
        return;
    }
    sequence = Number(settings().dataset.sequence);
    seen = sent = state();
    tidyLocal();
    if ('refused' in settings().dataset) {
        sent = '';
        writeLocal(seen);
        plan();
    } else {
        offerLocal();
    }
    for (const name of ['input', 'change', 'click', 'keyup', 'pointerup', 'formset:added', 'articles:moved']) {
        document.addEventListener(name, soon);
    }
    document.addEventListener('compositionend', () => {
        soon();
        plan();
    });
    document.addEventListener('visibilitychange', () => document.visibilityState === 'hidden' && part());
    window.addEventListener('pagehide', part);
    window.addEventListener('online', send);
    window.addEventListener('focus', renewToken);
    window.addEventListener('pageshow', () => {
        isLeaving = false;
    });
    form().addEventListener('submit', event => {
        if (!event.defaultPrevented) {
            look();
            writeLocal(state(), {isSubmitted: true});
            renewToken();
            isLeaving = true;
        }
    });
});

/* A login in another tab has changed the token of this site's own pages. */
function renewToken() {
    input('csrfmiddlewaretoken').value = deskForms.token();
}

return {state, begin, resume, fate, keep, saved};
})();
