# Finds libtorch without its own CMake package, which would demand a CUDA toolkit for CUDA builds.
#
# Looks at R50_LIBTORCH (variable or environment: a libtorch folder, or the torch folder of a Python
# package), then at the project's virtual environment. Tried with 2.11 to 2.14, CPU and CUDA: an
# older one is an error, a newer one a warning.
#
# Defines the targets r50::libtorch and r50::libtorch_openmp (the OpenMP that libtorch itself uses:
# two of them in one process would spin against each other), and Libtorch_VERSION, Libtorch_MINOR
# ("2.13"), Libtorch_ROOT, Libtorch_CUDA.

set(_tried "")
set(_candidates "")
foreach(_root IN ITEMS "${R50_LIBTORCH}" "$ENV{R50_LIBTORCH}")
  if(_root)
    list(APPEND _candidates "${_root}")
  endif()
endforeach()
if(NOT _candidates)
  file(GLOB _venv "${PROJECT_SOURCE_DIR}/.venv/lib/python3*/site-packages/torch")
  list(APPEND _candidates ${_venv})
endif()

set(Libtorch_ROOT "Libtorch_ROOT-NOTFOUND")
foreach(_root IN LISTS _candidates)
  get_filename_component(_root "${_root}" ABSOLUTE)
  list(APPEND _tried "${_root}")
  if(EXISTS "${_root}/lib/libtorch_cpu.so" AND EXISTS "${_root}/include/ATen/core/Tensor.h")
    set(Libtorch_ROOT "${_root}")
    break()
  endif()
endforeach()

if(Libtorch_ROOT)
  # A build folder remembers which libtorch it was made with; another one means another folder.
  if(EXISTS "${Libtorch_ROOT}/include/torch/headeronly/version.h")
    set(_version_header "${Libtorch_ROOT}/include/torch/headeronly/version.h")
  else()
    set(_version_header "${Libtorch_ROOT}/include/torch/csrc/api/include/torch/version.h")
  endif()
  file(STRINGS "${_version_header}" _lines REGEX "define TORCH_VERSION_(MAJOR|MINOR|PATCH) +[0-9]+")
  foreach(_part IN ITEMS MAJOR MINOR PATCH)
    string(REGEX MATCH "TORCH_VERSION_${_part} +([0-9]+)" _ "${_lines}")
    set(_${_part} "${CMAKE_MATCH_1}")
  endforeach()
  set(Libtorch_MINOR "${_MAJOR}.${_MINOR}")
  set(Libtorch_VERSION "${_MAJOR}.${_MINOR}.${_PATCH}")
  if(Libtorch_VERSION VERSION_LESS 2.11)
    message(FATAL_ERROR "libtorch ${Libtorch_VERSION} in ${Libtorch_ROOT} is too old: r50 needs "
      "2.11 or later. Point R50_LIBTORCH at one, or run tools/setup to install 2.13.0.")
  elseif(Libtorch_VERSION VERSION_GREATER_EQUAL 2.15 AND NOT Libtorch_FIND_QUIETLY)
    message(WARNING "libtorch ${Libtorch_VERSION} in ${Libtorch_ROOT} is newer than any that r50 "
      "was tried with (2.11 to 2.14). If the build or a test fails, point R50_LIBTORCH at one of "
      "these, or run tools/setup to install 2.13.0.")
  endif()
  if(NOT TARGET r50::libtorch)
    add_library(r50::libtorch INTERFACE IMPORTED)
    set_target_properties(r50::libtorch PROPERTIES
      INTERFACE_INCLUDE_DIRECTORIES
        "${Libtorch_ROOT}/include;${Libtorch_ROOT}/include/torch/csrc/api/include"
      INTERFACE_COMPILE_DEFINITIONS "R50_TORCH_VERSION=\"${Libtorch_MINOR}\"")
    # libtorch.so is a stub whose only work is to pull in torch_cuda where there is one, so it must
    # stay linked although nothing of it is used.
    # -rpath-link: torch's own libraries name others (libgomp) that the linker must see.
    # libstdc++ before all: the Python package's libraries export a std::filesystem of their own,
    # linked in statically. In 2.11's CUDA build it calls a null pointer in remove_all.
    target_link_libraries(r50::libtorch INTERFACE
      "-Wl,--push-state,--no-as-needed" stdc++ "${Libtorch_ROOT}/lib/libtorch.so" "-Wl,--pop-state"
      "${Libtorch_ROOT}/lib/libtorch_cpu.so" "${Libtorch_ROOT}/lib/libc10.so")
    target_link_options(r50::libtorch INTERFACE "-Wl,-rpath-link,${Libtorch_ROOT}/lib"
      "-Wl,-rpath,${Libtorch_ROOT}/lib")
    # A CUDA build's libraries name NVIDIA's (cudart, cudnn, ...), which lie in other Python
    # packages and are found at run time by torch's own rpath. The machine that links need not have
    # them; what our own objects lack is still an error.
    add_library(r50::libtorch_openmp INTERFACE IMPORTED)
    file(GLOB _openmp "${Libtorch_ROOT}/lib/libgomp*.so*")
    if(NOT _openmp)
      set(_openmp gomp)
    endif()
    target_link_libraries(r50::libtorch_openmp INTERFACE ${_openmp})
    set(Libtorch_CUDA FALSE)
    if(EXISTS "${Libtorch_ROOT}/lib/libtorch_cuda.so")
      set(Libtorch_CUDA TRUE)
      target_link_options(r50::libtorch INTERFACE "-Wl,--allow-shlib-undefined")
    endif()
  endif()
endif()

include(FindPackageHandleStandardArgs)
if(NOT Libtorch_ROOT)
  message(FATAL_ERROR "libtorch was not found. Looked in: ${_tried} (a torch folder holds "
    "lib/libtorch_cpu.so and include/ATen). Run tools/setup, or set R50_LIBTORCH to such a folder.")
endif()
find_package_handle_standard_args(Libtorch REQUIRED_VARS Libtorch_ROOT
  VERSION_VAR Libtorch_VERSION)
