// What all normalizers do with text before they look at its meaning: tidy it, and make keys under
// which two writings of one word are the same. Not part of what callers of the normalizers need.
#ifndef SELFSAME_SERVER_NORMALIZE_TEXT_H_
#define SELFSAME_SERVER_NORMALIZE_TEXT_H_

#include <cstddef>
#include <string>
#include <string_view>

#include "base/error.h"

namespace selfsame::normalize {

// The longest value any normalizer looks at; longer ones are invalid.
inline constexpr std::size_t kValueBytesMax = 2048;

// ASCII only, whatever the process's locale says.
constexpr bool IsDigit(char c) { return c >= '0' && c <= '9'; }
constexpr bool IsUpper(char c) { return c >= 'A' && c <= 'Z'; }
constexpr bool IsLower(char c) { return c >= 'a' && c <= 'z'; }
constexpr bool IsAlpha(char c) { return IsUpper(c) || IsLower(c); }
constexpr bool IsAlnum(char c) { return IsAlpha(c) || IsDigit(c); }
constexpr bool IsHex(char c) {
  return IsDigit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}
constexpr char ToLower(char c) { return IsUpper(c) ? static_cast<char>(c + 32) : c; }
constexpr char ToUpper(char c) { return IsLower(c) ? static_cast<char>(c - 32) : c; }
bool IsAscii(std::string_view text);
std::string ToLowerAscii(std::string_view text);
std::string ToUpperAscii(std::string_view text);

// Cuts ASCII white space off both ends.
std::string_view TrimAscii(std::string_view text);

bool IsUtf8(std::string_view text);

// True for well-formed UTF-8 of at most kValueBytesMax bytes.
bool IsUsableText(std::string_view text);

// Each promises: invisible characters dropped (joiners stay where a script needs them), runs of
// white space and control characters made one space, none at the ends.
// Requires: IsUsableText(text).
std::string TidyNfc(std::string_view text);   // Composed; nothing else changes: for display.
std::string TidyNfkc(std::string_view text);  // Also full-width forms and ligatures made plain.

// Composed; line breaks of all kinds made \n and tabs kept, other control characters and invisible
// ones dropped, white space cut off at the ends only. Requires: IsUtf8(text).
std::string TidyLines(std::string_view text);

// Lower case by full case folding; ASCII and all other scripts.
std::string FoldCase(std::string_view text);

// Lower case letter by letter, whatever its place in a word: a sharp s stays one, a final sigma is
// a plain one, and a dotted capital I keeps its dot.
std::string ToLowerLetters(std::string_view text);

// Upper case by the rules of no language in particular.
std::string ToUpperCase(std::string_view text);

// The key under which two writings of one name meet: compatibility forms, case and accents gone,
// apostrophes and full stops dropped, other punctuation a space. Letters of all scripts stay.
// Requires: IsUsableText(text).
std::string MatchKey(std::string_view text);

// The key of codes and terms, in which punctuation has a meaning (A-1 is not A1, C++ is not C):
// compatibility forms, case and accents gone, white space as by TidyNfkc.
// Requires: IsUsableText(text).
std::string TermKey(std::string_view text);

// The key of names in tables: MatchKey without its spaces and leading article; "&" is "and" and
// "St" is "Saint".
std::string LookupKey(std::string_view text);

// kInvalidArgument. Requires: `message` does not hold the value (INV-10).
Error Invalid(std::string_view reason, std::string_view message);

// For sets and maps that are searched by string_view.
struct TextHash {
  using is_transparent = void;  // NOLINT: the name is the standard's.
  std::size_t operator()(std::string_view text) const;
};

}  // namespace selfsame::normalize

#endif  // SELFSAME_SERVER_NORMALIZE_TEXT_H_
