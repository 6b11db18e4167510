/* Buttons that copy the text of a field, and say so in their section. Without this script, the field
   is there to be selected by hand. */
'use strict';
(() => {
async function copy(field) {
    field.select();
    try {
        await navigator.clipboard.writeText(field.value);
    } catch (error) {
        // No permission, or no clipboard at all on a page that came without HTTPS.
        if (!['NotAllowedError', 'TypeError'].includes(error.name)) {
            throw error;
        }
        return document.execCommand('copy');
    }
    return true;
}

document.addEventListener('DOMContentLoaded', () => {
    for (const button of document.querySelectorAll('[data-copy-field]')) {
        button.hidden = false;
    }
});

document.addEventListener('click', async event => {
    const button = event.target.closest('[data-copy-field]');
    if (button) {
        const isCopied = await copy(document.getElementById(button.dataset.copyField));
        const status = button.closest('section').querySelector('[data-copy-state]');
        status.textContent = isCopied ? button.dataset.textCopied : button.dataset.textFailed;
        status.scrollIntoView({block: 'nearest'});
    }
});
})();
