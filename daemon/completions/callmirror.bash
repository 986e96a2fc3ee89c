# Completes callmirror's commands and options in bash; needs nothing but bash itself.
_callmirror() {
    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} words= each
    local command= second=
    for each in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
        case $each in
        run | backfill | check | status | fields | deletes | migrate) [[ -n $command ]] || command=$each ;;
        list | accept) [[ $command = deletes ]] && second=$each ;;
        esac
    done
    case $before in
    --config)
        compopt -o filenames 2>/dev/null
        mapfile -t COMPREPLY < <(compgen -f -- "$word")
        return
        ;;
    --resource)
        words="calls partner_calls partner_stats streams stream_events buttons users teams roles
            invites schedule_templates booking_pages integrations agents"
        ;;
    --progress) words="auto plain none" ;;
    --account | --from | --to) return ;;
    *)
        case $command in
        "") words="run backfill check status fields deletes migrate --help --version" ;;
        run | check) words="--config --help" ;;
        backfill) words="--config --account --resource --from --to --again --plan --progress --help" ;;
        status) words="--config --json --help" ;;
        fields) words="--config --account --resource --json --help" ;;
        migrate) words="--config --print --help" ;;
        deletes)
            words="--config --help list accept"
            [[ -z $second ]] || words="--config --account --resource --help"
            ;;
        esac
        ;;
    esac
    mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")
}
complete -F _callmirror callmirror
