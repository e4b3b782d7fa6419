# r50_add_plugin(KIND NAME SOURCE... [LIBRARIES target...])
#
# Builds r50_KIND_NAME.so from the sources. The same function serves this tree and projects that find
# r50 by find_package. LIBRARIES are the plugin's own (libjpeg, ...); the core comes by itself.
function(r50_add_plugin kind name)
  cmake_parse_arguments(ARG "" "" "LIBRARIES" ${ARGN})
  set(kinds dataset augmentation model optimizer scheduler averaging loss logger)
  if(NOT kind IN_LIST kinds)
    message(FATAL_ERROR "r50_add_plugin: '${kind}' is no plugin kind; kinds are ${kinds}")
  endif()
  set(target r50_${kind}_${name})
  add_library(${target} MODULE ${ARG_UNPARSED_ARGUMENTS})
  target_compile_features(${target} PRIVATE cxx_std_20)
  target_link_libraries(${target} PRIVATE r50::r50 ${ARG_LIBRARIES})
  set_target_properties(${target} PROPERTIES PREFIX "" CXX_VISIBILITY_PRESET hidden
    VISIBILITY_INLINES_HIDDEN ON POSITION_INDEPENDENT_CODE ON)
  # no-undefined: a missing symbol is found by the author's linker, not by a user's night run.
  # nodelete: a plugin is never unloaded; its types live on in objects and exceptions.
  target_link_options(${target} PRIVATE -Wl,--no-undefined -Wl,-z,nodelete)
  if(R50_PLUGIN_OUTPUT_DIRECTORY)
    set_target_properties(${target} PROPERTIES
      LIBRARY_OUTPUT_DIRECTORY "${R50_PLUGIN_OUTPUT_DIRECTORY}"
      INSTALL_RPATH "$ORIGIN/../..")
    r50_compile_options(${target})
    set_property(GLOBAL APPEND PROPERTY R50_PLUGINS ${target})
    install(TARGETS ${target} LIBRARY DESTINATION lib/r50/plugins)
  endif()
endfunction()
