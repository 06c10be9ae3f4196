# What `cmake --install` leaves behind, and how another project finds it:
#   find_package(Whorl CONFIG) then link Whorl::WhorlPipelines (or any other).
# Tools and the plugin install themselves where they are declared.

include(CMakePackageConfigHelpers)

get_property(WHORL_LIBRARIES GLOBAL PROPERTY WHORL_LIBRARIES)
set(WHORL_CMAKE_DIR lib/cmake/Whorl)

foreach(library ${WHORL_LIBRARIES})
  target_include_directories(${library} INTERFACE $<INSTALL_INTERFACE:include>)
endforeach()
install(TARGETS ${WHORL_LIBRARIES} EXPORT WhorlTargets
        ARCHIVE DESTINATION lib)
install(EXPORT WhorlTargets NAMESPACE Whorl:: DESTINATION ${WHORL_CMAKE_DIR})

# Headers, TableGen definitions, and what TableGen made of them.
install(DIRECTORY dialect/Whorl include/Whorl DESTINATION include
        FILES_MATCHING PATTERN "*.h" PATTERN "*.td")
install(DIRECTORY ${PROJECT_BINARY_DIR}/dialect/Whorl
        ${PROJECT_BINARY_DIR}/include/Whorl DESTINATION include
        FILES_MATCHING PATTERN "*.h.inc"
        PATTERN "CMakeFiles" EXCLUDE)
install(FILES LICENSE DESTINATION share/doc/whorl)

set(WHORL_INSTALL_INCLUDE include)
configure_package_config_file(cmake/WhorlConfig.cmake.in
  ${PROJECT_BINARY_DIR}/WhorlConfig.cmake
  INSTALL_DESTINATION ${WHORL_CMAKE_DIR}
  PATH_VARS WHORL_INSTALL_INCLUDE)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/WhorlConfigVersion.cmake
  COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/WhorlConfig.cmake
  ${PROJECT_BINARY_DIR}/WhorlConfigVersion.cmake
  DESTINATION ${WHORL_CMAKE_DIR})
