/* An open form learns that the state of its digest changed: one sentence says so, and the buttons
   become those of the new state. What is typed stays. */
'use strict';
(() => {
const news = () => document.querySelector('[data-state-news]');
const presence = () => document.querySelector('[data-presence]');

function tell(text) {
    news().querySelector('span').textContent = text;
    news().hidden = false;
}

document.addEventListener('presence:answered', async ({detail: {state}}) => {
    if (!news() || !state.text || deskSaving.isBusy()) {
        return; // after a save the page knows the state
    }
    presence().dataset.state = state.name;
    tell(state.text);
    const page = await deskRefresh.load();
    if (page) {
        deskRefresh.heads(page);
    }
});

document.addEventListener('presence:gone', () => {
    if (news()?.hidden) {
        tell(document.querySelector('[data-save-line]').dataset.textDeleted);
        news().querySelector('a').hidden = true;
    }
});
})();
