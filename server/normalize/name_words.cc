#include "server/normalize/name_words.h"

#include <unordered_set>

namespace selfsame::normalize {
namespace {

using Words = std::unordered_set<std::string_view>;

}  // namespace

bool IsParticle(std::string_view word) {
  static const Words words = {"van", "von", "vom", "zu",   "zum", "zur",   "der", "den",
                              "de",  "del", "dem", "des",  "dei", "della", "di",  "da",
                              "dos", "das", "du",  "ter",  "ten", "te",    "af",  "av",
                              "ap",  "bin", "ibn", "bint", "y",   "und"};
  return words.contains(word);
}

bool IsFamilyParticle(std::string_view word) {
  static const Words words = {"ben", "al", "el", "la", "le", "las", "los", "do", "lo"};
  return words.contains(word);
}

bool IsVietnameseFamilyName(std::string_view word) {
  static const Words words = {"nguyen",    "tran",      "pham",      "hoang", "huynh",
                              "phan",      "vu",        "vo",        "dang",  "bui",
                              "duong",     "ngo",       "dinh",      "trinh", "nguy\u1ec5n",
                              "tr\u1ea7n", "ph\u1ea1m", "ho\u00e0ng"};
  return words.contains(word);
}

bool IsVietnameseMiddleName(std::string_view word) { return word == "van"; }

bool IsMacName(std::string_view word) {
  static const Words words = {
      "macalister", "macallister", "macarthur",   "macaskill",  "macaulay",   "macbeth",
      "macbride",   "maccallum",   "maccarthy",   "maccoll",    "maccormack", "maccormick",
      "macdermott", "macdonald",   "macdonell",   "macdougall", "macdowell",  "macduff",
      "macewan",    "macewen",     "macfadyen",   "macfarlane", "macgill",    "macgillivray",
      "macgowan",   "macgrath",    "macgregor",   "macguire",   "macinnes",   "macinnis",
      "macintosh",  "macintyre",   "macisaac",    "maciver",    "mackay",     "mackinley",
      "mackinnon",  "mackintosh",  "maclachlan",  "maclaine",   "maclaren",   "maclaughlin",
      "maclay",     "maclean",     "maclellan",   "maclennan",  "macleod",    "macmahon",
      "macmanus",   "macmaster",   "macmillan",   "macmurdo",   "macmurray",  "macnab",
      "macnair",    "macnamara",   "macnaughton", "macneal",    "macneil",    "macneill",
      "macnicol",   "macphail",    "macphee",     "macpherson", "macquaid",   "macqueen",
      "macrae",     "macritchie",  "macsween",    "macswain",   "mactaggart", "mactavish",
      "macvicar",   "macwilliam",  "macwilliams"};
  return words.contains(word);
}

bool IsRomanNumeral(std::string_view word) {
  if (word == "xi") return false;
  std::string_view rest = word;
  for (int tens = 0; tens < 3 && rest.starts_with('x'); ++tens) rest.remove_prefix(1);
  static const Words ones = {"", "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix"};
  return !word.empty() && ones.contains(rest);
}

bool IsBareInitials(std::string_view word) {
  static const Words words = {"aj", "bj", "cj", "dj", "ej", "jb", "jc", "jd", "jj", "jp",
                              "jt", "kc", "kd", "kj", "lj", "mj", "pj", "rj", "tj", "wj"};
  return words.contains(word);
}

}  // namespace selfsame::normalize
