# Completes callmirror's commands and options in fish.
set -l commands run backfill check status fields deletes migrate
set -l resources calls partner_calls partner_stats streams stream_events buttons users teams roles \
    invites schedule_templates booking_pages integrations agents
set -l narrowed "__fish_seen_subcommand_from backfill fields list accept"

complete -c callmirror -f
complete -c callmirror -s h -l help -d "Show help"
complete -c callmirror -n "not __fish_seen_subcommand_from $commands" -l version -d "Show the version"
complete -c callmirror -n "not __fish_seen_subcommand_from $commands" -a "$commands"
complete -c callmirror -n "__fish_seen_subcommand_from deletes; and not __fish_seen_subcommand_from list accept" -a "list accept"
complete -c callmirror -n "__fish_seen_subcommand_from $commands" -l config -rF -d "The configuration"
complete -c callmirror -n "$narrowed" -l account -x -d "This account only"
complete -c callmirror -n "$narrowed" -l resource -xa "$resources" -d "This resource only"
complete -c callmirror -n "__fish_seen_subcommand_from backfill" -l from -x -d "Records from this date on"
complete -c callmirror -n "__fish_seen_subcommand_from backfill" -l to -x -d "Records before this date"
complete -c callmirror -n "__fish_seen_subcommand_from backfill" -l again -d "Read once more what was read before"
complete -c callmirror -n "__fish_seen_subcommand_from backfill" -l plan -d "Write nothing; say how much there is"
complete -c callmirror -n "__fish_seen_subcommand_from backfill" -l progress -xa "auto plain none"
complete -c callmirror -n "__fish_seen_subcommand_from status fields" -l json -d "The same for machines"
complete -c callmirror -n "__fish_seen_subcommand_from migrate" -l print -d "Print the SQL instead"
