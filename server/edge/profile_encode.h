// Profiles, events and history as ProfileService replies them: sealed values opened, ids as names.
#ifndef SELFSAME_SERVER_EDGE_PROFILE_ENCODE_H_
#define SELFSAME_SERVER_EDGE_PROFILE_ENCODE_H_

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "selfsame/profile/v1/profile.pb.h"
#include "server/edge/auth.h"
#include "server/schema/catalog.h"
#include "storage/profile_reader.h"

namespace selfsame::edge {

void EncodeTime(TimeUs time, google::protobuf::Timestamp* reply);

// Errors: kInternal SEAL_BROKEN when an identifier does not open with the tenant's key.
Status EncodeProfile(const storage::Profile& profile, const Caller& caller,
                     const schema::Catalog& catalog, profile::v1::Profile* reply);

// Errors: kInternal PAYLOAD_UNREADABLE.
Status EncodeEvent(const storage::StoredEvent& event, const Caller& caller,
                   const schema::Catalog& catalog, profile::v1::StoredEvent* reply);

void EncodeHistory(const storage::StoredHistory& entry, profile::v1::MergeHistoryEntry* reply);

// A page token says after which row the next page begins.
std::string EncodePageToken(TimeUs time, std::string_view id16);
// The default cursor for an empty token; nothing for one we did not make.
std::optional<storage::Cursor> DecodePageToken(const std::string& token);

}  // namespace selfsame::edge

#endif  // SELFSAME_SERVER_EDGE_PROFILE_ENCODE_H_
