# One way to declare each of our targets, so that warnings, sanitizers and the
# precompiled header are set in one place.

set(WHORL_WARNINGS -Wall -Wextra -Wpedantic -Werror -Wno-unused-parameter
    -Wno-c++20-extensions)

function(whorl_target_options target)
  target_compile_options(${target} PRIVATE ${WHORL_WARNINGS}
    $<$<COMPILE_LANGUAGE:CXX>:-fno-exceptions> $<$<COMPILE_LANGUAGE:CXX>:-fno-rtti>)
  if(WHORL_SANITIZE)
    target_compile_options(${target} PRIVATE -fsanitize=address,undefined
                           -fno-sanitize=vptr,function -fno-omit-frame-pointer)
    target_link_options(${target} PUBLIC -fsanitize=address,undefined)
  endif()
endfunction()

# whorl_library(NAME SOURCES... [NO_MLIR] [NO_EXPORT] [DEPENDS tablegen...] [LINK libs...])
# A static library on top of the shared libMLIR. The first library that is
# declared builds the precompiled header of the MLIR core, all others reuse it,
# except those with NO_MLIR. Libraries of our tools alone are not installed:
# NO_EXPORT.
function(whorl_library name)
  cmake_parse_arguments(ARG "NO_MLIR;NO_EXPORT" "" "DEPENDS;LINK" ${ARGN})
  add_library(${name} STATIC ${ARG_UNPARSED_ARGUMENTS})
  whorl_target_options(${name})
  target_link_libraries(${name} PUBLIC ${ARG_LINK})
  if(ARG_DEPENDS)
    add_dependencies(${name} ${ARG_DEPENDS})
  endif()
  if(name STREQUAL "WhorlIR")
    target_precompile_headers(${name} PRIVATE
      ${PROJECT_SOURCE_DIR}/cmake/Precompiled.h)
    # The same sources make the same file, which ccache relies on.
    target_compile_options(${name} PRIVATE
      "$<$<CXX_COMPILER_ID:Clang>:SHELL:-Xclang -fno-pch-timestamp>")
  elseif(NOT ARG_NO_MLIR)
    target_precompile_headers(${name} REUSE_FROM WhorlIR)
  endif()
  if(NOT ARG_NO_EXPORT)
    set_property(GLOBAL APPEND PROPERTY WHORL_LIBRARIES ${name})
  endif()
endfunction()

# whorl_tool(NAME SOURCES... [LINK libs...] [MLIR_LINK libs...])
# An installed program. MLIR_LINK names MLIR's libraries that libMLIR may hold.
function(whorl_tool name)
  cmake_parse_arguments(ARG "" "" "LINK;MLIR_LINK" ${ARGN})
  add_executable(${name} ${ARG_UNPARSED_ARGUMENTS})
  set_target_properties(${name} PROPERTIES
    RUNTIME_OUTPUT_DIRECTORY ${LLVM_RUNTIME_OUTPUT_INTDIR})
  whorl_target_options(${name})
  target_link_libraries(${name} PRIVATE ${ARG_LINK})
  mlir_target_link_libraries(${name} PRIVATE ${ARG_MLIR_LINK})
  target_link_libraries(${name} PRIVATE LLVM)
  install(TARGETS ${name} RUNTIME DESTINATION bin)
endfunction()
