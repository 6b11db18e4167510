/* Markdown previews. Everything is delegated, so that rows added later have them too. What changes at
   once, as in a paste, is asked for at once. */
'use strict';
(() => {
const PAUSE = 300; // milliseconds without a key before previews are asked for
const changed = new Set(); // boxes whose text has no preview yet

const ask = deskForms.afterPause(PAUSE, async () => {
    const boxes = [...changed].filter(box => box.isConnected);
    const texts = boxes.map(box => box.querySelector('textarea').value);
    changed.clear();
    let previews = [];
    try {
        const response = await fetch(boxes[0].dataset.previewUrl, {
            method: 'POST',
            redirect: 'error', // a login page is no preview
            headers: {'X-CSRFToken': deskForms.token()},
            body: new URLSearchParams(texts.map(text => ['content', text])),
        });
        previews = response.ok ? (await response.json()).previews : [];
    } catch {
        // The sentence beside each says so.
    }
    boxes.forEach((box, index) => show(box, texts[index], previews[index]));
});

function show(box, text, html) {
    const problem = box.querySelector('[data-problem]');
    if (box.querySelector('textarea').value !== text) {
        return; // an answer to an older text
    }
    problem.textContent = html === undefined || html === null ? problem.dataset.text : '';
    if (!problem.textContent) {
        box.querySelector('[data-preview]').innerHTML = html; // cleaned by the server
    }
}

function schedule(event) {
    const box = event.target.closest?.('[data-markdown]');
    if (box && !event.isComposing) {
        changed.add(box);
        ask();
    }
}

document.addEventListener('input', schedule);
document.addEventListener('compositionend', schedule);
})();
