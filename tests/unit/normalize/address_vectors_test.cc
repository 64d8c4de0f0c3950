// US addresses against published vectors; what does not agree is listed with its reason.
#include <gtest/gtest.h>

#include <set>

#include "server/normalize/address.h"
#include "server/normalize/text.h"
#include "server/normalize/us_state.h"
#include "tests/support/data_dir.h"
#include "tests/unit/normalize/vectors.h"

namespace selfsame::normalize {
namespace {

using selfsame::test::DataFile;
using test::NormalizerVectors;

std::string LineOf(const std::string& line) {
  const auto address = NormalizeAddressLine(line, "US");
  return address.ok() ? address->display : address.error().reason;
}

TEST_F(NormalizerVectors, UspsStreetSuffixesAgree) {
  const auto path = DataFile("vectors/address/usps_street_suffix.tsv");
  if (!path) GTEST_SKIP() << "no vectors/address";
  test::Tally tally("USPS street suffixes");
  for (const auto& row : test::ReadTsv(*path)) {
    tally.Count(LineOf("1 Any " + row[0]) == "1 ANY " + ToUpperAscii(row[1]), row[0]);
  }
  tally.ExpectExceptions({});
}

TEST_F(NormalizerVectors, UspsDirectionalsAgreeOnBothSides) {
  const auto path = DataFile("vectors/address/usps_directionals.tsv");
  if (!path) GTEST_SKIP() << "no vectors/address";
  test::Tally tally("USPS directionals");
  for (const auto& row : test::ReadTsv(*path)) {
    tally.Count(LineOf("1 " + row[0] + " Any St") == "1 " + row[1] + " ANY ST" &&
                    LineOf("1 Any St " + row[0]) == "1 ANY ST " + row[1],
                row[0]);
  }
  tally.ExpectExceptions({});
}

TEST_F(NormalizerVectors, UsStatesAgree) {
  const auto path = DataFile("vectors/address/us_states.tsv");
  if (!path) GTEST_SKIP() << "no vectors/address";
  test::Tally tally("US states");
  for (const auto& row : test::ReadTsv(*path)) {
    const auto by_name = NormalizeUsState(row[0]);
    const auto by_code = NormalizeUsState(row[1]);
    tally.Count(by_name.ok() && by_code.ok() && *by_name == row[1] && *by_code == row[1], row[0]);
  }
  tally.ExpectExceptions({});
}

std::string Field(const nlohmann::json& fields, const char* name) {
  return fields.value(name, std::string());
}

// Cuts `tail` off the end, whatever its case, with the comma and space before it.
void CutTail(std::string& line, const std::string& tail) {
  const std::string lower = ToLowerAscii(line);
  if (tail.empty() || !lower.ends_with(ToLowerAscii(tail))) return;
  line.resize(line.size() - tail.size());
  line.resize(line.find_last_not_of(" ,-") + 1);
}

// The line with the street alone: our input has fields of their own for city, state and code.
std::string StreetLine(std::string line, const nlohmann::json& fields) {
  while (line.ends_with(')')) line.pop_back();
  CutTail(line, Field(fields, "plus4"));
  CutTail(line, Field(fields, "zip"));
  CutTail(line, Field(fields, "state"));
  if (Field(fields, "state") == "NY") CutTail(line, "New York");
  if (Field(fields, "state") == "NM") CutTail(line, "New Mexico");
  CutTail(line, Field(fields, "city"));
  return line;
}

// The street line that the fields make, as USPS would write it.
std::string UspsLine(const nlohmann::json& fields) {
  std::string line;
  for (const char* name :
       {"number", "prefix", "street", "type", "suffix", "sec_unit_type", "sec_unit_num"}) {
    std::string part = ToUpperAscii(Field(fields, name));
    if (part == "SUITE") part = "STE";
    if (part == "LOBBY") part = "LBBY";
    if (part == "LT") part = "LOT";
    if (part == "POBOX" || part == "POST OFFICE BOX") part = "PO BOX";
    if (!part.empty()) line += (line.empty() ? "" : " ") + part;
  }
  return line;
}

TEST_F(NormalizerVectors, ParsedUsAddressesAgreeButForTheStatedPolicy) {
  const auto path = DataFile("vectors/address/parse_address_us_tests.json");
  if (!path) GTEST_SKIP() << "no vectors/address";
  test::Tally tally("US addresses");
  const nlohmann::json file = test::ReadJson(*path);
  for (const auto& [line, fields] : file["address"].items()) {
    const std::string street = StreetLine(line, fields);
    tally.Count(LineOf(street) == UspsLine(fields), line);
    EXPECT_EQ(LineOf(LineOf(street)), LineOf(street)) << line;
    EXPECT_EQ(LineOf(LineOf(line)), LineOf(line)) << line;
  }
  tally.ExpectExceptions({
      {"corners, which have no house number",
       {"Mission & Valencia San Francisco CA", "Mission & Valencia, San Francisco CA",
        "Mission & Valencia Sts. San Francisco CA", "Mission & Valencia Streets San Francisco CA",
        "Mission and Valencia Sts San Francisco CA", "Mission St & Valencia St San Francisco CA",
        "Mission St and Valencia St San Francisco CA",
        "Mission Avenue and Valencia Street San Francisco CA"}},
      {"with a direction that is the city's",
       {"1 First St, e San Jose CA", "1005 Gravenstein Hwy, N Sebastopol CA"}},
      {"numbered road, as USPS spells it", {"1234 COUNTY HWY 60E, Town, CO 12345"}},
      {"house number whose half is kept", {"3813 1/2 Some Road, Los Angeles, CA"}},
      {"number that may be a house's and its letter", {"48S 400E, Salt Lake City UT"}},
  });
}

// True where one of our forms holds the whole words that libpostal finds in the line.
bool HoldsWords(const std::string& line, const std::string& words) {
  const auto address = NormalizeAddressLine(line, "US");
  if (!address.ok()) return false;
  const auto expected = NormalizeAddressLine(words, "US");
  const std::string padded = " " + MatchKey(words) + " ";
  return (expected.ok() && address->match_key == expected->match_key) ||
         (" " + address->match_key + " ").find(padded) != std::string::npos ||
         (" " + MatchKey(address->display) + " ").find(padded) != std::string::npos;
}

TEST_F(NormalizerVectors, LibpostalExpansionsAgreeWhereTheyApply) {
  const auto path = DataFile("vectors/address/libpostal_expand.tsv");
  if (!path) GTEST_SKIP() << "no vectors/address";
  test::Tally tally("libpostal expansions");
  for (const auto& row : test::ReadTsv(*path)) {
    const bool is_english = row.size() < 5 || row[4].starts_with("en");
    if (!is_english) continue;
    const bool is_street = row[0] == "test_street_root_expansions";
    tally.Count(HoldsWords((is_street ? "1 " : "") + row[2], row[3]), row[2] + " is " + row[3]);
  }
  tally.ExpectExceptions({
      {"not a line with a house number and a street",
       {"S St. NW is s street northwest",
        "4998 Vanderbilt Dr, Columbus, OH 43213 is 4998 vanderbilt drive columbus ohio 43213"}},
      {"numbers in words beyond twelfth",
       {"120 E Ninety-sixth St is 120 east 96 street",
        "Nineteen oh one W El Segundo Blvd is 1901 west el segundo boulevard"}},
      {"in Spanish", {"C/ Ocho is 8"}},
      {"letters whose meaning is not guessed",
       {"1A is 1 a", "A1 is a 1", "1L is 1 left", "1G is 1 ground", "G is ground",
        "SB 1 is sub basement 1"}},
      {"abbreviations within names",
       {"E Ctr St is center", "E Ctr Street is center", "Ctr St E is center",
        "Ctr Street E is center", "Rev Dr. MLK Dr S is martin luther king junior",
        "Rev Dr. Martin Luther King Jr Dr S is martin luther king junior"}},
  });
}

}  // namespace
}  // namespace selfsame::normalize
