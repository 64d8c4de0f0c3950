#include "server/edge/profile_service.h"

#include <algorithm>
#include <set>
#include <utility>

#include "server/edge/past.h"
#include "server/edge/pool_call.h"
#include "server/edge/profile_encode.h"
#include "server/edge/profile_ref.h"

namespace selfsame::edge {
namespace {

using profile::v1::ProfileRef;
using storage::ProfileKey;

constexpr int kPageSizeDefault = 100;

// A time as it was sent; what PostgreSQL has no timestamp for is the nearest it has.
TimeUs TimeOf(const google::protobuf::Timestamp& time) {
  constexpr std::int64_t kSecondsMax = 253'402'300'799;  // 9999-12-31.
  const std::int64_t seconds = std::clamp<std::int64_t>(time.seconds(), 0, kSecondsMax);
  return TimeUs{seconds * 1'000'000 + std::clamp(time.nanos(), 0, 999'999'999) / 1000};
}

storage::AsOf AsOfOf(const profile::v1::GetProfileRequest& request) {
  storage::AsOf as_of;
  if (request.has_at()) as_of.at = TimeOf(request.at());
  if (request.has_known_at()) as_of.known_at = TimeOf(request.known_at());
  return as_of;
}

// What to read for a page: one row more than is shown tells whether there is a next page.
struct PageRequest {
  storage::Cursor after;
  int size = kPageSizeDefault;
};

template <typename Request>
Result<PageRequest> PageOf(const Request& request) {
  const auto after = DecodePageToken(request.page_token());
  if (!after)
    return InvalidField("page_token", "PAGE_TOKEN_MALFORMED", "not a token of a page before");
  SELFSAME_ASSIGN_OR_RETURN(const int size, PageSizeOf(request.page_size(), kPageSizeDefault));
  return PageRequest{*after, size};
}

// Drops the row beyond the page; true when there was one.
template <typename Row>
bool CutToPage(const PageRequest& page, std::vector<Row>& rows) {
  if (rows.size() <= static_cast<std::size_t>(page.size)) return false;
  rows.pop_back();
  return true;
}

}  // namespace

template <typename Read>
grpc::ServerUnaryReactor* ProfileService::Handle(grpc::CallbackServerContext* context,
                                                 observe::Method method, const ProfileRef& ref,
                                                 Read read) {
  return RunOnPool({edge_, reads_}, context, method, storage::Scope::kRead,
                   [this, &ref, read](pg::Session& session, const Caller& caller) -> Status {
                     SELFSAME_ASSIGN_OR_RETURN(const ProfileKey key, KeyOf(ref, caller));
                     return read(session, caller, key);
                   });
}

void ProfileService::NoteRead(const Caller& caller, const storage::Profile& profile) {
  for (const auto& [name, claim] : profile.attributes) {
    edge_.usage.AddRead(caller.tenant->id, caller.source->id, "attribute:" + name, Now());
  }
}

grpc::ServerUnaryReactor* ProfileService::GetProfile(grpc::CallbackServerContext* context,
                                                     const profile::v1::GetProfileRequest* request,
                                                     profile::v1::GetProfileResponse* response) {
  return Handle(
      context, observe::Method::kGetProfile, request->profile(),
      [this, request, response](pg::Session& session, const Caller& caller,
                                const ProfileKey& key) -> Status {
        const bool is_past = request->has_at() || request->has_known_at();
        SELFSAME_ASSIGN_OR_RETURN(const storage::Profile profile,
                                  is_past ? ReadPastProfile(session, caller, key, AsOfOf(*request))
                                          : storage::ReadProfile(session, WhereOf(caller), key));
        NoteRead(caller, profile);
        return EncodeProfile(profile, caller, *edge_.catalog.Get(), response->mutable_profile());
      });
}

grpc::ServerUnaryReactor* ProfileService::ListEvents(grpc::CallbackServerContext* context,
                                                     const profile::v1::ListEventsRequest* request,
                                                     profile::v1::ListEventsResponse* response) {
  return Handle(
      context, observe::Method::kListEvents, request->profile(),
      [this, request, response](pg::Session& session, const Caller& caller,
                                const ProfileKey& key) -> Status {
        SELFSAME_ASSIGN_OR_RETURN(const PageRequest page, PageOf(*request));
        SELFSAME_ASSIGN_OR_RETURN(
            std::vector<storage::StoredEvent> events,
            storage::ListEvents(session, WhereOf(caller), key, page.after, page.size + 1));
        const bool has_more = CutToPage(page, events);
        const auto catalog = edge_.catalog.Get();
        std::set<std::string> schemas;
        for (const storage::StoredEvent& event : events) {
          SELFSAME_RETURN_IF_ERROR(EncodeEvent(event, caller, *catalog, response->add_events()));
          schemas.insert("schema:" + response->events().rbegin()->schema());
        }
        for (const std::string& schema : schemas) {
          edge_.usage.AddRead(caller.tenant->id, caller.source->id, schema, Now());
        }
        if (has_more) {
          response->set_next_page_token(
              EncodePageToken(events.back().event_time, events.back().record_id.view()));
        }
        return {};
      });
}

grpc::ServerUnaryReactor* ProfileService::GetMergeHistory(
    grpc::CallbackServerContext* context, const profile::v1::GetMergeHistoryRequest* request,
    profile::v1::GetMergeHistoryResponse* response) {
  return Handle(context, observe::Method::kGetMergeHistory, request->profile(),
                [request, response](pg::Session& session, const Caller& caller,
                                    const ProfileKey& key) -> Status {
                  SELFSAME_ASSIGN_OR_RETURN(const PageRequest page, PageOf(*request));
                  SELFSAME_ASSIGN_OR_RETURN(std::vector<storage::StoredHistory> entries,
                                            storage::ListMergeHistory(session, WhereOf(caller), key,
                                                                      page.after, page.size + 1));
                  const bool has_more = CutToPage(page, entries);
                  for (const storage::StoredHistory& entry : entries)
                    EncodeHistory(entry, response->add_entries());
                  if (has_more) {
                    response->set_next_page_token(
                        EncodePageToken(entries.back().at, entries.back().history_id.view()));
                  }
                  return {};
                });
}

}  // namespace selfsame::edge
