# Run by CPack before it packs: folders are open to all, whatever the umask was, but the keys'.
execute_process(COMMAND find ${CPACK_TEMPORARY_DIRECTORY} -type d ! -path */etc/callmirror/keys
    -exec chmod 755 {} + COMMAND_ERROR_IS_FATAL ANY)
