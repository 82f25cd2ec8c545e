#!/bin/sh
# A cron job: the users of one connection as CSV, one file a day, whole or not at all.
#   30 2 * * *  nightly-users.sh CONNECTION FOLDER
# Exit codes: 3 somebody must sign in again, 4 the provider refused, 5 network, 6 keychain. cron mails what stands on stderr.
set -eu
umask 077
unfinished=$(mktemp "$2/.users.XXXXXX")
trap 'rm -f "$unfinished"' EXIT
latchkey users "$1" --csv >"$unfinished"
mv "$unfinished" "$2/users-$(date +%F).csv"
