# Read by CPack. The time that stands in the package is that of the commit, not that of its making.
if(NOT DEFINED ENV{SOURCE_DATE_EPOCH})
    execute_process(COMMAND git -C ${CMAKE_CURRENT_LIST_DIR} log -1 --format=%ct
        OUTPUT_VARIABLE time OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
    if(time)
        set(ENV{SOURCE_DATE_EPOCH} ${time})
    endif()
endif()
# Without this CPack would make a package that depends on no library, and only mention it.
if(CPACK_GENERATOR STREQUAL "DEB")
    find_program(SHLIBDEPS_EXECUTABLE dpkg-shlibdeps)
    if(NOT SHLIBDEPS_EXECUTABLE)
        message(FATAL_ERROR "dpkg-shlibdeps is missing: apt-get install dpkg-dev")
    endif()
endif()
