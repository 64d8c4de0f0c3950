// Words that are part of names and are not cased like others.
#ifndef SELFSAME_SERVER_NORMALIZE_NAME_WORDS_H_
#define SELFSAME_SERVER_NORMALIZE_NAME_WORDS_H_

#include <string_view>

namespace selfsame::normalize {

// All take a word in lower case. Thread-safe.

// "van", "de": lower case within a name, whatever comes before.
bool IsParticle(std::string_view word);

// "ben", "al", "le": lower case only where a family name begins with them. Within a full name they
// are as often a given name, or are written with a capital ("Le Pen").
bool IsFamilyParticle(std::string_view word);

// The first word of a full name that is written family name first ("Nguyen Van An"), and the word
// that is a middle name there and a particle elsewhere. Family names that Europe has too are none.
bool IsVietnameseFamilyName(std::string_view word);
bool IsVietnameseMiddleName(std::string_view word);

// "macdonald": a capital after "Mac". A list, since "Machado" and "Mackie" have none.
bool IsMacName(std::string_view word);

// "iii", "xiv", to xxxix. Not "xi", which is a family name more often than an eleventh.
bool IsRomanNumeral(std::string_view word);

// "jj", "tj" as the first word: initials that are written without full stops.
bool IsBareInitials(std::string_view word);

}  // namespace selfsame::normalize

#endif  // SELFSAME_SERVER_NORMALIZE_NAME_WORDS_H_
