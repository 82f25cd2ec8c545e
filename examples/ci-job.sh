#!/bin/sh
# A CI job without a keychain: a service signs in, lists what it reaches, and leaves nothing behind.
#   KONEXUS_CLIENT_ID, KONEXUS_CLIENT_SECRET and ISSUER, API_BASE come from the job's secrets and settings.
# Secrets are named, never written on a command line; the vault is a file with a passphrase that lives as long as the job.
set -eu
LATCHKEY_HOME=$(mktemp -d)
VAULT_PASSPHRASE=$(head -c 32 /dev/urandom | base64)
export LATCHKEY_HOME VAULT_PASSPHRASE
vault='--vault file --passphrase-env VAULT_PASSPHRASE'
trap 'latchkey connections remove ci $vault >&2 || true; rm -rf "$LATCHKEY_HOME"' EXIT

# shellcheck disable=SC2086
latchkey connections add $vault --name ci --provider konexus --environment custom --issuer "$ISSUER" --api-base "$API_BASE" \
  --client-id "$KONEXUS_CLIENT_ID" --client-secret-env KONEXUS_CLIENT_SECRET >&2
# shellcheck disable=SC2086
latchkey login ci $vault >&2
# shellcheck disable=SC2086
latchkey users ci $vault --ndjson
