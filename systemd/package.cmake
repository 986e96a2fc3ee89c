# The Debian package: `cmake --build build/release --target package`. Where CALLMIRROR_PORTABLE is set,
# a tarball that needs little of the system is made instead. Both have the same bytes whenever they are
# made from the same commit.
if(NOT CALLMIRROR_PORTABLE)
    # The configuration as the units want it: keys as credentials. Installed by the package only, as
    # `cmake --install` would overwrite one that is there.
    file(READ ${CMAKE_SOURCE_DIR}/config/callmirror.example.toml configuration)
    string(REPLACE "\napi_key_file = " "\n# e.g. api_key_file = " configuration "${configuration}")
    string(REPLACE "\n# e.g. api_key_credential = " "\napi_key_credential = " configuration
        "${configuration}")
    string(REPLACE "# Copy callmirror.example.toml to /etc/callmirror/callmirror.toml, where the Debian package has put it\n# already, name your database and your API key, and run `callmirror check`: it tries everything out and\n# says what to do about what is wrong."
        "# Name your database and put your API key into keys/acme beside this file (chmod 600), then run\n#\n#     sudo systemd-run -Pq -p User=callmirror -p LoadCredential=key:/etc/callmirror/keys callmirror check\n#\n# which tries everything out, as the service would, and says what to do about what is wrong."
        configuration "${configuration}")
    file(CONFIGURE OUTPUT debian/callmirror.toml CONTENT "${configuration}" @ONLY)
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS
        ${CMAKE_SOURCE_DIR}/config/callmirror.example.toml)

    add_custom_command(OUTPUT debian/changelog.gz
        COMMAND ${GZIP} -9nc ${CMAKE_SOURCE_DIR}/CHANGELOG.md > debian/changelog.gz
        DEPENDS ${CMAKE_SOURCE_DIR}/CHANGELOG.md
        VERBATIM)
    add_custom_target(changelog ALL DEPENDS debian/changelog.gz)

    set(only_in_package COMPONENT debian EXCLUDE_FROM_ALL)
    install(FILES ${CMAKE_CURRENT_BINARY_DIR}/debian/callmirror.toml DESTINATION /etc/callmirror
        PERMISSIONS OWNER_READ OWNER_WRITE GROUP_READ ${only_in_package})
    install(DIRECTORY DESTINATION /etc/callmirror/keys
        DIRECTORY_PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE ${only_in_package})
    install(FILES ${CMAKE_CURRENT_BINARY_DIR}/debian/changelog.gz DESTINATION ${CMAKE_INSTALL_DOCDIR}
        ${only_in_package})
endif()
install(FILES debian/copyright DESTINATION ${CMAKE_INSTALL_DOCDIR})

set(CPACK_PACKAGE_NAME callmirror)
set(CPACK_PACKAGE_CONTACT "The callmirror maintainers <maintainers@callmirror.invalid>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "${PROJECT_DESCRIPTION}")
set(CPACK_PACKAGE_DESCRIPTION "A daemon for systemd reads all that the API of a SnapCall account
shows (calls, streams, their events, users, buttons, ...) into tables of
your own database, and keeps them fresh. It reads again what may have
changed, marks as deleted only what is proved to be gone, and never
believes an incomplete read.")
set(CPACK_STRIP_FILES TRUE)
set(CPACK_VERBATIM_VARIABLES TRUE)
set(CPACK_PROJECT_CONFIG_FILE ${CMAKE_CURRENT_SOURCE_DIR}/package_time.cmake)
set(CPACK_PRE_BUILD_SCRIPTS ${CMAKE_CURRENT_SOURCE_DIR}/package_modes.cmake)
set(CPACK_PACKAGE_CHECKSUM SHA256)

if(CALLMIRROR_PORTABLE)
    set(CPACK_GENERATOR TGZ)
    set(CPACK_PACKAGE_FILE_NAME callmirror-${PROJECT_VERSION}-${CMAKE_SYSTEM_PROCESSOR})
else()
    set(CPACK_GENERATOR DEB)
    set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
    set(CPACK_INSTALL_CMAKE_PROJECTS
        "${CMAKE_BINARY_DIR};callmirror;ALL;/" "${CMAKE_BINARY_DIR};callmirror;debian;/")
    set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
    set(CPACK_DEBIAN_PACKAGE_SECTION database)
    set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
    set(CPACK_DEBIAN_PACKAGE_DEPENDS "ca-certificates, systemd | systemd-standalone-sysusers")
    set(CPACK_DEBIAN_PACKAGE_SUGGESTS "postgresql, prometheus")
    set(CPACK_DEBIAN_COMPRESSION_TYPE xz)
    foreach(file postinst prerm postrm conffiles)
        list(APPEND CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA ${CMAKE_CURRENT_SOURCE_DIR}/debian/${file})
    endforeach()
    set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION TRUE)
endif()
include(CPack)
