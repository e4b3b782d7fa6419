# Flags that every target of r50 has: warnings (errors in CI) and the sanitizers of the preset.
option(R50_WERROR "Treat warnings as errors" OFF)

# Code that runs once a run, out of large templates: who waits for a first build need not wait for
# its optimization. Sanitized, it is not optimized at all.
function(r50_quick_to_compile target)
  target_compile_options(${target} PRIVATE $<$<CONFIG:Release>:-O1> $<$<CONFIG:RelWithDebInfo>:-O0>)
endfunction()

function(r50_compile_options target)
  target_compile_options(${target} PRIVATE -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor
    -Woverloaded-virtual -Wno-unknown-pragmas)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
    # gcc 12 sees overlapping copies in "text" + std::string (its bug 105651).
    target_compile_options(${target} PRIVATE -Wno-restrict)
  endif()
  if(CMAKE_UNITY_BUILD)  # here and now: plugins and tests are never compiled together
    # One file's private names are none of another's business, and gcc takes a file that is included
    # for a header. Preset dev compiles singly, with these warnings.
    target_compile_options(${target} PRIVATE -Wno-shadow)
    if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
      target_compile_options(${target} PRIVATE -Wno-subobject-linkage)
    endif()
  endif()
  if(R50_WERROR)
    target_compile_options(${target} PRIVATE -Werror)
  endif()
  # Sums must not change with the compiler's mood: a contracted multiply-add would make our own
  # mathematics differ between builds (random draws are equal on every machine).
  target_compile_options(${target} PRIVATE -ffp-contract=off)
endfunction()

if("${R50_SANITIZE}" STREQUAL "address")
  # Left out is what AddressSanitizer finds as well (null, object-size), what x86 and the kernels
  # allow (alignment), and types behind virtual calls: they double the time of compiling.
  add_compile_options(-fsanitize=address,undefined -fno-sanitize-recover=undefined
    -fno-sanitize=null,object-size,alignment,vptr -fno-omit-frame-pointer)
  add_link_options(-fsanitize=address,undefined)
elseif("${R50_SANITIZE}" STREQUAL "thread")
  add_compile_options(-fsanitize=thread -fno-omit-frame-pointer)
  add_link_options(-fsanitize=thread)
elseif(NOT "${R50_SANITIZE}" STREQUAL "")
  message(FATAL_ERROR "R50_SANITIZE is '${R50_SANITIZE}'; it may be address, thread or empty")
endif()
