#include "server/normalize/us_words.h"

#include <algorithm>
#include <array>
#include <unordered_map>

#include "server/normalize/text.h"

namespace selfsame::normalize {
namespace {

// Each entry: the abbreviation of USPS, then what else is written for it.
constexpr std::string_view kSuffixes = R"(
ALY ALLEE ALLEY ALLY; ANX ANEX ANNEX ANNX; ARC ARCADE; AVE AV AVEN AVENU AVENUE AVN AVNUE;
BCH BEACH; BG BURG; BGS BURGS; BLF BLUF BLUFF; BLFS BLUFFS; BLVD BOUL BOULEVARD BOULV; BND BEND;
BR BRANCH BRNCH; BRG BRDGE BRIDGE; BRK BROOK; BRKS BROOKS; BTM BOT BOTTM BOTTOM;
BYP BYPA BYPAS BYPASS BYPS; BYU BAYOO BAYOU; CIR CIRC CIRCL CIRCLE CRCL CRCLE; CIRS CIRCLES;
CLB CLUB; CLF CLIFF; CLFS CLIFFS; CMN COMMON; CMNS COMMONS; COR CORNER; CORS CORNERS; CP CAMP CMP;
CPE CAPE; CRES CRECENT CRESCENT CRESENT CRSCNT CRSENT CRSNT; CRK CK CR CREEK; CRSE COURSE;
CRST CREST; CSWY CAUSEWAY CAUSWA CAUSWAY; CT COURT CRT;
CTR CEN CENT CENTER CENTR CENTRE CNTER CNTR; CTRS CENTERS; CTS COURTS; CURV CURVE; CV COVE;
CVS COVES; CYN CANYN CANYON CNYN; DL DALE; DM DAM; DR DRIV DRIVE DRV; DRS DRIVES;
DV DIV DIVIDE DVD; EST ESTATE; ESTS ESTATES; EXPY EXP EXPR EXPRESS EXPRESSWAY EXPW;
EXT EXTENSION EXTN EXTNSN; EXTS EXTENSIONS; FALL; FLD FIELD; FLDS FIELDS; FLS FALLS; FLT FLAT;
FLTS FLATS; FRD FORD; FRDS FORDS; FRG FORG FORGE; FRGS FORGES; FRK FORK; FRKS FORKS;
FRST FOREST FORESTS; FRY FERRY FRRY; FT FORT FRT; FWY FREEWAY FREEWY FRWAY FRWY;
GDN GARDEN GARDN GRDEN GRDN; GDNS GARDENS GRDNS; GLN GLEN; GLNS GLENS; GRN GREEN; GRNS GREENS;
GRV GROV GROVE; GRVS GROVES; GTWY GATEWAY GATEWY GATWAY GTWAY; HBR HARB HARBOR HARBR HRBOR;
HBRS HARBORS; HL HILL; HLS HILLS; HOLW HLLW HOLLOW HOLLOWS HOLWS; HTS HEIGHT HEIGHTS HGTS HT;
HVN HAVEN HAVN; HWY HIGHWAY HIGHWY HIWAY HIWY HWAY; INLT INLET; IS ISLAND ISLND; ISLE ISLES;
ISS ISLANDS ISLNDS; JCT JCTION JCTN JUNCTION JUNCTN JUNCTON; JCTS JCTNS JUNCTIONS; KNL KNOL KNOLL;
KNLS KNOLLS; KY KEY; KYS KEYS; LAND; LCK LOCK; LCKS LOCKS; LDG LDGE LODG LODGE; LF LOAF;
LGT LIGHT; LGTS LIGHTS; LK LAKE; LKS LAKES; LN LA LANE LANES; LNDG LANDING LNDNG; LOOP LOOPS;
MALL; MDW MEADOW; MDWS MEADOWS MEDOWS; MEWS; ML MILL; MLS MILLS; MNR MANOR; MNRS MANORS;
MSN MISSION MISSN MSSN; MT MNT MOUNT; MTN MNTAIN MNTN MOUNTAIN MOUNTIN MTIN; MTNS MNTNS MOUNTAINS;
MTWY MOTORWAY; NCK NECK; OPAS OVERPASS; ORCH ORCHARD ORCHRD; OVAL OVL; PARK PARKS PK PRK; PASS;
PATH PATHS; PIKE PIKES; PKWY PARKWAY PARKWAYS PARKWY PKWAY PKWYS PKY; PL PLACE; PLN PLAIN;
PLNS PLAINES PLAINS; PLZ PLAZA PLZA; PNE PINE; PNES PINES; PR PRAIRIE PRARIE PRR; PRT PORT;
PRTS PORTS; PSGE PASSAGE; PT POINT; PTS POINTS; RADL RAD RADIAL RADIEL; RAMP; RD ROAD;
RDG RDGE RIDGE; RDGS RIDGES; RDS ROADS; RIV RIVER RIVR RVR; RNCH RANCH RANCHES RNCHS; ROW;
RPD RAPID; RPDS RAPIDS; RST REST; RTE ROUTE; RUE; RUN; SHL SHOAL; SHLS SHOALS; SHR SHOAR SHORE;
SHRS SHOARS SHORES; SKWY SKYWAY; SMT SUMIT SUMITT SUMMIT; SPG SPNG SPRING SPRNG;
SPGS SPNGS SPRINGS SPRNGS; SPUR SPURS; SQ SQR SQRE SQU SQUARE; SQS SQRS SQUARES;
ST STR STREET STRT; STA STATION STATN STN;
STRA STRAV STRAVE STRAVEN STRAVENUE STRAVN STRVN STRVNUE; STRM STREAM STREME; STS STREETS;
TER TERR TERRACE; TPKE TPK TRNPK TRPK TURNPIKE TURNPK; TRAK TRACK TRACKS TRK TRKS;
TRCE TRACE TRACES; TRFY TRAFFICWAY; TRL TR TRAIL TRAILS TRLS; TRWY THROUGHWAY;
TUNL TUNEL TUNLS TUNNEL TUNNELS TUNNL; UN UNION; UNS UNIONS; UPAS UNDERPASS;
VIA VDCT VIADCT VIADUCT; VIS VIST VISTA VST VSTA; VL VILLE;
VLG VILL VILLAG VILLAGE VILLG VILLIAGE; VLGS VILLAGES; VLY VALLEY VALLY VLLY; VLYS VALLEYS;
VW VIEW; VWS VIEWS; WALK WALKS; WALL; WAY WY; WAYS; WL WELL; WLS WELLS;
XING CROSSING CRSSING CRSSNG; XRD CROSSROAD; XRDS CROSSROADS;
)";

constexpr std::string_view kDirectionals =
    "N NORTH NO NTH; S SOUTH SO STH; E EAST; W WEST WST; "
    "NE NORTHEAST; NW NORTHWEST; SE SOUTHEAST; SW SOUTHWEST";

// With a number: "APT 4B".
constexpr std::string_view kUnits =
    "APT APARTMENT APPT APMT APRT APTMNT; BLDG BUILDING BLG BDG BLD; DEPT DEPARTMENT; "
    "FL FLOOR FLR; HNGR HANGAR HANGER; KEY; LOT LT; PIER; RM ROOM; SLIP; SPC SPACE; STOP; "
    "STE SUITE SUIT; TRLR TRAILER; UNIT UNT";

// Also without: "REAR".
constexpr std::string_view kLoneUnits =
    "BSMT BASEMENT; FRNT FRONT; LBBY LOBBY; LOWR LOWER; OFC OFFICE; PH PENTHOUSE; REAR; SIDE; "
    "UPPR UPPER";

constexpr std::string_view kCommonUnits = "KEY LOT PIER SLIP SPC STOP FRNT LOWR OFC REAR SIDE UPPR";
constexpr std::string_view kGeneralUnits = "APT UNIT STE";

using Table = std::unordered_map<std::string_view, std::string_view>;

// Cuts the first part off `rest`, up to `separator`.
std::string_view CutPart(std::string_view& rest, std::string_view separators) {
  const std::size_t start = std::min(rest.find_first_not_of(separators), rest.size());
  rest.remove_prefix(start);
  const std::string_view part = rest.substr(0, rest.find_first_of(separators));
  rest.remove_prefix(part.size());
  return part;
}

void AddEntries(std::string_view entries, Table& table) {
  for (std::string_view entry; !(entry = CutPart(entries, ";\n")).empty();) {
    const std::string_view standard = CutPart(entry, " ");
    table.emplace(standard, standard);
    for (std::string_view word; !(word = CutPart(entry, " ")).empty();) {
      table.emplace(word, standard);
    }
  }
}

Table TableOf(std::string_view entries) {
  Table table;
  AddEntries(entries, table);
  return table;
}

std::string_view Standard(const Table& table, std::string_view word) {
  const auto found = table.find(word);
  return found == table.end() ? std::string_view() : found->second;
}

bool Lists(std::string_view list, std::string_view name) {
  for (std::string_view word; !(word = CutPart(list, " ")).empty();) {
    if (word == name) return true;
  }
  return false;
}

void AddUnits(const Table& words, bool stand_alone,
              std::unordered_map<std::string_view, UnitWord>& units) {
  for (const auto& [word, name] : words) {
    units.emplace(word, UnitWord{.name = name,
                                 .stands_alone = stand_alone,
                                 .is_common = Lists(kCommonUnits, name),
                                 .is_general = Lists(kGeneralUnits, name)});
  }
}

}  // namespace

