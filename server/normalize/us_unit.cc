#include "server/normalize/us_unit.h"

#include <algorithm>
#include <iterator>
#include <span>
#include <utility>

#include "server/normalize/text.h"
#include "server/normalize/us_street.h"

namespace selfsame::normalize {
namespace {

struct Phrase {
  std::string_view written;
  std::string_view standard;
};

// Longer ones first. The last four stand for a PO box only at the start of a line.
constexpr Phrase kBoxes[] = {{"POST OFFICE BOX", "PO BOX"},
                             {"POST OFFICE DRAWER", "PO BOX"},
                             {"P O BOX", "PO BOX"},
                             {"P O DRAWER", "PO BOX"},
                             {"P O B", "PO BOX"},
                             {"PO BOX", "PO BOX"},
                             {"PO BX", "PO BOX"},
                             {"PO DRAWER", "PO BOX"},
                             {"PO-BOX", "PO BOX"},
                             {"POBOX", "PO BOX"},
                             {"POB", "PO BOX"},
                             {"POST BOX", "PO BOX"},
                             {"LOCK BOX", "PO BOX"},
                             {"LOCKBOX", "PO BOX"},
                             {"BOX", "PO BOX"},
                             {"DRAWER", "PO BOX"},
                             {"CALLER", "PO BOX"},
                             {"BIN", "PO BOX"}};
constexpr std::size_t kBoxesAnywhere = std::size(kBoxes) - 4;

constexpr Phrase kRoutes[] = {{"RURAL ROUTE", "RR"},
                              {"RURAL RTE", "RR"},
                              {"RURAL RT", "RR"},
                              {"R R", "RR"},
                              {"RR", "RR"},
                              {"RFD", "RR"},
                              {"HIGHWAY CONTRACT ROUTE", "HC"},
                              {"HIGHWAY CONTRACT", "HC"},
                              {"STAR ROUTE", "HC"},
                              {"STAR RTE", "HC"},
                              {"HCR", "HC"},
                              {"HC", "HC"}};

// A unit found in the words, and how many of them it takes; none: there is no unit.
struct Found {
  UsUnit unit;
  std::size_t words = 0;
};

// How many words of `words` from `at` say the phrase; 0: they do not.
std::size_t WordsOf(std::string_view phrase, const Words& words, std::size_t at) {
  std::size_t count = 0;
  while (!phrase.empty()) {
    if (at + count >= words.size()) return 0;
    const std::string_view word = phrase.substr(0, phrase.find(' '));
    if (words[at + count] != word) return 0;
    phrase.remove_prefix(std::min(word.size() + 1, phrase.size()));
    ++count;
  }
  return count;
}

bool IsNumberSign(std::string_view word) {
  return word == "#" || word == "NO" || word == "NUM" || word == "NUMBER";
}

// Where the number is that follows `at`, past a "#" or "NO" before it.
std::size_t NumberAfter(const Words& words, std::size_t at) {
  return at + 1 < words.size() && IsNumberSign(words[at]) ? at + 1 : at;
}

bool IsLetter(std::string_view word) { return word.size() == 1 && IsAlpha(word.front()); }

bool EndsStreet(std::string_view word) {
  return !StreetSuffix(word).empty() || !Directional(word).empty();
}

// "PO BOX 12" by one of the phrases.
Found PhraseAt(std::span<const Phrase> phrases, const Words& words, std::size_t at) {
  for (const Phrase& phrase : phrases) {
    const std::size_t count = WordsOf(phrase.written, words, at);
    if (count == 0) continue;
    const std::size_t number = NumberAfter(words, at + count);
    if (number >= words.size() || !(HasDigit(words[number]) || IsLetter(words[number]))) continue;
    return {{std::string(phrase.standard), words[number]}, number + 1 - at};
  }
  return {};
}

// "RR 2 BOX 18".
Found RouteAt(const Words& words, std::size_t at) {
  Found route = PhraseAt(kRoutes, words, at);
  const std::size_t box = at + route.words;
  if (route.words == 0 || box + 1 >= words.size() || words[box] != "BOX") return route;
  const std::size_t number = NumberAfter(words, box + 1);
  route.unit.number += " BOX " + words[number];
  route.words = number + 1 - at;
  return route;
}

// "2ND FLOOR" is FL 2.
Found FloorAt(const Words& words, std::size_t at) {
  if (at + 1 >= words.size()) return {};
  const UnitWord* word = FindUnitWord(words[at + 1]);
  const std::string digits = OrdinalDigits(words[at]);
  if (word == nullptr || word->name != "FL" || digits.empty()) return {};
  return {{"FL", digits}, 2};
}

Found NumberSignAt(const Words& words, std::size_t at) {
  const std::size_t number = NumberAfter(words, at);
  if (number == at || FindUnitWord(words[number]) != nullptr) return {};
  // "NO 5TH ST" is north.
  const bool is_number = HasDigit(words[number]) && OrdinalDigits(words[number]).empty();
  if (words[at] != "#" && !is_number) return {};
  return {{"#", words[number], true}, 2};
}

// Whether `id` can be the number of the unit named at `at`. Digits nearly always are; a letter
// alone or behind a street; two letters or a word only behind a street, since a line that begins
// with "Building" may be a company's name.
bool IsUnitNumber(const UnitWord& unit, const Words& words, std::size_t at, std::string_view id) {
  if (HasDigit(id)) return at != 1 || !unit.is_common;
  if (at == 1 || id == "#" || FindUnitWord(id) != nullptr) return false;
  if (IsLetter(id)) return at > 0 || words.size() == 2;
  if (at == 0 || unit.is_common || EndsStreet(id)) return false;
  return id.size() == 2 || (at >= 3 && EndsStreet(words[at - 1]));
}

Found DesignatorAt(const Words& words, std::size_t at) {
  const UnitWord* unit = FindUnitWord(words[at]);
  if (unit == nullptr) return {};
  const std::size_t number = NumberAfter(words, at + 1);
  if (number < words.size() && IsUnitNumber(*unit, words, at, words[number])) {
    return {{std::string(unit->name), words[number], unit->is_general}, number + 1 - at};
  }
  if (!unit->stands_alone || at == 1) return {};
  const bool is_last = at + 1 == words.size();
  const bool is_clear = at == 0 ? is_last : !unit->is_common || EndsStreet(words[at - 1]);
  return is_clear && (is_last || FindUnitWord(words[at + 1]) != nullptr)
             ? Found{{std::string(unit->name)}, 1}
             : Found{};
}

// A unit within a building.
Found InnerUnitAt(const Words& words, std::size_t at) {
  if (Found floor = FloorAt(words, at); floor.words != 0) return floor;
  if (Found number = NumberSignAt(words, at); number.words != 0) return number;
  return DesignatorAt(words, at);
}

Found UnitAt(const Words& words, std::size_t at) {
  const std::span<const Phrase> boxes(kBoxes);
  Found box = PhraseAt(at == 0 ? boxes : boxes.first(kBoxesAnywhere), words, at);
  if (box.words != 0) return box;
  if (Found route = at == 0 ? RouteAt(words, at) : Found{}; route.words != 0) return route;
  return InnerUnitAt(words, at);
}

// Everything from `at` on; a word that no rule knows is kept as a unit without a number.
std::vector<UsUnit> UnitsFrom(const Words& words, std::size_t at) {
  std::vector<UsUnit> units;
  while (at < words.size()) {
    Found found = UnitAt(words, at);
    if (found.words == 0) found = {{words[at]}, 1};
    units.push_back(std::move(found.unit));
    at += found.words;
  }
  return units;
}

}  // namespace

std::string UsUnit::Display() const { return number.empty() ? name : name + ' ' + number; }

std::string UsUnit::Key() const { return is_general ? "UNIT " + number : Display(); }

std::vector<UsUnit> TakeUnits(Words& words) {
  // "APT 4, 123 MAIN ST": the unit goes behind the street.
  const std::size_t front = InnerUnitAt(words, 0).words;
  const bool is_moved = front != 0 && front + 1 < words.size() && IsHouseNumber(words[front]);
  if (is_moved) {
    std::rotate(words.begin(), words.begin() + static_cast<std::ptrdiff_t>(front), words.end());
  }
  std::size_t at = is_moved ? 1 : 0;
  while (at < words.size() && UnitAt(words, at).words == 0) ++at;
  std::vector<UsUnit> units = UnitsFrom(words, at);
  words.resize(at);
  return units;
}

bool MayBeGlued(std::string_view word) {
  return word == "POBOX" || word == "POB" || word == "BOX" || word == "RR" || word == "HC";
}

}  // namespace selfsame::normalize
