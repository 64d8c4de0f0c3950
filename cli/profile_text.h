// Profiles, events and merge history as text for people.
#ifndef SELFSAME_CLI_PROFILE_TEXT_H_
#define SELFSAME_CLI_PROFILE_TEXT_H_

#include <string>

#include "selfsame/profile/v1/profile.pb.h"

namespace selfsame::cli {

// A card: the id, the identifiers, then each attribute with where it comes from.
std::string ProfileCard(const profile::v1::Profile& profile);

// Events as a table, one a line, the payload last.
std::string EventTable(const profile::v1::ListEventsResponse& events);

// Entries of a merge history as a table, one a line; with who and why where somebody decided one.
std::string HistoryTable(const profile::v1::GetMergeHistoryResponse& history);

}  // namespace selfsame::cli

#endif  // SELFSAME_CLI_PROFILE_TEXT_H_
