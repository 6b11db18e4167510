/* The button for a passkey: it asks the browser with the options of the page, puts the answer into the
   form, and sends the form. Bytes travel as Base64 for addresses (Web Authentication, 5.8.3). */
'use strict';
(() => {
const BYTES = ['rawId', 'attestationObject', 'authenticatorData', 'clientDataJSON', 'signature', 'userHandle'];

function toBytes(text) {
    const binary = atob(text.replace(/-/g, '+').replace(/_/g, '/'));
    return Uint8Array.from(binary, character => character.charCodeAt(0));
}

function toText(buffer) {
    const binary = Array.from(new Uint8Array(buffer), byte => String.fromCharCode(byte)).join('');
    return btoa(binary).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');
}

function withBytes(options) {
    const named = list => (list ?? []).map(known => ({...known, id: toBytes(known.id)}));
    const ready = {...options, challenge: toBytes(options.challenge)};
    if (options.user) {
        ready.user = {...options.user, id: toBytes(options.user.id)};
        ready.excludeCredentials = named(options.excludeCredentials);
    } else {
        ready.allowCredentials = named(options.allowCredentials);
    }
    return ready;
}

function asText(credential) {
    const response = {};
    for (const name of BYTES) {
        if (credential.response[name]) {
            response[name] = toText(credential.response[name]);
        }
    }
    if (credential.response.getTransports) {
        response.transports = credential.response.getTransports();
    }
    return JSON.stringify({
        id: credential.id,
        rawId: toText(credential.rawId),
        type: credential.type,
        authenticatorAttachment: credential.authenticatorAttachment,
        clientExtensionResults: credential.getClientExtensionResults(),
        response,
    });
}

async function ask(place) {
    const form = place.closest('form');
    if (!form.reportValidity()) {  // a password that is asked for as well
        return;
    }
    const state = form.querySelector('[data-passkey-state]');
    const button = place.querySelector('button');
    const options = {publicKey: withBytes(JSON.parse(place.dataset.options))};
    state.textContent = state.dataset.textWaiting;
    button.disabled = true;
    try {
        const credential = await navigator.credentials[place.dataset.passkey](options);
        form.elements.credential.value = asText(credential);
    } catch (error) {
        // Given up, too late, a device that is known already, or a site that may have no passkeys.
        if (!(error instanceof DOMException)) {
            throw error;
        }
        state.textContent = state.dataset.textFailed;
        button.disabled = false;
        return;
    }
    form.submit();
}

document.addEventListener('DOMContentLoaded', () => {
    const place = document.querySelector('[data-passkey]');
    if (place && window.PublicKeyCredential) {
        place.hidden = false;
        place.querySelector('button').addEventListener('click', () => ask(place));
    }
});
})();
