#!/bin/sh
# Makes the secrets of compose.yaml in ./secrets, once; what is there already stays.
set -eu
cd "$(dirname "$0")/.."

# The folder keeps other users of this machine out; each container reads its own files as whoever
# it runs as.
mkdir -p secrets backups
chmod 700 secrets
umask 022

password() { # NAME: made if it isn't there
    [ -s "secrets/$1" ] || od -An -N24 -tx1 /dev/urandom | tr -d ' \n' > "secrets/$1"
    cat "secrets/$1"
}

address() { # NAME USER PASSWORD
    # Only these two containers share the network `inside`.
    printf 'postgresql://%s:%s@database:5432/groundswell?sslmode=disable\n' "$2" "$3" > "secrets/$1"
}

password postgres_password > /dev/null
address database_url groundswell "$(password groundswell_password)"
address backup_url groundswell_backup "$(password backup_password)"
[ -e secrets/smtp_url ] || : > secrets/smtp_url
echo "Made ./secrets. Put your mail server's address into secrets/smtp_url, such as"
echo "smtp://user:password@mail.example.com:587; while it is empty, mails are files in the home."
echo "Let the container write backups: chown 10001 backups"
