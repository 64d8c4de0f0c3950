// A map to start from, for a file that no map is for.
#ifndef SELFSAME_CLI_IMPORT_MAP_SKELETON_H_
#define SELFSAME_CLI_IMPORT_MAP_SKELETON_H_

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace selfsame::cli {

// How many rows of a file are looked at to guess types.
inline constexpr std::size_t kSampleRowsMax = 100;

// A file to make a map for.
struct SkeletonFile {
  std::string_view name;
  std::span<const std::string> columns;  // At least one.
  std::span<const std::vector<std::string>> sample;
  std::string_view encoding;  // Guessed; empty: UTF-8 or known by its bytes.
  bool has_header = true;     // No: JSON Lines, whose values have types of their own.
};

// A map in TOML (import_map.h) that names every column: fields called after the columns, with the
// type that fits every sample row; the first column whose values are times as the time; columns
// that sound like identifiers as such. What is a guess is marked "check". It parses as a map even
// where nothing could be guessed, but for the zone of local times, which it asks for.
std::string MapSkeleton(const SkeletonFile& file);

}  // namespace selfsame::cli

#endif  // SELFSAME_CLI_IMPORT_MAP_SKELETON_H_
