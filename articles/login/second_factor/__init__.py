"""The second factor of an account: authenticator apps (TOTP, RFC 6238), passkeys (WebAuthn) and
recovery codes. Every change is recorded in the audit trail."""
