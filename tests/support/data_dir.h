// Data sets and vectors that tests read but the source tree does not hold.
#ifndef SELFSAME_TESTS_SUPPORT_DATA_DIR_H_
#define SELFSAME_TESTS_SUPPORT_DATA_DIR_H_

#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string>

namespace selfsame::test {

// The path of a file within $SELFSAME_DATA_DIR, or within ../shared/data beside the source tree;
// nothing when it is not there, and the test skips.
inline std::optional<std::string> DataFile(const std::string& name) {
  const char* given = std::getenv("SELFSAME_DATA_DIR");
  const char* source = std::getenv("SELFSAME_SOURCE_DIR");
  const std::filesystem::path folder =
      given != nullptr ? std::filesystem::path(given)
                       : std::filesystem::path(source == nullptr ? "." : source) / "../shared/data";
  const std::filesystem::path file = folder / name;
  if (!std::filesystem::exists(file)) return std::nullopt;
  return file.string();
}

}  // namespace selfsame::test

#endif  // SELFSAME_TESTS_SUPPORT_DATA_DIR_H_
