/* Pictures of articles are uploaded as soon as they are chosen, dropped or pasted; the form then
   holds their id, which is kept like any typed text. */
'use strict';
(() => {
const TEXTS = ['picture_alt', 'picture_caption', 'picture_credit'];
const TOO_LARGE = 413;
const MAX_BYTES = 10 * 1024 * 1024;
const removed = new WeakMap();
const uploading = new Map(); // boxes and what aborts their upload

const box = element => element?.closest?.('[data-article]')?.querySelector('[data-picture]');
const part = (where, name) => where.querySelector(`[data-picture-${name}]`);
const field = (where, name) => where.querySelector(`[name$="-${name}"]`);
const texts = where => TEXTS.map(name => field(where, name));

function say(where, text) {
    part(where, 'status').textContent = text || '';
}

/* The box as its fields have it. */
function arrange(where) {
    const uid = field(where, 'picture').value;
    const image = part(where, 'image');
    if (uid && !image.src.includes(`/${uid}/`)) {
        image.src = `${where.dataset.upload}${uid}/480.webp`;
    }
    image.hidden = !uid;
    part(where, 'hint').hidden = Boolean(uid);
    part(where, 'tools').hidden = false;
    part(where, 'remove').hidden = !uid;
    part(where, 'undo').hidden = !removed.has(where);
    part(where, 'texts').hidden = !uid && texts(where).every(input => !input.value);
}

function put(where, uid, values) {
    field(where, 'picture').value = uid;
    if (values) {
        texts(where).forEach((input, index) => {
            input.value = values[index];
        });
    }
    arrange(where);
    field(where, 'picture').dispatchEvent(new Event('change', {bubbles: true}));
}

async function upload(where, file) {
    uploading.get(where)?.abort();
    const control = new AbortController();
    uploading.set(where, control);
    where.open = true;
    say(where, where.dataset.textBusy);
    const problem = await send(where, file, control.signal);
    if (uploading.get(where) === control) {
        uploading.delete(where);
        if (problem) {
            say(where, problem);
        }
    }
}

/* Uploads the file and shows it; what went wrong as a sentence, if anything did. */
async function send(where, file, signal) {
    const {textFailed, textLarge, textLogin} = where.dataset;
    if (file.size > MAX_BYTES) {
        return textLarge;
    }
    const body = new FormData();
    body.append('file', file);
    try {
        const response = await fetch(where.dataset.upload, {
            method: 'POST', body, signal, redirect: 'error',
            headers: {'Accept': 'application/json', 'X-CSRFToken': deskForms.token()},
        });
        const answer = await response.json().catch(() => ({}));
        if (response.ok && answer.uid) {
            shown(where, answer);
            return '';
        }
        return response.status === TOO_LARGE ? textLarge : response.status === 401 ? textLogin : answer.error || textFailed;
    } catch (error) {
        if (!['TypeError', 'AbortError'].includes(error.name)) {
            throw error;
        }
        return textFailed;
    }
}

function shown(where, answer) {
    const before = field(where, 'picture').value;
    removed.delete(where);
    part(where, 'image').src = answer.src;
    put(where, answer.uid);
    const alt = field(where, 'picture_alt');
    say(where, before && alt.value ? where.dataset.textReplaced : where.dataset.textDone);
    alt.focus();
    alt.select();
}

function remove(where) {
    removed.set(where, [field(where, 'picture').value, texts(where).map(input => input.value)]);
    put(where, '', TEXTS.map(() => ''));
    say(where, where.dataset.textRemoved);
    part(where, 'undo').focus();
}

function bringBack(where) {
    const [uid, values] = removed.get(where);
    removed.delete(where);
    put(where, uid, values);
    say(where, '');
    part(where, 'choose').focus();
}

const fileIn = transfer => [...(transfer?.files || [])].find(file => file.type.startsWith('image/'));
const hasFiles = event => event.dataTransfer?.types.includes('Files');

document.addEventListener('DOMContentLoaded', () => {
    document.querySelectorAll('[data-picture]').forEach(arrange);
});

document.addEventListener('formset:added', event => {
    const where = event.target.querySelector?.('[data-picture]');
    if (where) {
        arrange(where);
    }
});

document.addEventListener('click', event => {
    const where = event.target.closest?.('[data-picture]');
    const button = event.target.closest?.('button');
    if (where && button?.matches('[data-picture-choose]')) {
        part(where, 'file').click();
    } else if (where && button?.matches('[data-picture-remove]')) {
        remove(where);
    } else if (where && button?.matches('[data-picture-undo]')) {
        bringBack(where);
    }
});

document.addEventListener('change', event => {
    const where = event.target.closest?.('[data-picture]');
    if (where && event.target.matches('[data-picture-file]') && event.target.files.length) {
        upload(where, event.target.files[0]);
        event.target.value = '';
    } else if (where && event.target === field(where, 'picture')) {
        where.open ||= Boolean(event.target.value);
        arrange(where); // a pasted post has brought it
    }
});

/* A file that misses its box would otherwise take the place of the page. */
document.addEventListener('dragover', event => {
    if (hasFiles(event) && document.querySelector('[data-picture]')) {
        event.preventDefault();
        const drop = event.target.closest?.('[data-picture-drop]');
        event.dataTransfer.dropEffect = drop ? 'copy' : 'none';
        document.querySelectorAll('.is-over').forEach(each => each.classList.toggle('is-over', each === drop));
        drop?.classList.add('is-over');
    }
});

document.addEventListener('drop', event => {
    document.querySelectorAll('.is-over').forEach(each => each.classList.remove('is-over'));
    if (hasFiles(event) && document.querySelector('[data-picture]')) {
        event.preventDefault();
        const drop = event.target.closest?.('[data-picture-drop]');
        if (drop && event.dataTransfer.files.length) {
            upload(box(drop), event.dataTransfer.files[0]);
        }
    }
});

/* Of a text copied together with a picture of itself, as word processors do, the text is meant. */
document.addEventListener('paste', event => {
    const where = box(event.target);
    const file = fileIn(event.clipboardData);
    if (where && file && !event.clipboardData.getData('text/plain')) {
        event.preventDefault();
        upload(where, file);
    }
});

window.addEventListener('submit', event => {
    const [where] = uploading.keys();
    if (where && event.target.contains(where)) {
        event.preventDefault();
        event.stopImmediatePropagation();
        say(where, where.dataset.textWait);
        where.scrollIntoView({block: 'nearest'});
    }
}, {capture: true});
})();
