# One way to declare each of our targets, so that warnings, sanitizers and the
# precompiled header are set in one place.

set(WHORL_WARNINGS -Wall -Wextra -Wpedantic -Werror -Wno-unused-parameter
    -Wno-c++20-extensions)

function(whorl_target_options target)
  target_compile_options(${target} PRIVATE ${WHORL_WARNINGS})
  if(WHORL_SANITIZE)
    target_compile_options(${target} PRIVATE -fsanitize=address,undefined
                           -fno-sanitize=vptr,function -fno-omit-frame-pointer)
    target_link_options(${target} PUBLIC -fsanitize=address,undefined)
  endif()
endfunction()

# whorl_library(NAME SOURCES... [DEPENDS tablegen...] [LINK libs...])
# A static library on top of the shared libMLIR. The first library that is
# declared builds the precompiled header of the MLIR core, all others reuse it.
function(whorl_library name)
  cmake_parse_arguments(ARG "" "" "DEPENDS;LINK" ${ARGN})
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
  else()
    target_precompile_headers(${name} REUSE_FROM WhorlIR)
  endif()
  set_property(GLOBAL APPEND PROPERTY WHORL_LIBRARIES ${name})
endfunction()
