// Names of the values that are derived of a text's.
#ifndef SELFSAME_SERVER_SCHEMA_DERIVED_H_
#define SELFSAME_SERVER_SCHEMA_DERIVED_H_

#include <string_view>

namespace selfsame::schema {

inline constexpr std::string_view kExtension = "_extension";    // Of FORMAT_PHONE.
inline constexpr std::string_view kDisposable = "_disposable";  // Of FORMAT_EMAIL.

// The name of the field that a value of this name would be derived of; empty for others.
inline std::string_view DerivedOf(std::string_view name) {
  for (const std::string_view suffix : {kExtension, kDisposable}) {
    if (name.ends_with(suffix)) return name.substr(0, name.size() - suffix.size());
  }
  return {};
}

}  // namespace selfsame::schema

#endif  // SELFSAME_SERVER_SCHEMA_DERIVED_H_
