#include "server/normalize/address.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "server/normalize/us_state.h"

namespace selfsame::normalize {
namespace {

std::string LineOf(std::string_view line, std::string_view country = "US") {
  const auto address = NormalizeAddressLine(line, country);
  return address.ok() ? address->display : address.error().reason;
}

std::string KeyOf(std::string_view line, std::string_view country = "US") {
  const auto address = NormalizeAddressLine(line, country);
  return address.ok() ? address->match_key : address.error().reason;
}

// The state's code is its answer, or the reason why there is none.
std::string StateOf(std::string_view value) {
  const auto state = NormalizeUsState(value);
  return state.ok() ? *state : state.error().reason;
}

// Each pair: as written, as it is displayed.
using Pairs = std::vector<std::pair<std::string_view, std::string_view>>;

void ExpectLines(const Pairs& pairs) {
  for (const auto& [written, display] : pairs) {
    EXPECT_EQ(LineOf(written), display) << written;
    EXPECT_EQ(LineOf(display), display) << "not idempotent";
  }
}

TEST(UsAddress, SuffixesAreAbbreviatedAndCaseAndPunctuationGo) {
  ExpectLines({{"123 Main Street", "123 MAIN ST"},
               {"123 main strt.", "123 MAIN ST"},
               {" 45  Quaker Ave,", "45 QUAKER AVE"},
               {"7800 Mill Station Road", "7800 MILL STATION RD"},  // Only the last one.
               {"12 Avenue Road", "12 AVENUE RD"},
               {"12 O\u2019Neill Ct", "12 ONEILL CT"},
               {"12 Ca\u00f1on Dr", "12 CA\u00d1ON DR"},
               {"115 Broadway", "115 BROADWAY"},
               {"12 St. John's Ave.", "12 ST JOHNS AVE"},
               {"10 Oak Ave.Apt 4", "10 OAK AVE APT 4"}});
}

TEST(UsAddress, HouseNumbersKeepWhatBelongsToThem) {
  ExpectLines({{"112-10 Bronx Road", "112-10 BRONX RD"},
               {"39.2 Road Street", "39.2 ROAD ST"},
               {"3813 1/2 Some Road", "3813 1/2 SOME RD"},
               {"3813\u00bd Some Road", "3813 1/2 SOME RD"},
               {"n95w18855 Jay Drive", "N95W18855 JAY DR"},
               {"One Microsoft Way", "ONE MICROSOFT WAY"},
               {"12b Baker Street", "12B BAKER ST"}});
}

TEST(UsAddress, DirectionsAreAbbreviatedOnBothSides) {
  ExpectLines({{"100 South East Washington Avenue", "100 SE WASHINGTON AVE"},
               {"100 S.E. Washington Ave", "100 SE WASHINGTON AVE"},
               {"1 Main St,N.W.", "1 MAIN ST NW"},
               {"1005 Gravenstein Highway North", "1005 GRAVENSTEIN HWY N"},
               {"1 North 5th St. NorthWest", "1 N 5TH ST NW"},
               {"100 No. 5th St", "100 N 5TH ST"},
               {"550 South 400 East", "550 S 400 E"},
               {"4 S W Road 4 P", "4 SW ROAD 4 P"},
               {"9 N West Temple", "9 N WEST TEMPLE"}});
}

TEST(UsAddress, ADirectionThatIsTheNameIsKept) {
  ExpectLines({{"100 South Street", "100 SOUTH ST"},
               {"100 North Avenue West", "100 NORTH AVE W"},
               {"100 N Street", "100 N ST"},
               {"100 N E Street", "100 N E ST"},  // E Street.
               {"7 Avenue N", "7 AVENUE N"}});
}

TEST(UsAddress, UnitsFollowTheStreet) {
  ExpectLines({{"123 Main Street Apartment 4b", "123 MAIN ST APT 4B"},
               {"123 Main St. #4b", "123 MAIN ST # 4B"},
               {"123 Main St Apt. No. 4b", "123 MAIN ST APT 4B"},
               {"123 Main St apt4b", "123 MAIN ST APT 4B"},
               {"123 Main St, Suite 500, Building C", "123 MAIN ST STE 500 BLDG C"},
               {"123 Main Street Apt Left", "123 MAIN ST APT LEFT"},
               {"123 Main Street, 2nd Floor", "123 MAIN ST FL 2"},
               {"123 Main Street, Second Floor, Room 12", "123 MAIN ST FL 2 RM 12"},
               {"233 S Wacker Drive Lobby", "233 S WACKER DR LBBY"},
               {"123 Broadway Unit A", "123 BROADWAY UNIT A"},
               {"123 Main St Penthouse 1", "123 MAIN ST PH 1"},
               {"#42 233 South Wacker Drive", "233 S WACKER DR # 42"},
               {"lt42 99 Some Road", "99 SOME RD LOT 42"},
               {"Apt 4, 1 North Street", "1 NORTH ST APT 4"}});
}

TEST(UsAddress, UnitsMayHaveALineOfTheirOwn) {
  ExpectLines({{"Apartment 4b", "APT 4B"},
               {"Suite # 500", "STE 500"},
               {"3rd Floor", "FL 3"},
               {"Rear", "REAR"},
               {"# 12", "# 12"}});
}

TEST(UsAddress, WordsThatAreOnlyLikeUnitsAreStreets) {
  ExpectLines({{"12 Front Street", "12 FRONT ST"},
               {"12 N Front Street", "12 N FRONT ST"},
               {"12 Old Lot Road", "12 OLD LOT RD"},
               {"12 Lower River Road", "12 LOWER RIVER RD"},
               {"123 Pier 39", "123 PIER 39"},
               {"12 Suite Court", "12 SUITE CT"}});
}

TEST(UsAddress, BoxesAndRoutes) {
  ExpectLines({{"P.O. Box 3094", "PO BOX 3094"},
               {"Post office Box # 3094", "PO BOX 3094"},
               {"POBox3094", "PO BOX 3094"},
               {"p o b 12a", "PO BOX 12A"},
               {"Box 12", "PO BOX 12"},
               {"Drawer L", "PO BOX L"},
               {"123 Main Street, PO Box 5", "123 MAIN ST PO BOX 5"},
               {"Rural Route 2 Box 18", "RR 2 BOX 18"},
               {"R.R. #2, Box 18", "RR 2 BOX 18"},
               {"Highway Contract 68 Box 23A", "HC 68 BOX 23A"},
               {"PSC 802 Box 74", "PSC 802 BOX 74"}});
}

TEST(UsAddress, NumberedRoadsAreSpelledOut) {
  ExpectLines({{"1005 State Hwy 116", "1005 STATE HIGHWAY 116"},
               {"36401 County Rd 43", "36401 COUNTY ROAD 43"},
               {"1234 COUNTY HWY 60E", "1234 COUNTY HIGHWAY 60E"},
               {"5 CR 1185", "5 COUNTY ROAD 1185"},
               {"5 U.S. 41 Southwest", "5 US HIGHWAY 41 SW"},
               {"5 US Hwy 44", "5 US HIGHWAY 44"},
               {"5 I-10 Frontage Road", "5 INTERSTATE 10 FRONTAGE RD"},
               {"5 North Hwy 101", "5 N HIGHWAY 101"},
               {"5 Farm to Market Road 1200", "5 FM 1200"},
               {"5 Old Hwy 99 North", "5 OLD HIGHWAY 99 N"},
               {"5 Ave B", "5 AVENUE B"},
               {"5 Rt 88", "5 ROUTE 88"},
               {"5 SR 220", "5 SR 220"}});  // A state's road or its route: not said.
}

TEST(UsAddress, WithoutAHouseNumberNothingIsAStreet) {
  ExpectLines({{"c/o Jane Hill", "C/O JANE HILL"},
               {"Empire State Building", "EMPIRE STATE BUILDING"},
               {"Building Materials, Inc.", "BUILDING MATERIALS INC"},
               {"5th Avenue", "5TH AVENUE"}});
}

TEST(UsAddress, KeysMeetWhereLinesAreOne) {
  const Pairs same = {{"123 First Street Apt 4", "123 1st St. #4"},
                      {"123 E 96th St", "123 East 96 Street"},
                      {"12 Saint John's Ave", "12 St Johns Av"},
                      {"12 Ca\u00f1on Dr Unit 5", "12 CANON DRIVE, SUITE 5"},
                      {"One Main St", "1 Main Street"}};
  for (const auto& [one, other] : same) EXPECT_EQ(KeyOf(one), KeyOf(other));
  EXPECT_EQ(KeyOf("123 N Main St Apt 4b"), "123 n main st unit 4b");
  const Pairs different = {{"123 Main St Apt 4", "123 Main St Apt 5"},
                           {"123 Main St", "123 Main Ave"},
                           {"100 South St", "100 S St"},
                           {"39.2 Road St", "392 Road St"},
                           {"123 Main St Apt 4", "123 Main St Fl 4"}};
  for (const auto& [one, other] : different) EXPECT_NE(KeyOf(one), KeyOf(other)) << one;
}

TEST(AddressLine, ElsewhereLinesAreOnlyTidied) {
  EXPECT_EQ(LineOf(" 12  Rue de l\u2019E\u0301glise\u200b, App. 4 ", "FR"),
            "12 Rue de l\u2019\u00c9glise, App. 4");
  EXPECT_EQ(LineOf("12 Main Street", "GB"), "12 Main Street");
  EXPECT_EQ(LineOf("12 Main Street", ""), "12 Main Street");
  EXPECT_EQ(LineOf("12 Main Street", "us"), "12 MAIN ST");
  EXPECT_EQ(KeyOf("12 Rue de l\u2019\u00c9glise", "FR"), "12 rue de leglise");
  EXPECT_EQ(LineOf("\u6771\u4eac\u90fd\u6e2f\u533a1-2-3", "JP"),
            "\u6771\u4eac\u90fd\u6e2f\u533a1-2-3");
}

TEST(AddressLine, RefusesWhatIsNoLine) {
  for (const char* country : {"US", "DE"}) {
    for (const std::string& line : {std::string(), std::string(" "), std::string("--"),
                                    std::string("\xff"), std::string(5000, 'a')}) {
      EXPECT_EQ(LineOf(line, country), "ADDRESS_INVALID");
    }
  }
}

TEST(NormalizeUsState, TakesCodesNamesAndOldAbbreviations) {
  for (const char* value : {"CA", "ca", " California ", "Calif.", "CALIFORNIA"}) {
    EXPECT_EQ(StateOf(value), "CA") << value;
  }
  EXPECT_EQ(StateOf("N.Y."), "NY");
  EXPECT_EQ(StateOf("Washington, D.C."), "DC");
  EXPECT_EQ(StateOf("Washington"), "WA");
  EXPECT_EQ(StateOf("AE"), "AE");
  for (const char* value : {"", "XX", "Ontario", "New", "\xff"}) {
    EXPECT_EQ(StateOf(value), "US_STATE_UNKNOWN") << value;
  }
}

}  // namespace
}  // namespace selfsame::normalize
