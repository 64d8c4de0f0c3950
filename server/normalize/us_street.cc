#include "server/normalize/us_street.h"

#include <algorithm>
#include <utility>

#include "server/normalize/text.h"

namespace selfsame::normalize {
namespace {

// N95W18855: how far north and how far west.
bool IsGridNumber(std::string_view word) {
  int directions = 0;
  for (std::size_t i = 0; i < word.size(); ++i) {
    if (IsDigit(word[i])) continue;
    const bool is_direction = std::string_view("NSEW").find(word[i]) != std::string_view::npos;
    if (!is_direction || i + 1 == word.size() || !IsDigit(word[i + 1])) return false;
    ++directions;
  }
  return directions == 2 && !IsDigit(word.front());
}

bool IsFraction(std::string_view word) {
  return word.size() == 3 && IsDigit(word[0]) && word[1] == '/' && IsDigit(word[2]);
}

void Erase(Words& words, std::size_t first, std::size_t last) {
  words.erase(words.begin() + static_cast<std::ptrdiff_t>(first),
              words.begin() + static_cast<std::ptrdiff_t>(last));
}

// --- Numbered roads: appendix F of Publication 28. ---

std::string_view RoadKind(std::string_view word) {
  const std::string_view suffix = StreetSuffix(word);
  if (suffix == "HWY") return "HIGHWAY";
  if (suffix == "RTE" || word == "RT") return "ROUTE";
  return suffix == "RD" ? "ROAD" : suffix == "AVE" ? "AVENUE" : "";
}

std::string_view RoadOwner(std::string_view word) {
  constexpr std::pair<std::string_view, std::string_view> kOwners[] = {
      {"COUNTY", "COUNTY"},     {"CNTY", "COUNTY"},  {"CO", "COUNTY"},
      {"STATE", "STATE"},       {"ST", "STATE"},     {"US", "US"},
      {"TOWNSHIP", "TOWNSHIP"}, {"TWP", "TOWNSHIP"}, {"RANCH", "RANCH"}};
  for (const auto& [written, owner] : kOwners) {
    if (word == written) return owner;
  }
  return {};
}

// What is complete before the number. SR is none: a state's road here, its route there.
std::string_view WholeRoad(std::string_view word) {
  constexpr std::pair<std::string_view, std::string_view> kWhole[] = {{"CR", "COUNTY ROAD"},
                                                                      {"US", "US HIGHWAY"},
                                                                      {"I", "INTERSTATE"},
                                                                      {"FM", "FM"},
                                                                      {"INTERSTATE", "INTERSTATE"}};
  for (const auto& [written, road] : kWhole) {
    if (word == written) return road;
  }
  return {};
}

struct Road {
  std::size_t words = 0;       // How many words say it; 0: there is none here.
  std::string name = {};       // "COUNTY HIGHWAY".
  bool may_be_letter = false;  // AVENUE B; but "I N" is no interstate.
};

// The number of a road: 60E; or one letter.
bool IsRoadNumber(const Road& road, std::string_view word) {
  return IsDigit(word.front()) || (road.may_be_letter && word.size() == 1 && IsAlpha(word.front()));
}

// The road whose name begins at `at`, whatever follows.
Road RoadNameAt(const Words& words, std::size_t at) {
  const auto word = [&](std::size_t i) {
    return at + i < words.size() ? std::string_view(words[at + i]) : std::string_view();
  };
  const std::string_view owner = RoadOwner(word(0));
  const std::string_view owned = owner.empty() ? "" : RoadKind(word(1));
  if (!owned.empty() && owned != "AVENUE") {
    return {2, std::string(owner) + ' ' + std::string(owned), true};
  }
  if (word(0) == "FARM" && word(1) == "TO" && word(2) == "MARKET") {
    return {RoadKind(word(3)) == "ROAD" ? 4U : 3U, "FM"};
  }
  if (word(0) == "INTERSTATE" && RoadKind(word(1)) == "HIGHWAY") return {2, "INTERSTATE"};
  if (!WholeRoad(word(0)).empty()) return {1, std::string(WholeRoad(word(0)))};
  const std::string_view kind = RoadKind(word(0));
  return kind.empty() ? Road{} : Road{1, std::string(kind), true};
}

// "I-10" and "I10" to two words.
void SplitInterstate(Words& words, std::size_t at) {
  if (at >= words.size() || words[at].size() < 2 || words[at][0] != 'I') return;
  const std::size_t digits = words[at][1] == '-' ? 2 : 1;
  if (digits >= words[at].size() || !IsDigit(words[at][digits])) return;
  words.insert(words.begin() + static_cast<std::ptrdiff_t>(at) + 1, words[at].substr(digits));
  words[at] = "I";
}

// Spells out the road that begins at `at`. True where there is one.
bool SpellOutRoadAt(Words& words, std::size_t at) {
  const Road road = RoadNameAt(words, at);
  if (road.words == 0 || at + road.words >= words.size()) return false;
  if (!IsRoadNumber(road, words[at + road.words])) return false;
  words[at] = road.name;
  Erase(words, at + 1, at + road.words);
  return true;
}

// Spells out a road at the start of the name, or a highway or route after other words ("OLD HWY
// 99"). Gives where the rest begins, after the number; 0 where there is no such road.
std::size_t SpellOutRoad(Words& words, std::size_t name) {
  const bool has_direction = !Directional(words[name]).empty() && name + 2 < words.size();
  // "NORTH AVE W" is the west of North Avenue.
  if (has_direction &&
      (RoadKind(words[name + 1]).empty() || Directional(words[name + 2]).empty())) {
    ++name;
  }
  if (SpellOutRoadAt(words, name)) return name + 2;
  for (std::size_t at = name + 1; at + 1 < words.size(); ++at) {
    const std::string_view kind = RoadKind(words[at]);
    const bool is_numbered = (kind == "HIGHWAY" || kind == "ROUTE") && IsDigit(words[at + 1][0]);
    if (is_numbered && SpellOutRoadAt(words, at)) return at + 2;
  }
  return 0;
}

// --- Named streets. ---

// Makes "NORTH EAST" and "N E" one direction.
void CombineDirections(Words& words, std::size_t at) {
  const std::string_view first = Directional(words[at]);
  const std::string_view second = Directional(words[at + 1]);
  if ((first != "N" && first != "S") || (second != "E" && second != "W")) return;
  words[at] = std::string(first) + std::string(second);
  Erase(words, at + 1, at + 2);
}

struct StreetEnds {
  std::size_t suffix = 0;     // Where the suffix is; where it would be when there is none.
  std::size_t direction = 0;  // Likewise.
};

// What stands behind a name that has its first word at `first`: that word is neither.
StreetEnds FindEnds(const Words& words, std::size_t first) {
  StreetEnds ends{.suffix = words.size(), .direction = words.size()};
  if (ends.direction >= first + 2 && !Directional(words.back()).empty()) --ends.direction;
  ends.suffix = ends.direction;
  if (ends.suffix >= first + 2 && !StreetSuffix(words[ends.suffix - 1]).empty()) --ends.suffix;
  return ends;
}

// Combines the two directions at `name` where a name is left without them ("N E ST" is E Street).
// "N WEST TEMPLE" is the north of West Temple.
void CombineFront(Words& words, std::size_t name) {
  if (words.size() < name + 3 || FindEnds(words, name + 1).suffix < name + 3) return;
  if (words[name].size() == 1 && words[name + 1].size() > 1) return;
  CombineDirections(words, name);
}

}  // namespace

bool IsHouseNumber(std::string_view word) {
  if (word == "ONE" || IsGridNumber(word)) return true;
  return IsDigit(word.front()) && OrdinalDigits(word).empty() && !IsFraction(word);
}

void StandardizeStreet(Words& words) {
  if (words.size() < 2 || !IsHouseNumber(words[0])) return;
  const std::size_t name = IsFraction(words[1]) ? 2 : 1;
  SplitInterstate(words, name);
  SplitInterstate(words, name + 1);  // Behind a direction.
  if (words.size() < name + 2) return;
  if (words.size() >= name + 3) CombineDirections(words, words.size() - 2);
  CombineFront(words, name);
  const std::size_t after_road = SpellOutRoad(words, name);
  // The number of a road, or one word of a name, is neither suffix nor direction.
  const StreetEnds ends = FindEnds(words, after_road == 0 ? name : after_road - 1);
  if (ends.direction < words.size()) words.back() = Directional(words.back());
  if (ends.suffix < ends.direction) words[ends.suffix] = StreetSuffix(words[ends.suffix]);
  const std::size_t name_end = after_road == 0 ? ends.suffix : after_road;
  if (name_end >= name + 2 && !Directional(words[name]).empty()) {
    words[name] = Directional(words[name]);
  }
}

}  // namespace selfsame::normalize
