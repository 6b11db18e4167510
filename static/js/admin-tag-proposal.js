/* The button that gives a tag to articles says to how many. */
'use strict';
document.addEventListener('change', event => {
    const form = event.target.closest('[data-proposal]');
    const count = form?.querySelectorAll('[name=article]:checked').length;
    for (const button of form?.querySelectorAll('[name=confirm]') || []) {
        button.textContent = button.dataset.text.replace('{count}', count);
    }
});
