# The kinds of plugins, as r50/plugin.h lists them: in this tree, or in an installed prefix.
function(r50_plugin_kinds result)
  foreach(include IN ITEMS ../include ../../../include)
    set(header "${CMAKE_CURRENT_FUNCTION_LIST_DIR}/${include}/r50/plugin.h")
    if(EXISTS "${header}")
      file(READ "${header}" text)
      string(REGEX MATCHALL "X\\([a-z]+," kinds "${text}")
      list(TRANSFORM kinds REPLACE "[^a-z]" "")
      set(${result} ${kinds} PARENT_SCOPE)
      return()
    endif()
  endforeach()
  message(FATAL_ERROR "r50/plugin.h is not found from ${CMAKE_CURRENT_FUNCTION_LIST_DIR}")
endfunction()

# r50_add_plugin(KIND NAME SOURCE... [LIBRARIES target...])
#
# Builds r50_KIND_NAME.so from the sources. The same function serves this tree and projects that
# find r50 by find_package. LIBRARIES are the plugin's own (libjpeg, ...); the core comes by itself.
# `cmake --install` puts the plugin into PREFIX/lib/r50/plugins, where an r50 of that prefix finds
# it.
function(r50_add_plugin kind name)
  cmake_parse_arguments(ARG "" "" "LIBRARIES" ${ARGN})
  r50_plugin_kinds(kinds)
  if(NOT kind IN_LIST kinds)
    message(FATAL_ERROR "r50_add_plugin: '${kind}' is no plugin kind; kinds are ${kinds}")
  endif()
  if(NOT name MATCHES "^[a-z][a-z0-9_]*$")
    message(FATAL_ERROR "r50_add_plugin: '${name}' is no plugin name; names are made of small "
      "letters, digits and _, like one_cycle")
  endif()
  if(NOT ARG_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "r50_add_plugin(${kind} ${name}): no source file is named")
  endif()
  set(target r50_${kind}_${name})
  add_library(${target} MODULE ${ARG_UNPARSED_ARGUMENTS})
  target_compile_features(${target} PRIVATE cxx_std_20)
  target_link_libraries(${target} PRIVATE r50::r50 ${ARG_LIBRARIES})
  # The core's libraries lie two folders above an installed plugin.
  set_target_properties(${target} PROPERTIES PREFIX "" CXX_VISIBILITY_PRESET hidden
    VISIBILITY_INLINES_HIDDEN ON POSITION_INDEPENDENT_CODE ON INSTALL_RPATH "$ORIGIN/../..")
  # nodelete: a plugin is never unloaded; its types live on in objects and exceptions.
  target_link_options(${target} PRIVATE -Wl,-z,nodelete)
  # no-undefined: a missing symbol is found by the author's linker, not by a user's night run. Clang
  # leaves the sanitizer's own symbols open in shared libraries.
  if(NOT (R50_SANITIZE AND CMAKE_CXX_COMPILER_ID MATCHES "Clang"))
    target_link_options(${target} PRIVATE -Wl,--no-undefined)
  endif()
  install(TARGETS ${target} LIBRARY DESTINATION lib/r50/plugins)

  if(R50_PLUGIN_OUTPUT_DIRECTORY)  # r50's own tree
    set_target_properties(${target} PROPERTIES
      LIBRARY_OUTPUT_DIRECTORY "${R50_PLUGIN_OUTPUT_DIRECTORY}")
    r50_compile_options(${target})
    set_property(GLOBAL APPEND PROPERTY R50_PLUGINS ${target})
  elseif(R50_SANITIZE)  # an r50 built with a sanitizer takes only plugins built with the same
    set(flags -fsanitize=${R50_SANITIZE})
    target_compile_options(${target} PRIVATE ${flags})
    target_link_options(${target} PRIVATE ${flags})
  endif()
endfunction()
