/* Markdown previews. Everything is delegated, so that rows added later have them too. */
'use strict';
(() => {
const PAUSE = 300; // milliseconds without a key before a preview is asked for
const waiting = new WeakMap();

async function show(box, input) {
    const preview = box.querySelector('[data-preview]');
    const problem = box.querySelector('[data-problem]');
    const asked = input.value;
    try {
        const response = await fetch(box.dataset.previewUrl, {
            method: 'POST',
            redirect: 'error', // a login page is no preview
            headers: {'X-CSRFToken': deskForms.token()},
            body: new URLSearchParams({content: asked}),
        });
        if (!response.ok) {
            throw new Error(String(response.status));
        }
        const html = await response.text();
        if (input.value !== asked) {
            return; // an answer to an older text
        }
        preview.innerHTML = html; // cleaned by the server
        problem.textContent = '';
    } catch {
        problem.textContent = problem.dataset.text;
    }
}

function schedule(event) {
    const box = event.target.closest?.('[data-markdown]');
    if (!box || event.isComposing) {
        return;
    }
    clearTimeout(waiting.get(box));
    waiting.set(box, setTimeout(show, PAUSE, box, event.target));
}

document.addEventListener('input', schedule);
document.addEventListener('compositionend', schedule);
})();
