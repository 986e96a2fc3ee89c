#!/usr/bin/env bash
# Holds manual pages and completions against the program and the README:
# manuals.sh PROGRAM MANUALS SOURCE
set -euo pipefail
program=$1
manuals=$2
source=$3
failed=0
wrong() {
    printf '%s\n' "$*"
    failed=1
}

# The words that --help offers of one kind: `words Options [COMMAND]`.
words() {
    local kind=$1
    shift
    "$program" "$@" --help | awk -v kind="$kind:" '
        $0 == kind { on = 1; next }
        /^$/ { on = 0 }
        on && /^  [^ ]/ { print $1 }' | tr ',' '\n'
}
has() { grep -qE -- "(^|[^a-z-])$2([^a-z-]|\$)" <<<"$1"; }

for page in callmirror.1 callmirror.toml.5; do
    said=$(groff -man -Tutf8 -ww -z "$manuals/$page" 2>&1)
    [ -z "$said" ] || wrong "$page: groff says: $said"
done
page=$(groff -man -Tascii -P-c "$manuals/callmirror.1" | sed 's/.\x08//g')
completions=$source/daemon/completions

# ---- every command and option

mapfile -t commands < <(words Subcommands)
[ ${#commands[@]} -ge 6 ] || wrong "--help names only ${#commands[@]} commands"
commands+=("deletes list" "deletes accept")
# What the bash completion offers for a command line that ends with a space.
# shellcheck source=daemon/completions/callmirror.bash
. "$completions/callmirror.bash"
offered_by_bash() {
    COMP_WORDS=("$@" "")
    COMP_CWORD=$#
    _callmirror
    printf '%s\n' "${COMPREPLY[@]}"
}
for command in "" "${commands[@]}"; do
    read -ra line <<<"$command"
    if [ -n "$command" ] && [ "$command" != deletes ]; then
        has "$page" "$command" || wrong "callmirror.1 does not have the command $command"
    fi
    mapfile -t options < <(words Options "${line[@]}")
    [ ${#options[@]} -ge 2 ] || wrong "no options found in the help on $command"
    mapfile -t -O ${#options[@]} options < <(words Subcommands "${line[@]}")
    bash_offer=$(offered_by_bash callmirror "${line[@]}")
    for option in "${options[@]}"; do
        has "$page" "$option" || wrong "callmirror.1 does not have $option (of \"$command\")"
        name=${option#--}
        has "$(<"$completions/_callmirror")" "${option/#-h/-h}" || wrong "the zsh completion lacks $option"
        if [ "$option" = -h ]; then continue; fi
        has "$bash_offer" "$option" || wrong "the bash completion lacks $option of \"$command\""
        has "$(<"$completions/callmirror.fish")" "$name" || wrong "the fish completion lacks $option"
    done
    for word in $bash_offer; do # and nothing else
        printf '%s\n' "${options[@]}" | grep -qx -- "$word" ||
            wrong "the bash completion offers $word, which \"$command\" does not have"
    done
done
zsh -n "$completions/_callmirror" || wrong "zsh does not understand its completion"

# ---- every key, and every resource

# shellcheck disable=SC2016 # Markdown's backquotes
keys=$(sed -n 's/^| `\(database\|sync\|http\|log\|accounts\|columns\)\.\([a-z_]*\)` .*/\2/p' "$source/README.md" | sort -u)
[ "$(wc -w <<<"$keys")" -ge 20 ] || wrong "the README's table of keys was not found"
for key in $keys; do
    grep -q "^\\\\fB$key\\\\fR = " "$manuals/callmirror.toml.5" || wrong "callmirror.toml.5 does not have $key"
done
for section in database sync http log accounts columns; do
    grep -q "^\.SH \"\[$section\]\"" "$manuals/callmirror.toml.5" || wrong "callmirror.toml.5 does not have [$section]"
done
resources=$("$program" migrate --print | sed -n 's/^create table snapcall\.\([a-z_]*\).*/\1/p' | sort -u)
[ "$(wc -w <<<"$resources")" -ge 10 ] || wrong "migrate --print names no tables"
for resource in $resources; do
    for file in callmirror.bash _callmirror callmirror.fish; do
        has "$(<"$completions/$file")" "$resource" || wrong "$file does not complete the resource $resource"
    done
done
exit "$failed"
