/* A button that prints the page. Without this script, the browser's own menu does. */
'use strict';
document.addEventListener('DOMContentLoaded', () => {
    const place = document.querySelector('[data-print]');
    place.hidden = false;
    place.querySelector('button').addEventListener('click', () => print());
});
