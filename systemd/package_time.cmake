# Read by CPack: the time that stands in the package is that of the commit, not that of its making.
if(NOT DEFINED ENV{SOURCE_DATE_EPOCH})
    execute_process(COMMAND git -C ${CMAKE_CURRENT_LIST_DIR} log -1 --format=%ct
        OUTPUT_VARIABLE time OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
    if(time)
        set(ENV{SOURCE_DATE_EPOCH} ${time})
    endif()
endif()
