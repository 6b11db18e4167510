/* What the bar of an article says of its assignee and its ready mark while it is folded. */
'use strict';
(() => {
function describe(row) {
    const assignee = row.querySelector('[name$="-assignee"]');
    const ready = row.querySelector('[name$="-is_ready"]');
    if (assignee) {
        const chosen = assignee.selectedOptions[0];
        row.querySelector('[data-fact=assignee]').textContent = chosen?.value ? chosen.textContent : '';
    }
    if (ready) {
        row.querySelector('[data-fact=ready]').hidden = !ready.checked;
    }
}

document.addEventListener('change', event => {
    const row = event.target.closest?.('[data-article]');
    if (row && event.target.matches('[name$="-assignee"], [name$="-is_ready"]')) {
        describe(row);
    }
});
})();