std::string_view StreetSuffix(std::string_view word) {
  static const Table table = TableOf(kSuffixes);
  return Standard(table, word);
}

std::string_view Directional(std::string_view word) {
  static const Table table = TableOf(kDirectionals);
  return Standard(table, word);
}

const UnitWord* FindUnitWord(std::string_view word) {
  static const auto units = [] {
    std::unordered_map<std::string_view, UnitWord> all;
    AddUnits(TableOf(kUnits), false, all);
    AddUnits(TableOf(kLoneUnits), true, all);
    return all;
  }();
  const auto found = units.find(word);
  return found == units.end() ? nullptr : &found->second;
}

std::string OrdinalDigits(std::string_view word) {
  constexpr std::array<std::string_view, 12> kWords = {"FIRST", "SECOND", "THIRD",    "FOURTH",
                                                       "FIFTH", "SIXTH",  "SEVENTH",  "EIGHTH",
                                                       "NINTH", "TENTH",  "ELEVENTH", "TWELFTH"};
  const auto* const named = std::find(kWords.begin(), kWords.end(), word);
  if (named != kWords.end()) return std::to_string(named - kWords.begin() + 1);
  const std::size_t digits = std::min(word.find_first_not_of("0123456789"), word.size());
  const std::string_view end = word.substr(digits);
  const bool is_ordinal = end == "ST" || end == "ND" || end == "RD" || end == "TH";
  return digits > 0 && is_ordinal ? std::string(word.substr(0, digits)) : std::string();
}

bool HasDigit(std::string_view word) { return std::any_of(word.begin(), word.end(), IsDigit); }

}  // namespace selfsame::normalize
