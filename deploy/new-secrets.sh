#!/bin/sh
# Makes the files that compose.yaml hands over as secrets: random passwords, and an empty file for each setting
# that the operator may fill in. What is there stays as it is.
#
# The folder is closed to all but its owner. The files in it are readable by all, because every container has
# one of them mounted and reads it as a user of its own.
set -eu

folder="$(dirname "$0")/secrets"
mkdir -p "$folder"
chmod 700 "$folder"
umask 022

random() {
    od -An -v -tx1 -N24 /dev/urandom | tr -d ' \n'
}

if [ ! -e "$folder/redis_auth" ]; then
    password="$(random)"
    printf 'redis://:%s@redis:6379/0\n' "$password" >"$folder/yibao_state_url"
    printf 'requirepass %s\n' "$password" >"$folder/redis_auth"
fi

if [ ! -e "$folder/postgres_password" ]; then
    password="$(random)"
    printf 'postgresql://yibao:%s@postgres:5432/yibao\n' "$password" >"$folder/yibao_journal_url"
    printf '%s\n' "$password" >"$folder/postgres_password"
fi

for setting in api_token admin_password wechat_token wechat_aes_key wechat_app_secret wechat_accounts wecom_accounts; do
    [ -e "$folder/yibao_$setting" ] || : >"$folder/yibao_$setting"
done

echo "the secrets are in $folder"
