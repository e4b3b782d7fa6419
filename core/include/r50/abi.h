#pragma once

// What must be equal on both sides of a plugin's border, as the name of an ELF section.
//
// The section is read from the file before anything of it is loaded, so that a plugin built for
// another r50, libtorch, C++ ABI or sanitizer is refused with a sentence and not with an undefined
// symbol. It survives strip.
//
// Raise R50_ABI whenever a change to a header of this folder alters the layout or the meaning of
// what crosses the border: a virtual function, a struct's member, a default argument's meaning. A
// test keeps a hash of these headers beside the number and asks the question at every change.
#define R50_ABI 4

#ifndef R50_TORCH_VERSION
#error "R50_TORCH_VERSION is not set: build against r50 with find_package(r50) and r50_add_plugin"
#endif

#define R50_TEXT_(x) #x
#define R50_TEXT(x) R50_TEXT_(x)

#if defined(_GLIBCXX_USE_CXX11_ABI) && !_GLIBCXX_USE_CXX11_ABI
#define R50_CXX_ABI ".cxx98"
#else
#define R50_CXX_ABI ".cxx11"
#endif

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define R50_SANITIZER ".asan"
#elif __has_feature(thread_sanitizer)
#define R50_SANITIZER ".tsan"
#endif
#endif
#if !defined(R50_SANITIZER) && defined(__SANITIZE_ADDRESS__)
#define R50_SANITIZER ".asan"
#elif !defined(R50_SANITIZER) && defined(__SANITIZE_THREAD__)
#define R50_SANITIZER ".tsan"
#elif !defined(R50_SANITIZER)
#define R50_SANITIZER ""
#endif

#define R50_STAMP_PREFIX ".r50.abi"
#define R50_STAMP \
  R50_STAMP_PREFIX R50_TEXT(R50_ABI) ".torch" R50_TORCH_VERSION R50_CXX_ABI R50_SANITIZER

#define R50_EXPORT __attribute__((visibility("default")))
