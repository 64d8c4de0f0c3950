# What every folder's CMakeLists needs: the language, the warnings, the libraries, and one helper a
# kind of target. Each folder lists its sources and what it stands on; nothing else.

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

option(SELFSAME_TESTS "Build the tests and the benchmark." ON)
option(SELFSAME_FUZZ "Build the fuzz targets (clang only)." OFF)
set(SELFSAME_SANITIZE "" CACHE STRING "Sanitizers for all code: address,undefined or thread.")

find_program(SELFSAME_CCACHE ccache)
if(SELFSAME_CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${SELFSAME_CCACHE})
endif()
find_program(SELFSAME_MOLD mold)
if(SELFSAME_MOLD AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  add_link_options(-fuse-ld=mold)
endif()
if(SELFSAME_SANITIZE)
  add_compile_options(-fsanitize=${SELFSAME_SANITIZE} -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${SELFSAME_SANITIZE})
endif()
if(SELFSAME_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()

set(THREADS_PREFER_PTHREAD_FLAG ON)
find_package(Threads REQUIRED)
find_package(Protobuf CONFIG QUIET)
if(NOT Protobuf_FOUND)
  find_package(Protobuf REQUIRED)
endif()
find_package(gRPC CONFIG REQUIRED)
find_package(spdlog CONFIG REQUIRED)
find_package(prometheus-cpp CONFIG REQUIRED)
find_package(nlohmann_json CONFIG REQUIRED)
find_package(ICU REQUIRED COMPONENTS uc i18n)
find_package(LibArchive REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(SODIUM REQUIRED IMPORTED_TARGET libsodium)
pkg_check_modules(MICROHTTPD REQUIRED IMPORTED_TARGET libmicrohttpd)
pkg_check_modules(PQXX REQUIRED IMPORTED_TARGET libpqxx)
pkg_check_modules(PQ REQUIRED IMPORTED_TARGET libpq)
pkg_check_modules(RE2 REQUIRED IMPORTED_TARGET re2)
find_package(fmt CONFIG REQUIRED)
if(SELFSAME_TESTS)
  find_package(GTest CONFIG REQUIRED)
endif()

# Our own code only: generated code is built without these.
add_library(selfsame_warnings INTERFACE)
target_compile_options(selfsame_warnings INTERFACE
  -Wall -Wextra -Werror -Wno-missing-field-initializers
  $<$<CXX_COMPILER_ID:Clang>:-Wthread-safety>)
target_include_directories(selfsame_warnings INTERFACE ${PROJECT_SOURCE_DIR} ${PROJECT_BINARY_DIR})

# selfsame_library(NAME SOURCES a.cc ... DEPENDS target ...)
function(selfsame_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPENDS" ${ARGN})
  add_library(${name} STATIC ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE selfsame_warnings PUBLIC ${ARG_DEPENDS})
  target_include_directories(${name} PUBLIC ${PROJECT_SOURCE_DIR} ${PROJECT_BINARY_DIR})
endfunction()

# selfsame_program(NAME SOURCES a.cc ... DEPENDS target ...): lands in build/<preset>/bin.
function(selfsame_program name)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPENDS" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE selfsame_warnings ${ARG_DEPENDS})
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/bin)
endfunction()

# selfsame_tests(NAME LABEL unit TIMEOUT seconds SOURCES ... DEPENDS ...): one ctest entry a suite
# of the binary, so that ctest can run suites side by side.
function(selfsame_tests name)
  cmake_parse_arguments(ARG "" "LABEL;TIMEOUT" "SOURCES;DEPENDS" ${ARGN})
  selfsame_program(${name} SOURCES ${ARG_SOURCES} DEPENDS ${ARG_DEPENDS} GTest::gmock)
  foreach(source ${ARG_SOURCES})
    # A suite that is new in a file is a new ctest entry.
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${source})
    file(STRINGS ${source} suites REGEX "^TEST(_P|_F)?\\(")
    foreach(line ${suites})
      string(REGEX REPLACE "^TEST(_P|_F)?\\(([A-Za-z0-9_]+),.*" "\\2" suite "${line}")
      list(APPEND ${name}_suites ${suite})
    endforeach()
  endforeach()
  list(REMOVE_DUPLICATES ${name}_suites)
  foreach(suite ${${name}_suites})
    add_test(NAME ${ARG_LABEL}.${suite}
             COMMAND ${name} --gtest_filter=${suite}.*:*/${suite}.*:${suite}/* --gtest_brief=1)
    set_tests_properties(${ARG_LABEL}.${suite} PROPERTIES
      LABELS ${ARG_LABEL} TIMEOUT ${ARG_TIMEOUT}
      ENVIRONMENT "SELFSAME_BIN_DIR=${PROJECT_BINARY_DIR}/bin;SELFSAME_SOURCE_DIR=${PROJECT_SOURCE_DIR};LSAN_OPTIONS=suppressions=${PROJECT_SOURCE_DIR}/tests/support/lsan.supp")
  endforeach()
endfunction()

# selfsame_embed(OUT namespace::function FILES ...): generates OUT.h and OUT.cc, in which
# `std::span<const EmbeddedFile> Function()` returns each file's base name and text.
function(selfsame_embed out)
  cmake_parse_arguments(ARG "" "FUNCTION" "FILES" ${ARGN})
  set(path ${CMAKE_CURRENT_BINARY_DIR}/${out})
  add_custom_command(
    OUTPUT ${path}.cc ${path}.h
    COMMAND embed files ${ARG_FUNCTION} ${path} ${ARG_FILES}
    DEPENDS embed ${ARG_FILES} VERBATIM)
endfunction()
