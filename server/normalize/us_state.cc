#include "server/normalize/us_state.h"

#include <unordered_map>

#include "server/normalize/text.h"

namespace selfsame::normalize {
namespace {

struct State {
  std::string_view code;
  std::string_view name;
  std::string_view older = {};  // Its abbreviation before there were two letters.
};

constexpr State kStates[] = {
    {"AL", "Alabama", "Ala."},
    {"AK", "Alaska", "Alas."},
    {"AZ", "Arizona", "Ariz."},
    {"AR", "Arkansas", "Ark."},
    {"CA", "California", "Calif."},
    {"CO", "Colorado", "Colo."},
    {"CT", "Connecticut", "Conn."},
    {"DE", "Delaware", "Del."},
    {"DC", "District of Columbia", "Washington D.C."},
    {"FL", "Florida", "Fla."},
    {"GA", "Georgia"},
    {"HI", "Hawaii"},
    {"ID", "Idaho"},
    {"IL", "Illinois", "Ill."},
    {"IN", "Indiana", "Ind."},
    {"IA", "Iowa"},
    {"KS", "Kansas", "Kans."},
    {"KY", "Kentucky"},
    {"LA", "Louisiana"},
    {"ME", "Maine"},
    {"MD", "Maryland"},
    {"MA", "Massachusetts", "Mass."},
    {"MI", "Michigan", "Mich."},
    {"MN", "Minnesota", "Minn."},
    {"MS", "Mississippi", "Miss."},
    {"MO", "Missouri"},
    {"MT", "Montana", "Mont."},
    {"NE", "Nebraska", "Nebr."},
    {"NV", "Nevada", "Nev."},
    {"NH", "New Hampshire"},
    {"NJ", "New Jersey"},
    {"NM", "New Mexico", "N. Mex."},
    {"NY", "New York"},
    {"NC", "North Carolina", "N. Car."},
    {"ND", "North Dakota", "N. Dak."},
    {"OH", "Ohio"},
    {"OK", "Oklahoma", "Okla."},
    {"OR", "Oregon", "Oreg."},
    {"PA", "Pennsylvania", "Penna."},
    {"RI", "Rhode Island"},
    {"SC", "South Carolina", "S. Car."},
    {"SD", "South Dakota", "S. Dak."},
    {"TN", "Tennessee", "Tenn."},
    {"TX", "Texas", "Tex."},
    {"UT", "Utah"},
    {"VT", "Vermont"},
    {"VA", "Virginia"},
    {"WA", "Washington", "Wash."},
    {"WV", "West Virginia", "W. Va."},
    {"WI", "Wisconsin", "Wis."},
    {"WY", "Wyoming", "Wyo."},
    {"AS", "American Samoa"},
    {"GU", "Guam"},
    {"MP", "Northern Mariana Islands"},
    {"PR", "Puerto Rico"},
    {"VI", "Virgin Islands", "U.S. Virgin Islands"},
    {"FM", "Federated States of Micronesia", "Micronesia"},
    {"MH", "Marshall Islands"},
    {"PW", "Palau"},
    {"AA", "Armed Forces Americas"},
    {"AE", "Armed Forces Europe"},
    {"AP", "Armed Forces Pacific"},
};

}  // namespace

Result<std::string> NormalizeUsState(std::string_view value) {
  static const auto codes = [] {
    std::unordered_map<std::string, std::string_view> all;
    for (const State& state : kStates) {
      for (const std::string_view text : {state.code, state.name, state.older}) {
        all.emplace(LookupKey(text), state.code);
      }
    }
    all.erase("");
    return all;
  }();
  if (!IsUsableText(value)) return Invalid("US_STATE_UNKNOWN", "not a state of the United States");
  const auto found = codes.find(LookupKey(value));
  if (found == codes.end()) return Invalid("US_STATE_UNKNOWN", "not a state of the United States");
  return std::string(found->second);
}

}  // namespace selfsame::normalize
