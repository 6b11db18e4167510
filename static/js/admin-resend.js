/* After a new login: what was typed goes on by itself. The button stays for where it cannot. */
'use strict';
document.addEventListener('DOMContentLoaded', () => {
    const [entry] = performance.getEntriesByType('navigation');
    if (entry?.type !== 'back_forward' && entry?.type !== 'reload') {
        document.querySelector('[data-resend]').requestSubmit();
    }
});
