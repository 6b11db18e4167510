/* What the page of notices shows counts as seen once somebody looks at it. */
'use strict';
(() => {
async function see() {
    const form = document.querySelector('[data-notices-seen]');
    if (!form || document.visibilityState !== 'visible') {
        return;
    }
    document.removeEventListener('visibilitychange', see);
    const response = await fetch(form.getAttribute('action') || location.href, {
        method: 'POST',
        body: new URLSearchParams(new FormData(form)),
        headers: {'Accept': 'application/json'},
    });
    if (response.ok) {
        form.hidden = true;
        document.querySelector('[data-bell]').hidden = true;
    }
}

document.addEventListener('visibilitychange', see);
document.addEventListener('DOMContentLoaded', see);
})();
